import { normal, seededRandom } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { divergenceFinding, meanFinding, proportionFinding, studentQuantile } from "./finding.ts";

// Known intervals: Newcombe 1998 (Statistics in Medicine 17), table I, "score, no continuity correction".
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
  [29, 29, 0.883, 1],
])("Wilson's interval of %i of %i", (correct, n, low, high) => {
  const found = proportionFinding(correct, n, "key");
  expect(found.value).toBe(correct / n);
  expect(found.low).toBeCloseTo(low, 4);
  expect(found.high).toBeCloseTo(high, 4);
  expect([found.n, found.of, found.source]).toEqual([n, "key", "measured"]);
});

test("a mean with its normal interval", () => {
  const { value, low, high, n } = meanFinding([1, 2, 3, 4], "key");
  // s² = 5/3, s/√4 = 0.6455
  expect([value, n]).toEqual([2.5, 4]);
  expect(high - value).toBeCloseTo(1.959964 * 0.645497, 5);
  expect(value - low).toBeCloseTo(high - value, 12);
});

test("one value has no interval, equal ones a point", () => {
  expect(meanFinding([3], "")).toMatchObject({
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
  });
  expect(meanFinding([3, 3, 3], "")).toMatchObject({ value: 3, low: 3, high: 3 });
});

// Quantiles of Student's t: any table.
test.each([
  [2, 4.303],
  [3, 3.182],
  [5, 2.571],
  [10, 2.228],
  [30, 2.042],
  [1000, 1.962],
])("the 97.5 %% quantile at %i degrees of freedom", (freedom, expected) => {
  expect(studentQuantile(freedom)).toBeGreaterThan(expected * 0.99);
  expect(studentQuantile(freedom)).toBeLessThan(expected * 1.01);
});

describe("the interval of a mean of divergences", () => {
  /** Log-normal numbers with mean 1. */
  const drawn = (random: () => number, n: number, sigma: number) =>
    Float64Array.from({ length: n }, () => Math.exp(sigma * normal(random) - (sigma * sigma) / 2));

  const coverage = (n: number, sigma: number, interval: typeof divergenceFinding) => {
    const random = seededRandom(11);
    let held = 0;
    for (let i = 0; i < 2000; i++) {
      const { low, high } = interval(drawn(random, n, sigma), "key");
      if (low <= 1 && 1 <= high) held++;
    }
    return held / 2000;
  };

  // Between them lie the cells of real classifiers (finding.ts).
  test.each([
    [16, 1, 0.89, 0],
    [64, 1, 0.92, 0],
    [32, 1.5, 0.88, 0.1],
    [16, 2, 0.82, 0.2],
    [64, 2, 0.82, 0.12],
  ])("holds the true mean of skewed data: n = %i, sigma %d", (n, sigma, least, better) => {
    const own = coverage(n, sigma, divergenceFinding);
    expect(own).toBeGreaterThan(least);
    // Than the normal interval, which it replaces.
    expect(own - coverage(n, sigma, meanFinding)).toBeGreaterThan(better);
  });

  test("is that of Student where the data are not skewed", () => {
    const random = seededRandom(3);
    const values = Float64Array.from({ length: 400 }, () => 10 + normal(random));
    const { low, high, value } = divergenceFinding(values, "key");
    const plain = meanFinding(values, "key");
    expect(value).toBeCloseTo(plain.value, 12);
    expect(low).toBeCloseTo(plain.low, 2);
    expect(high).toBeCloseTo(plain.high, 2);
  });

  test("is never below zero, and open upwards where nothing was lost yet", () => {
    expect(divergenceFinding([0, 0, 0, 0, 0, 0], "key")).toMatchObject({ value: 0, low: 0, high: 0.5 });
    expect(divergenceFinding([-1e-18, 0], "key").low).toBe(0);
    expect(divergenceFinding([0.25], "key")).toMatchObject({
      value: 0.25,
      low: 0,
      high: Number.POSITIVE_INFINITY,
    });
    const one = divergenceFinding([1, ...new Array(63).fill(1e-6)], "key");
    expect(one.low).toBeGreaterThan(0);
    expect(one.high).toBeGreaterThan(20 * one.value);
  });
});
