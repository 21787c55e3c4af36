// Known optima of Lp clips: Gaussian and Laplace densities, computed to six digits elsewhere (LAPQ, ACIQ).

import { describe, expect, it } from "vitest";
import { type GridAt, lpClip, lpError, type Weighted } from "./lp.ts";

/** A symmetric density on a fine grid of its positive half. */
const density = (most: number, of: (x: number) => number, count = 60_000): Weighted => {
  const values = Float64Array.from({ length: count }, (_, i) => (most * (i + 0.5)) / count);
  return { values, counts: values.map(of) };
};
const gauss = density(8, (x) => Math.exp((-x * x) / 2));
const laplace = density(18, (x) => Math.exp(-Math.abs(x)));

/** LAPQ's own grid: 2^b levels from −clip to clip. */
const lapqGrid = (bits: number): GridAt => {
  const top = 2 ** bits - 1;
  return (clip) => {
    const step = (2 * clip) / top;
    return (x) => Math.round(Math.min(Math.max((x + clip) / step, 0), top)) * step - clip;
  };
};
/** ONNX's integers without the lowest: ±(2^(b−1) − 1). */
const restricted = (bits: number): GridAt => {
  const top = 2 ** (bits - 1) - 1;
  return (clip) => (x) => Math.round(Math.min(Math.max((x * top) / clip, -top), top)) * (clip / top);
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
    const clips = [1, 1.5, 2, 2.5, 3, 3.5, 4].map((p) => lpClip(gauss, lapqGrid(4), p, 6));
    for (let i = 1; i < clips.length; i++) expect(clips[i] as number).toBeGreaterThan(clips[i - 1] as number);
  });
});

it("weighs values by their counts", () => {
  const once = { values: [0.3, 0.3, -1.1, 0.7] };
  const counted = { values: [0.3, -1.1, 5, 0.7], counts: [2, 1, 0, 1] };
  for (const p of [1, 1.5, 2, 2.3, 2.5, 3, 3.5, 4]) {
    const direct = once.values.reduce((sum, x) => sum + Math.abs(Math.round(x) - x) ** p, 0) / 4;
    expect(lpError(once, Math.round, p)).toBeCloseTo(direct, 12);
    expect(lpError(counted, Math.round, p)).toBeCloseTo(direct, 12);
  }
});
