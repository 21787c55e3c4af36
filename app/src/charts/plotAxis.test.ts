import { describe, expect, it } from "vitest";
import { type PlotAxis, placeOf, ticksOf, valueAt } from "./plotAxis.ts";

const log: PlotAxis = {
  label: "",
  scale: "log",
  values: Float64Array.from({ length: 41 }, (_, i) => 0.1 * 20 ** (i / 40)),
};
const linear: PlotAxis = { label: "", scale: "linear", values: [-0.5, 0, 0.5, 1, 1.5] };

describe.each([
  ["log", log],
  ["linear", linear],
] as const)("a %s axis", (_, axis) => {
  it("has its own values at whole places", () => {
    Array.from(axis.values).forEach((value, i) => {
      expect(placeOf(axis, value)).toBeCloseTo(i, 9);
      expect(valueAt(axis, i)).toBeCloseTo(value, 12);
    });
  });
  it("comes back from between, and stays at the ends", () => {
    expect(placeOf(axis, valueAt(axis, 2.3))).toBeCloseTo(2.3, 9);
    expect(valueAt(axis, -3)).toBeCloseTo(axis.values[0] as number);
    expect(valueAt(axis, 1000)).toBeCloseTo(axis.values[axis.values.length - 1] as number);
  });
});

it("has the geometric mean halfway on a log axis", () => {
  expect(valueAt(log, 20)).toBeCloseTo(Math.sqrt(0.1 * 2), 12);
});

it("writes round values within the axis, no more than asked", () => {
  expect(ticksOf(linear, 4)).toEqual([-0.5, 0, 0.5, 1, 1.5]);
  expect(ticksOf({ ...linear, values: [-1, 1] }, 5)).toEqual([-1, -0.5, 0, 0.5, 1]);
  expect(ticksOf(log, 6)).toEqual([0.1, 0.2, 0.5, 1, 2]);
  expect(ticksOf({ ...log, values: [1e-6, 1e6] }, 5)).toEqual([1e-6, 1e-3, 1, 1e3, 1e6]);
  expect(ticksOf({ ...linear, values: [3, 3] }, 5)).toEqual([3]);
});
