import { describe, expect, it } from "vitest";
import { minimizeAlong } from "./line.ts";
import { coordinateDescent, type DescentOptions, powell } from "./powell.ts";

const box = (n: number, size = 10) => ({
  low: new Float64Array(n).fill(-size),
  high: new Float64Array(n).fill(size),
});
const exact = (n: number): DescentOptions => ({
  bounds: box(n),
  sweeps: 2,
  tolerance: 1e-13,
  perLine: 80,
  gain: 0,
});

/** ½ uᵀHu with H = [[2, c], [c, 2]]. */
const coupled = (c: number) => async (u: Float64Array) => {
  const [x, y] = u as unknown as [number, number];
  return x * x + y * y + c * x * y;
};

describe("minimizeAlong", () => {
  const start = { at: 0, value: 4 };
  it("finds a parabola's vertex in a few evaluations", async () => {
    let evaluations = 0;
    const f = async (t: number) => {
      evaluations++;
      return (t - 2) ** 2;
    };
    const found = await minimizeAlong(f, { low: -10, high: 10, start, tolerance: 1e-6, most: 50 });
    expect(found.at).toBeCloseTo(2, 5);
    expect(evaluations).toBeLessThan(12);
  });
  it("stays within its bounds, and at the start where nothing is better", async () => {
    const f = async (t: number) => (t - 2) ** 2;
    const edge = await minimizeAlong(f, { low: -1, high: 1, start, tolerance: 1e-4, most: 50 });
    expect(edge.at).toBeCloseTo(1, 2);
    const worse = await minimizeAlong(async () => Number.NaN, {
      low: -1,
      high: 1,
      start,
      tolerance: 1e-2,
      most: 9,
    });
    expect(worse).toEqual(start);
  });
});

describe("powell", () => {
  it.each([
    [1, -0.3],
    [0.2, 0.9],
    [-4, 3],
  ])("ends on a strongly coupled quadratic within three sweeps from (%d, %d)", async (x, y) => {
    const { loss } = await powell(coupled(1.8), Float64Array.of(x, y), { ...exact(2), sweeps: 3 });
    expect(loss).toBeLessThan(1e-18);
  });
  it("counts each evaluation, and takes few a dimension on a separable bowl", async () => {
    let seen = 0;
    const n = 12;
    const bowl = async (u: Float64Array) => u.reduce((sum, t, i) => sum + (i + 1) * (t - 0.1 * i) ** 2, 0);
    const options = { bounds: box(n, 1.6), sweeps: 1, tolerance: 0.01, perLine: 9, gain: 0 };
    const { evaluations, loss } = await powell(bowl, new Float64Array(n), {
      ...options,
      onEvaluation: (count) => {
        seen = count;
      },
    });
    expect(seen).toBe(evaluations);
    expect(evaluations / n).toBeLessThanOrEqual(10);
    expect(loss).toBeLessThan(0.05);
  });
});

describe("coordinateDescent", () => {
  it("contracts the error of a coupled quadratic by (c / 2)² a sweep, so its loss by (c / 2)⁴", async () => {
    const { sweeps } = await coordinateDescent(coupled(1.8), Float64Array.of(1, -0.3), {
      ...exact(2),
      sweeps: 6,
    });
    for (let i = 2; i < 6; i++)
      expect((sweeps[i] as number) / (sweeps[i - 1] as number)).toBeCloseTo(0.9 ** 4, 3);
  });
});
