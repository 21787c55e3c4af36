import { describe, expect, it } from "vitest";
import { eachRun, type Grouping, gather, groupsOf } from "./grouping.ts";

/** The group of each element, by its coordinates: ONNX DequantizeLinear-21's definition, one element at a time. */
function naive(shape: readonly number[], grouping: Grouping): { of: number[]; scaleShape: number[] } {
  const size = shape.reduce((a, b) => a * b, 1);
  if (grouping.kind === "tensor") return { of: new Array<number>(size).fill(0), scaleShape: [] };
  const axis = grouping.axis < 0 ? grouping.axis + shape.length : grouping.axis;
  const dim = shape[axis] as number;
  const block = grouping.kind === "block" ? grouping.size : 1;
  const blocked = shape.map((each, i) => (i === axis ? Math.ceil(dim / block) : each));
  const of = Array.from({ length: size }, (_, flat) => {
    const at = shape.map((_each, i) => {
      const stride = shape.slice(i + 1).reduce((a, b) => a * b, 1);
      return Math.floor(flat / stride) % (shape[i] as number);
    });
    if (grouping.kind === "channel") return at[axis] as number;
    return at.reduce(
      (sum, c, i) => sum * (blocked[i] as number) + (i === axis ? Math.floor(c / block) : c),
      0,
    );
  });
  return { of, scaleShape: grouping.kind === "channel" ? [dim] : blocked };
}

const shapes = [[7], [1], [3, 5], [1, 6], [6, 1], [2, 3, 4], [3, 2, 2, 5], [4, 1, 3, 3]];
const cases = shapes.flatMap((shape) => {
  const groupings: Grouping[] = [{ kind: "tensor" }];
  shape.forEach((dim, axis) => {
    groupings.push({ kind: "channel", axis }, { kind: "channel", axis: axis - shape.length });
    for (const size of new Set([1, 2, 3, dim, dim + 1, 64])) groupings.push({ kind: "block", axis, size });
    groupings.push({ kind: "block", axis: axis - shape.length, size: 2 });
  });
  return groupings.map((grouping) => ({ shape, grouping, name: `[${shape}] ${JSON.stringify(grouping)}` }));
});

describe("groups", () => {
  it.each(cases)("$name", ({ shape, grouping }) => {
    const groups = groupsOf(shape, grouping);
    const expected = naive(shape, grouping);
    expect(groups.scaleShape).toEqual(expected.scaleShape);
    expect(groups.count).toBe(expected.scaleShape.reduce((a, b) => a * b, 1));

    const found: number[] = [];
    const order: number[] = [];
    eachRun(groups, (from, to, group) => {
      for (let i = from; i < to; i++) {
        order.push(i);
        found[i] = group + (i - from) * groups.step;
      }
    });
    expect(order).toEqual(expected.of.map((_, i) => i)); // each element once, in order
    expect(found).toEqual(expected.of);

    const data = Float32Array.from(expected.of, (_, i) => i + 0.5);
    const members = Array.from({ length: groups.count }, (_, g) =>
      [...data].filter((_x, i) => expected.of[i] === g),
    );
    expect(gather(data, groups).map((each) => [...each])).toEqual(members);
  });

  it("scalars and empty tensors", () => {
    expect(groupsOf([], { kind: "tensor" })).toMatchObject({ count: 1, scaleShape: [] });
    expect(gather(Float32Array.of(3), groupsOf([], { kind: "tensor" }))).toEqual([Float32Array.of(3)]);
    const empty = groupsOf([2, 0, 3], { kind: "channel", axis: 0 });
    expect(gather(new Float32Array(0), empty).map((each) => each.length)).toEqual([0, 0]);
    expect(groupsOf([2, 0, 3], { kind: "block", axis: 1, size: 4 }).count).toBe(0);
  });

  it("refuses axes and blocks that do not fit", () => {
    expect(() => groupsOf([2, 3], { kind: "channel", axis: 2 })).toThrow(
      "channel axis: 2, expected within [-2, 2)",
    );
    expect(() => groupsOf([2, 3], { kind: "block", axis: -3, size: 2 })).toThrow(
      "block axis: -3, expected within [-2, 2)",
    );
    expect(() => groupsOf([], { kind: "channel", axis: 0 })).toThrow("channel axis: 0");
    for (const size of [0, -1, 1.5, Number.NaN]) {
      expect(() => groupsOf([4], { kind: "block", axis: 0, size })).toThrow(
        `block: ${size}, expected a positive integer`,
      );
    }
  });
});
