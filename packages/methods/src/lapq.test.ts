import { describe, expect, it } from "vitest";
import { guardedVertex, lapq, P_GRID } from "./lapq.ts";
import { lpClip, type Round, type Sample } from "./lp.ts";

/** A symmetric density on a fine grid of its positive half. */
const density = (most: number, of: (x: number) => number, count = 60_000): Sample => {
  const values = Float64Array.from({ length: count }, (_, i) => (most * (i + 0.5)) / count);
  return { values, counts: values.map(of) };
};
const gauss = density(8, (x) => Math.exp((-x * x) / 2));
const laplace = density(18, (x) => Math.exp(-Math.abs(x)));

/** LAPQ's own grid: 2^b levels from −clip to clip. */
const lapqGrid = (bits: number): Round => {
  const top = 2 ** bits - 1;
  return (x, clip) => {
    const step = (2 * clip) / top;
    return Math.round(Math.min(Math.max((x + clip) / step, 0), top)) * step - clip;
  };
};
/** ONNX's integers without the lowest: ±(2^(b−1) − 1). */
const restricted = (bits: number): Round => {
  const top = 2 ** (bits - 1) - 1;
  return (x, clip) => Math.round(Math.min(Math.max((x * top) / clip, -top), top)) * (clip / top);
};

describe("lpClip", () => {
  it.each([
    [2, 2, 1.49353],
    [2, 3, 1.69423],
    [3, 2, 2.05107],
    [4, 2, 2.514],
    [4, 4, 3.21096],
  ])("Gaussian, LAPQ's grid, %d bits, p = %d: %d", (bits, p, expected) => {
    expect(lpClip(gauss, lapqGrid(bits), p, 6)).toBeCloseTo(expected, 3);
  });
  it.each([
    [2, 2, 2.30671],
    [3, 2, 3.61793],
    [4, 2, 4.88959],
  ])("Laplace, LAPQ's grid, %d bits, p = %d: %d", (bits, p, expected) => {
    expect(lpClip(laplace, lapqGrid(bits), p, 12)).toBeCloseTo(expected, 3);
  });
  it.each([
    [2, 1.22401, 2],
    [3, 1.95231, 3.4864],
    [4, 2.47388, 4.81992],
  ])("restricted integers, %d bits: Gaussian %d, Laplace %d", (bits, normal, double) => {
    expect(lpClip(gauss, restricted(bits), 2, 6)).toBeCloseTo(normal, 3);
    expect(lpClip(laplace, restricted(bits), 2, 12)).toBeCloseTo(double, 3);
  });
  it("grows with p", () => {
    const clips = P_GRID.map((p) => lpClip(gauss, lapqGrid(4), p, 6));
    for (let i = 1; i < clips.length; i++) expect(clips[i] as number).toBeGreaterThan(clips[i - 1] as number);
  });
});

describe("guardedVertex", () => {
  const ps = Array.from({ length: 10 }, (_, i) => 2 + (i * 2) / 9);
  it("is exact for a parabola, held within the samples, and none for a concave one", () => {
    const at = (p0: number) =>
      guardedVertex(
        ps,
        ps.map((p) => (p - p0) ** 2 + 3),
      );
    expect(at(2.7)).toBeCloseTo(2.7, 9);
    expect(at(9)).toBe(4);
    expect(
      guardedVertex(
        ps,
        ps.map((p) => -((p - 3) ** 2)),
      ),
    ).toBeNull();
  });
});

describe("lapq", () => {
  it("finds the joint optimum of coupled clips and counts its evaluations", async () => {
    const best = Float64Array.of(1.3, 0.4, 2.2);
    let count = 0;
    const problem = {
      maxAbs: Float64Array.of(3, 3, 3),
      clips: (p: number) => Float64Array.of(0.6 + 0.2 * p, 0.5, 1.1 + 0.2 * p),
      loss: async (clips: Float64Array) => {
        count++;
        const t = clips.map((c, i) => Math.log(c / (best[i] as number)));
        const [a, b, c] = t as unknown as [number, number, number];
        return 1 + a * a + b * b + c * c + 1.2 * a * b + 0.5 * b * c;
      },
    };
    const found = await lapq(problem, { sweeps: 4 });
    expect(found.evaluations).toBe(count);
    expect(found.loss).toBeLessThan(1.001);
    expect(found.loss).toBeLessThanOrEqual(Math.min(...found.starts.map(({ loss }) => loss)));
    const perSweep = (count - found.starts.length) / found.sweeps.length / 3;
    expect(perSweep).toBeLessThanOrEqual(13);
  });
});
