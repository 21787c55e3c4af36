// Dyadic numbers against the golden values of the notes, exact arithmetic, and the bounds they promise.

import { roundHalfEven } from "@bitscape/quant";
import { seededRandom } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { dyadic, dyadicAt, overflowOf, rescale, worstError, worstSumError } from "./dyadic.ts";

describe("multipliers", () => {
  test.each([
    [0.1, 31, 1717986918, 34],
    [1 / 3, 31, 1431655765, 32],
    [0.1, 8, 205, 11],
    [0.0123, 8, 202, 14],
    [0.5, 31, 2 ** 30, 31],
    [1, 8, 128, 7],
    [3, 31, 1610612736, 29],
  ])("%f in %i bits", (x, width, multiplier, shift) => {
    expect(dyadic(x, width)).toMatchObject({ multiplier, shift });
  });

  test("errors of the notes", () => {
    expect(dyadic(0.1).error).toBeCloseTo(2.33e-10, 12);
    expect(dyadic(0.0123, 8).error).toBeCloseTo(2.37e-3, 5);
    expect(dyadic(0.5).error).toBe(0);
  });

  // golden.json dyadic.M.k8, k16, k24: [b, |b / 2^k − M|] of M = 0.0123456789
  test.each([
    [8, 3, 0.0006269289],
    [16, 809, 1.3185484375e-6],
    [24, 207126, 7.24625244140625e-9],
  ])("at a shift of %i", (shift, multiplier, error) => {
    const found = dyadicAt(0.0123456789, shift);
    expect(found.multiplier).toBe(multiplier);
    expect(Math.abs(found.value - 0.0123456789)).toBeCloseTo(error, 16);
  });

  test("one that rounds up to a power of two still fits an int32", () => {
    const { multiplier, shift, value } = dyadic(1 - 2 ** -40);
    expect([multiplier, shift, value]).toEqual([2 ** 30, 30, 1]);
  });

  test("relative error is at most 2^−width, and multipliers use their width", () => {
    const random = seededRandom(1);
    for (const width of [4, 8, 16, 31]) {
      for (let i = 0; i < 200; i++) {
        const x = Math.exp(40 * random() - 20);
        const { multiplier, error } = dyadic(x, width);
        expect(error).toBeLessThanOrEqual(2 ** -width);
        expect(multiplier).toBeGreaterThanOrEqual(2 ** (width - 1));
        expect(multiplier).toBeLessThan(2 ** width);
      }
    }
  });

  test("refuse what has none", () => {
    expect(() => dyadic(0)).toThrow("dyadic: 0, expected a positive number");
    expect(() => dyadic(1, 32)).toThrow("32 bits, expected 1 to 31");
  });
});

describe("rescaling", () => {
  test("halves go to even", () => {
    const half = { multiplier: 1, shift: 1, value: 0.5, error: 0 };
    expect([5, 7, -5, -7, 6].map((acc) => rescale(acc, half))).toEqual([2, 4, -2, -4, 3]);
  });

  test("is exact where float64 is not", () => {
    const by = { multiplier: 1073741825, shift: 31, value: 1073741825 / 2 ** 31, error: 0 };
    expect(rescale(1073741828, by)).toBe(536870915);
    expect(roundHalfEven((1073741828 * 1073741825) / 2 ** 31)).toBe(536870914);
  });

  test("a multiplier above the product's unit shifts left", () => {
    expect(rescale(3, dyadicAt(2 ** 40, -38))).toBe(3 * 2 ** 40);
  });

  test("errors stay within the bound, sums of branches within theirs", () => {
    const random = seededRandom(2);
    for (let i = 0; i < 500; i++) {
      const [x, z] = [random() * 0.02 + 1e-6, random() * 0.02 + 1e-6];
      const [a, b] = [dyadic(x, 8), dyadic(z, 8)];
      const [acc, other] = [Math.floor((random() - 0.5) * 2 ** 20), Math.floor((random() - 0.5) * 2 ** 20)];
      const off = Math.abs(rescale(acc, a) - acc * x);
      expect(off).toBeLessThanOrEqual(worstError(x, a, acc) + 1e-9);
      expect(worstError(x, a, acc)).toBeLessThanOrEqual(0.5 + Math.abs(acc) * x * 2 ** -8 + 1e-9);
      const sum = Math.abs(rescale(acc, a) + rescale(other, b) - acc * x - other * z);
      expect(sum).toBeLessThanOrEqual(worstSumError([x, a, acc], [z, b, other]) + 1e-9);
    }
  });
});

test("overflow: what the worst codes could do", () => {
  const by = dyadic(0.01);
  const conv = overflowOf({ depth: 576, mostWeight: 127, mostInput: 255 }, by);
  expect(conv).toMatchObject({
    most: 18653760,
    accumulatorBits: 26,
    int32: false,
    int64: false,
    float64: true,
  });
  expect(conv.productBits).toBe(56);
  expect(overflowOf({ depth: 100_000, mostWeight: 127, mostInput: 255 }, by).int32).toBe(true);
  expect(overflowOf({ depth: 576, mostWeight: 127, mostInput: 255 }, dyadic(0.01, 8)).float64).toBe(false);
});
