import { relativeSquaredError } from "@bitscape/quant";
import { seededRandom } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { normals } from "../testing/nets.ts";
import { argMax, inTopK, klDivergence, logProbabilities, ssim } from "./metric.ts";
import type { OutputKind } from "./output.ts";

type Classes = Extract<OutputKind, { kind: "classes" }>;

const kind = (form: Classes["form"], classes: number): Classes => ({
  kind: "classes",
  output: "y",
  form,
  classes,
});

function softmax(logits: ArrayLike<number>): number[] {
  const weights = Array.from(logits, (x) => Math.exp(x));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((each) => each / sum);
}

/** Σ p log(p / q), written down as it stands. */
function naive(p: readonly number[], q: readonly number[]): number {
  return p.reduce((sum, x, i) => sum + (x > 0 ? x * Math.log(x / (q[i] as number)) : 0), 0);
}

describe("KL divergence", () => {
  const [a, b] = [normals(1, [7], 2), normals(2, [7], 2)];
  const expected = naive(softmax(a), softmax(b));

  test.each(["logits", "logProbabilities", "probabilities"] as const)("of %s", (form) => {
    const shown = (logits: Float32Array) => {
      const p = softmax(logits);
      const values = form === "probabilities" ? p : form === "logProbabilities" ? p.map(Math.log) : logits;
      return logProbabilities(Float32Array.from(values), kind(form, 7));
    };
    expect(klDivergence(shown(a), shown(b), 7)).toBeCloseTo(expected, 6);
    expect(klDivergence(shown(a), shown(a), 7)).toBe(0);
  });

  test("is never negative, and not symmetric", () => {
    for (let seed = 0; seed < 200; seed++) {
      const [p, q] = [normals(seed, [5], 3), normals(seed + 1000, [5], 3)].map((each) =>
        logProbabilities(each, kind("logits", 5)),
      ) as [Float64Array, Float64Array];
      expect(klDivergence(p, q, 5)).toBeGreaterThan(0);
      expect(klDivergence(p, q, 5)).not.toBe(klDivergence(q, p, 5));
    }
  });

  test("is a mean over the positions that count", () => {
    const [p, q] = [normals(1, [3 * 4]), normals(2, [3 * 4])].map((each) =>
      logProbabilities(each, kind("logits", 4)),
    ) as [Float64Array, Float64Array];
    const of = (at: number) =>
      klDivergence(p.subarray(at * 4, at * 4 + 4), q.subarray(at * 4, at * 4 + 4), 4);
    expect(klDivergence(p, q, 4)).toBeCloseTo((of(0) + of(1) + of(2)) / 3, 12);
    expect(klDivergence(p, q, 4, (position) => position !== 1)).toBeCloseTo((of(0) + of(2)) / 2, 12);
    expect(klDivergence(p, q, 4, () => false)).toBe(0);
  });

  test("survives probabilities that underflowed and logits beyond exp", () => {
    const p = logProbabilities(Float32Array.of(1, 0), kind("probabilities", 2));
    const q = logProbabilities(Float32Array.of(0, 1), kind("probabilities", 2));
    expect(klDivergence(p, q, 2)).toBeCloseTo(Math.log(1e30), 6);
    const wide = logProbabilities(Float32Array.of(5000, -5000), kind("logits", 2));
    expect([...wide]).toEqual([0, -10000]);
  });
});

test("relative squared error", () => {
  expect(relativeSquaredError(Float32Array.of(3, 4), Float32Array.of(3, 3))).toBeCloseTo(1 / 25, 12);
  expect(relativeSquaredError(Float32Array.of(0, 0), Float32Array.of(0, 0))).toBe(0);
  expect(relativeSquaredError(Float32Array.of(0), Float32Array.of(1))).toBe(Number.POSITIVE_INFINITY);
});

test("the largest of a row, the first of equals", () => {
  expect(argMax([9, 1, 5, 5], 1, 3)).toBe(1);
  expect(argMax([0, 0], 0, 2)).toBe(0);
});

test("among the k largest", () => {
  const scores = [5, 3, 4, 1, 2, 0];
  expect([0, 1, 2, 3].map((label) => inTopK(scores, 0, 6, label, 3))).toEqual([true, true, true, false]);
  expect(inTopK([1, 1, 1], 0, 3, 2, 1)).toBe(true);
  expect(inTopK([Number.NaN, 1], 0, 2, 0, 5)).toBe(false);
});

test("structural similarity", () => {
  const random = seededRandom(1);
  const image = Float32Array.from({ length: 16 * 16 }, random);
  const other = Float32Array.from({ length: 16 * 16 }, random);
  expect(ssim(image, image, 16, 16, 1)).toBeCloseTo(1, 12);
  const noisy = ssim(image, other, 16, 16, 1);
  expect(noisy).toBeLessThan(0.2);
  // A constant shift leaves the contrast term at 1: only the luminance term (eq. 6) is left.
  const flat = new Float32Array(64).fill(0.5);
  const lighter = new Float32Array(64).fill(0.75);
  const luminance = (2 * 0.5 * 0.75 + 1e-4) / (0.5 ** 2 + 0.75 ** 2 + 1e-4);
  expect(ssim(flat, lighter, 8, 8, 1)).toBeCloseTo(luminance, 6);
});
