import { describe, expect, it } from "vitest";
import { couplingOf, gaussianCurvature, hessianByPairs, hessianOf, interactionShare } from "./surface.ts";

const grid = (rows: number, columns: number, f: (x: number, y: number) => number) => ({
  rows,
  columns,
  values: Float64Array.from({ length: rows * columns }, (_, k) =>
    f(Math.floor(k / columns) / (rows - 1), (k % columns) / (columns - 1)),
  ),
});

describe("interactionShare", () => {
  it("is 0 for a sum, whole for a centred product, whatever the grid's sides", () => {
    expect(interactionShare(grid(5, 7, (x, y) => 3 * x ** 2 + Math.exp(y)))).toBeCloseTo(0, 12);
    expect(interactionShare(grid(5, 7, (x, y) => (x - 0.5) * (y - 0.5)))).toBeCloseTo(1, 12);
    expect(interactionShare(grid(3, 3, () => 2))).toBe(0);
  });
  it("knows which side is which", () => {
    const wide = grid(2, 9, (x, y) => x + 10 * y * y);
    expect(interactionShare(wide)).toBeCloseTo(0, 12);
  });
});

describe("hessianOf and couplingOf", () => {
  it("is exact for a quadratic", async () => {
    const f = async (u: Float64Array) => {
      const [x, y] = u as unknown as [number, number];
      return 3 * x * x + 2 * y * y + 1.5 * x * y + x;
    };
    const hessian = await hessianOf(f, Float64Array.of(0.3, -0.2), 0.1);
    [6, 1.5, 1.5, 4].forEach((value, i) => {
      expect(hessian[i]).toBeCloseTo(value, 8);
    });
    expect(couplingOf(hessian, 2)[1]).toBeCloseTo(1.5 / Math.sqrt(24), 8);
    expect(gaussianCurvature([0, 0], hessian)).toBeCloseTo(24 - 2.25, 6);
  });
  it("by pairs is exact for a quadratic, in half the evaluations, the nearest pairs first", async () => {
    const h = [
      [2, 0.7, -0.3, 0.1],
      [0.7, 3, 0.4, 0],
      [-0.3, 0.4, 1, 0.9],
      [0.1, 0, 0.9, 5],
    ] as const;
    let runs = 0;
    const entries: [number, number, number][] = [];
    await hessianByPairs(
      async (u) => {
        runs++;
        let sum = 1 + (u[0] as number);
        for (const [i, row] of h.entries())
          for (const [j, each] of row.entries()) sum += (each * (u[i] as number) * (u[j] as number)) / 2;
        return sum;
      },
      Float64Array.of(0.1, 0.2, 0.3, 0.4),
      0.2,
      (...entry) => entries.push(entry),
    );
    expect(runs).toBe(1 + 2 * 4 + 4 * 3);
    for (const [i, j, value] of entries) expect(value).toBeCloseTo(h[i]?.[j] as number, 9);
    expect(entries.map(([i, j]) => i - j)).toEqual([0, 0, 0, 0, 1, 1, 1, 2, 2, 3]);
  });
  it("has no coupling where a direction does not curve upwards", () => {
    expect(couplingOf(Float64Array.of(-1, 5, 5, 2), 2)[1]).toBe(0);
  });
});
