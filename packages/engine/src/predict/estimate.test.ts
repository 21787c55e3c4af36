import { normal, seededRandom } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { interactions, meanSquare, modelSpread, predictedFinding, SPREADS } from "./estimate.ts";
import { slotsOf } from "./slots.ts";

const samples = Array.from({ length: 600 }, (_, i) => 1000 + i);

describe("slots", () => {
  test("few samples are run once each; of many, those that are important, and often", () => {
    const few = slotsOf(samples.slice(0, 40), new Float64Array(40).fill(2));
    expect(few.slots).toEqual(samples.slice(0, 40).map((index) => ({ index, draw: 0 })));
    for (const weight of few.weights) expect(weight).toBeCloseTo(1, 12);
    const importance = samples.map((_, i) => (i === 7 ? 500 : 1));
    const many = slotsOf(samples, importance);
    expect(many.slots.length).toBe(150);
    const repeated = many.slots.filter(({ index }) => index === 1007);
    expect(repeated.length).toBeGreaterThan(50);
    expect(new Set(repeated.map(({ draw }) => draw)).size).toBe(repeated.length);
  });
});

describe("the mean square", () => {
  test("estimates that of all samples from those that were run", () => {
    const random = seededRandom(3);
    // Derivatives that importance tells within a factor.
    const importance = samples.map(() => Math.exp(2 * normal(random)));
    const truth = samples.map((_, i) => (importance[i] as number) * Math.exp(0.5 * normal(random)));
    const exact = truth.reduce((a, b) => a + b, 0) / samples.length;
    const estimates = Array.from({ length: 200 }, (_, seed) => {
      const slots = slotsOf(samples, importance, seed);
      const derivatives = slots.slots.map(({ index }) => Math.sqrt(truth[index - 1000] as number));
      return meanSquare(derivatives, slots, 1).mean / exact;
    });
    const mean = estimates.reduce((a, b) => a + b, 0) / estimates.length;
    const spread = Math.sqrt(estimates.reduce((sum, x) => sum + (x - mean) ** 2, 0) / estimates.length);
    expect(Math.abs(mean - 1)).toBeLessThan(0.02);
    // As many samples in turn would scatter by several times as much.
    const plain = Math.sqrt(truth.reduce((sum, x) => sum + (x / exact - 1) ** 2, 0) / samples.length / 150);
    expect(spread).toBeLessThan(plain / 3);
  });

  test("has the standard error of a plain mean where all samples are run", () => {
    const slots = slotsOf(samples.slice(0, 4), [1, 1, 1, 1]);
    const { mean, error } = meanSquare([1, 2, 3, 4], slots, 0.5);
    expect(mean).toBeCloseTo(3.75, 12);
    const values = [0.5, 2, 4.5, 8];
    const variance = values.reduce((sum, x) => sum + (x - 3.75) ** 2, 0) / 3;
    expect(error).toBeCloseTo(Math.sqrt(variance / 4), 12);
  });
});

test("a prediction says less the more is lost, and the less its estimator knows", () => {
  const slots = slotsOf(samples.slice(0, 100), new Float64Array(100).fill(1));
  const width = (scale: number, least?: number) => {
    const derivatives = Array.from({ length: 100 }, (_, i) => scale * (1 + 0.1 * Math.sin(i)));
    const { value, low, high, source, n } = predictedFinding(
      { derivatives: Float64Array.from(derivatives) },
      slots,
      0.5,
      "k",
      least,
    );
    expect({ source, n }).toEqual({ source: "predicted", n: 100 });
    expect(low).toBeLessThan(value);
    return high / value;
  };
  expect(width(0.01)).toBeLessThan(1.5);
  expect(width(1)).toBeGreaterThan(4);
  expect(width(0.01, SPREADS.fisher)).toBeGreaterThan(width(0.01));
  expect(modelSpread(0)).toBe(0.12);
});

test("interactions add up to the divergence of layers together", () => {
  const slots = slotsOf(samples.slice(0, 50), new Float64Array(50).fill(1));
  const random = seededRandom(2);
  const cells = ["a", "b", "c"].map((layer) => ({
    key: { layer, target: "weight" as const, bits: 4 },
    derivatives: Float64Array.from({ length: 50 }, () => normal(random)),
  }));
  const matrix = interactions(cells, slots, 0.5);
  const together = Float64Array.from({ length: 50 }, (_, i) =>
    cells.reduce((sum, { derivatives }) => sum + (derivatives[i] as number), 0),
  );
  expect(matrix.reduce((a, b) => a + b, 0)).toBeCloseTo(meanSquare(together, slots, 0.5).mean, 10);
  expect(matrix[4]).toBeCloseTo(meanSquare(cells[1]?.derivatives as Float64Array, slots, 0.5).mean, 12);
  expect(matrix[1]).toBe(matrix[3]);
});
