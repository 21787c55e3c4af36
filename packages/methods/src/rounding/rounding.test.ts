// Rounding by least squares: the catalogue's known answer, gradients against differences, and the search against all choices.

import { formatFacts, type Ladder, ladderOf, quantize } from "@bitscape/quant";
import { normal, seededRandom } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { descendRow } from "./descend.ts";
import { damped, type RoundingProblem, type Rungs, rowError } from "./problem.ts";
import { inverseSigmoid, type Product, rectifiedSigmoid, relaxedLoss, relaxRounding } from "./relax.ts";

const product: Product = async (a, b, k) => {
  const [m, n] = [a.length / k, b.length / k];
  const found = new Float32Array(m * n);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let l = 0; l < k; l++) sum += (a[i * k + l] as number) * (b[j * k + l] as number);
      found[i * n + j] = sum;
    }
  return found;
};

/** The problem of some inputs [samples, inputs], and of what is really there in their place. */
function problemOf(
  weights: Float32Array,
  inputs: number,
  samples: readonly (readonly number[])[],
  real = samples,
): RoundingProblem {
  const rows = weights.length / inputs;
  const gram = new Float32Array(inputs * inputs);
  const cross = new Float32Array(weights.length);
  const power = new Float64Array(rows);
  for (const [s, x] of real.entries()) {
    for (let i = 0; i < inputs; i++)
      for (let j = 0; j < inputs; j++)
        gram[i * inputs + j] =
          (gram[i * inputs + j] as number) + ((x[i] as number) * (x[j] as number)) / real.length;
    for (let row = 0; row < rows; row++) {
      const y = (samples[s] as number[]).reduce(
        (sum, v, j) => sum + v * (weights[row * inputs + j] as number),
        0,
      );
      power[row] = (power[row] as number) + y ** 2 / real.length;
      for (let j = 0; j < inputs; j++) {
        cross[row * inputs + j] = (cross[row * inputs + j] as number) + (y * (x[j] as number)) / real.length;
      }
    }
  }
  return { rows, inputs, weights, gram, cross, power };
}

function rungsOf(
  weights: Float32Array,
  { nearest, value, step }: Ladder,
): Rungs & { readonly rounded: Float32Array } {
  const codes = Array.from(weights, (weight, i) => nearest(i, weight));
  const rounded = Float32Array.from(codes, (code, i) => value(i, code));
  const other = codes.map((code, i) =>
    value(i, step(i, code, (rounded[i] as number) <= (weights[i] as number) ? 1 : -1)),
  );
  return {
    rounded,
    low: rounded.map((each, i) => Math.min(each, other[i] as number)),
    high: rounded.map((each, i) => Math.max(each, other[i] as number)),
  };
}

const random = seededRandom(3);
const inputs = 9;
const weights = Float32Array.from({ length: 3 * inputs }, () => normal(random));
const common = Array.from({ length: 40 }, () => normal(random));
// Inputs that have something in common: rounding errors can make up for each other.
const samples = common.map((each) => Array.from({ length: inputs }, () => each + 0.5 * normal(random)));
const real = samples.map((x) => x.map((value) => value + 0.1 * normal(random)));
const problem = problemOf(weights, inputs, samples, real);
const ladder = ladderOf(
  quantize(
    weights,
    [3, inputs],
    { format: "int3", symmetric: true, range: "minmax" },
    { kind: "channel", axis: 0 },
  ),
) as Ladder;
const rungs = rungsOf(weights, ladder);
const errorOf = (values: Float32Array) => [0, 1, 2].map((row) => rowError(problem, row, values));

describe("the error of a row", () => {
  test("is the mean square of what its outputs are off", () => {
    const { rounded } = rungs;
    for (const [row, error] of errorOf(rounded).entries()) {
      const own = (values: Float32Array, x: readonly number[]) =>
        x.reduce((sum, v, j) => sum + v * (values[row * inputs + j] as number), 0);
      const direct =
        samples.reduce((sum, x, s) => sum + (own(weights, x) - own(rounded, real[s] as number[])) ** 2, 0) /
        samples.length;
      expect(error).toBeCloseTo(direct, 5);
    }
  });
});

describe("the catalogue's known answer (fp.adaround): 4.8 + 4.8 on E2M1 up to 6", () => {
  // Nearest rounding gives 4 + 4 = 8; the best is 4 + 6 = 10, which is .4 off 9.6.
  const pair = Float32Array.of(4.8, 4.8);
  const known = problemOf(pair, 2, [[1, 1]]);
  const grid = ladderOf({
    kind: "levels",
    format: formatFacts("fp4"),
    shape: [1, 2],
    codes: new Uint8Array(2),
    width: 4,
    levels: Float32Array.of(0, 0.5, 1, 1.5, 2, 3, 4, 6),
    size: 8,
    tables: { count: 1, scaleShape: [], outer: 1, dim: 1, inner: 2, at: () => 0, step: 0, span: 1 },
    groups: null,
    scale: null,
  }) as Ladder;
  const both = rungsOf(pair, grid);
  const sum = (values: Float32Array) => values.reduce((a, b) => a + b, 0);

  test("rounding to the nearest", () => {
    expect(sum(both.rounded)).toBe(8);
  });
  test("descent", () => {
    const values = both.rounded.slice();
    descendRow(known, both, 0, values);
    expect([...values].sort()).toEqual([4, 6]);
  });
  test.each([1, 2, 3])("AdaRound's relaxation, seed %i", async (seed) => {
    const values = await relaxRounding(known, both, product, seededRandom(seed), async () => {});
    expect([...values].sort()).toEqual([4, 6]);
  });
});

describe("descent", () => {
  const values = rungs.rounded.slice();
  const moves = [0, 1, 2].map((row) => descendRow(problem, rungs, row, values));

  test("rounds to one of the two neighbours, with less error", () => {
    expect(Math.max(...moves)).toBeGreaterThan(0);
    for (const [at, value] of values.entries()) expect([rungs.low[at], rungs.high[at]]).toContain(value);
    const [before, after] = [errorOf(rungs.rounded), errorOf(values)];
    for (const [row, error] of after.entries()) expect(error).toBeLessThanOrEqual(before[row] as number);
  });

  test("is near the best of all 512 choices, and no move of one or two is left that helps", () => {
    for (let row = 0; row < 3; row++) {
      const tried = values.slice();
      let best = Number.POSITIVE_INFINITY;
      for (let mask = 0; mask < 2 ** inputs; mask++) {
        for (let j = 0; j < inputs; j++) {
          const at = row * inputs + j;
          tried[at] = ((mask >> j) & 1 ? rungs.high[at] : rungs.low[at]) as number;
        }
        best = Math.min(best, rowError(problem, row, tried));
      }
      const found = rowError(problem, row, values);
      expect(found).toBeLessThan(1.3 * best);
      for (let j = 0; j < inputs; j++) {
        for (let k = 0; k <= j; k++) {
          const other = values.slice();
          for (const at of new Set([row * inputs + j, row * inputs + k])) {
            other[at] = (values[at] === rungs.low[at] ? rungs.high[at] : rungs.low[at]) as number;
          }
          expect(rowError(problem, row, other)).toBeGreaterThanOrEqual(found - 1e-6);
        }
      }
    }
  });

  test("damping draws towards the weights themselves", () => {
    const strong = damped(problem, 1e6);
    const own = rungs.rounded.slice();
    for (let row = 0; row < 3; row++) descendRow(strong, rungs, row, own);
    expect(own).toEqual(rungs.rounded);
  });
});

describe("AdaRound's relaxation", () => {
  test("the rectified sigmoid reaches 0 and 1 (eq. 23)", () => {
    expect([rectifiedSigmoid(-5), rectifiedSigmoid(5)]).toEqual([0, 1]);
    expect(rectifiedSigmoid(0)).toBeCloseTo(0.5, 12);
    for (const h of [0.1, 0.4, 0.9]) expect(rectifiedSigmoid(inverseSigmoid(h))).toBeCloseTo(h, 12);
  });

  test("its gradient is that of differences", async () => {
    const v = Float64Array.from(weights, () => 1.5 * normal(random));
    const asked = { unit: 3, lambda: 0.2, beta: 3 };
    const { gradient } = await relaxedLoss(problem, rungs, v, asked, product);
    const step = 1e-3;
    for (let at = 0; at < v.length; at += 2) {
      const lossAt = async (by: number) => {
        const moved = v.slice();
        moved[at] = (moved[at] as number) + by;
        return (await relaxedLoss(problem, rungs, moved, asked, product)).loss;
      };
      const slope = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
      expect(gradient[at]).toBeCloseTo(slope, 2);
    }
    expect(Math.max(...gradient.map(Math.abs))).toBeGreaterThan(0.1);
  });

  test("ends on neighbours, better than nearest, the same for the same seed", async () => {
    const solve = (seed: number) =>
      relaxRounding(problem, rungs, product, seededRandom(seed), async () => {});
    const found = await solve(4);
    for (const [at, value] of found.entries()) expect([rungs.low[at], rungs.high[at]]).toContain(value);
    const total = (values: Float32Array) => errorOf(values).reduce((a, b) => a + b, 0);
    expect(total(found)).toBeLessThan(total(rungs.rounded));
    expect(await solve(4)).toEqual(found);
  });
});
