import { describe, expect, it } from "vitest";
import { normalizeAxis, sizeOf, stridesOf } from "./shape.ts";

describe("shapes", () => {
  it("sizes", () => {
    expect([[], [5], [2, 3, 4], [2, 0, 4]].map(sizeOf)).toEqual([1, 5, 24, 0]);
  });

  it("strides number the elements in row-major order", () => {
    const shape = [2, 3, 4];
    const [a, b, c] = stridesOf(shape) as [number, number, number];
    const offsets: number[] = [];
    for (let i = 0; i < 2; i++)
      for (let j = 0; j < 3; j++) for (let k = 0; k < 4; k++) offsets.push(i * a + j * b + k * c);
    expect(offsets).toEqual(Array.from({ length: 24 }, (_, i) => i));
    expect(stridesOf([])).toEqual([]);
    expect(stridesOf([7])).toEqual([1]);
  });

  it("axes count from either end", () => {
    for (let axis = 0; axis < 4; axis++) {
      expect(normalizeAxis(axis, 4)).toBe(axis);
      expect(normalizeAxis(axis - 4, 4)).toBe(axis);
    }
  });

  it.each([
    [4, 4, "axis: 4, expected within [-4, 4)"],
    [-5, 4, "axis: -5, expected within [-4, 4)"],
    [0.5, 4, "axis: 0.5, expected within [-4, 4)"],
    [Number.NaN, 4, "axis: NaN, expected within [-4, 4)"],
    [0, 0, "axis: 0, expected within [0, 0)"],
  ])("axis %d of rank %d is refused", (axis, rank, message) => {
    expect(() => normalizeAxis(axis, rank)).toThrow(message);
    expect(() => normalizeAxis(axis, rank, "block axis")).toThrow(`block ${message}`);
  });
});
