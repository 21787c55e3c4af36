import { describe, expect, it } from "vitest";
import { maxAbsDiff, mse, sqnrDb } from "./error.ts";

describe("errors", () => {
  it("mean squared", () => {
    expect(mse([1, 2, 3], [1, 0, 4])).toBeCloseTo(5 / 3, 15);
    expect(mse([], [])).toBe(0);
    expect(mse([Number.NaN], [1])).toBeNaN();
  });

  it("sums in float64: a small error is not lost beside a large one", () => {
    const exact = new Float32Array(1 << 16);
    const off = Float32Array.from(exact, () => 2 ** -10);
    off[0] = 4096;
    expect(mse(exact, off) * exact.length).toBe(4096 ** 2 + (exact.length - 1) * 2 ** -20);
  });

  it("signal to noise: 20 dB for each factor of ten, 6.02 dB for each bit", () => {
    const signal = [1, -2, 3, 4];
    const noisy = (e: number) => signal.map((x) => x * (1 + e));
    expect(sqnrDb(signal, noisy(0.1))).toBeCloseTo(20, 10);
    expect(sqnrDb(signal, noisy(0.001))).toBeCloseTo(60, 8);
    expect(sqnrDb(signal, noisy(2 ** -10)) - sqnrDb(signal, noisy(2 ** -9))).toBeCloseTo(6.0206, 4);
    expect(
      sqnrDb(
        signal.map((x) => x * 8),
        noisy(0.1).map((x) => x * 8),
      ),
    ).toBeCloseTo(20, 10);
  });

  it("signal to noise at its ends", () => {
    expect(sqnrDb([1, 2], [1, 2])).toBe(Number.POSITIVE_INFINITY);
    expect(sqnrDb([0, 0], [0, 0])).toBe(Number.POSITIVE_INFINITY);
    expect(sqnrDb([0, 0], [1, 0])).toBe(Number.NEGATIVE_INFINITY);
    expect(sqnrDb([1], [Number.NaN])).toBeNaN();
  });

  it("largest absolute difference; NaN is never hidden", () => {
    expect(maxAbsDiff([1, 2, 3], [1, -2, 3.5])).toBe(4);
    expect(maxAbsDiff([], [])).toBe(0);
    expect(maxAbsDiff([1, Number.NaN, 9], [1, 1, 1])).toBeNaN();
    expect(maxAbsDiff([1, Number.POSITIVE_INFINITY], [1, 1])).toBe(Number.POSITIVE_INFINITY);
  });
});
