// Medians and their intervals, and a stopwatch whose clock the tests turn.

import { describe, expect, test } from "vitest";
import { rankOf, roundsOf, timingOf } from "./stopwatch.ts";

describe("stopwatch", () => {
  test("the interval of a median covers 95 % and is the narrowest that does", () => {
    const below = (n: number, k: number) => {
      let [term, sum] = [0.5 ** n, 0];
      for (let i = 0; i <= k; i++) {
        sum += term;
        term *= (n - i) / (i + 1);
      }
      return sum;
    };
    for (let n = 6; n <= 60; n++) {
      const rank = rankOf(n);
      expect(1 - 2 * below(n, rank)).toBeGreaterThanOrEqual(0.95);
      expect(1 - 2 * below(n, rank + 1)).toBeLessThan(0.95);
    }
    expect(timingOf([5, 1, 3, 2, 4])).toEqual({ seconds: 3, low: 1, high: 5, n: 5 });
    expect(timingOf([4, 1])).toMatchObject({ seconds: 2.5 });
  });

  test("finds what jobs take, through interruptions, and waits until they are no faster", async () => {
    let [at, runs] = [0, 0];
    const now = () => at;
    const job = (seconds: number, every: number, pause: number) => async () => {
      at += seconds + (++runs % every === 0 ? pause : 0);
    };
    const [a, b] = await roundsOf([job(0.001, 3, 0.5), job(0.004, 1000, 0)], {
      rounds: 7,
      leastSeconds: 0.02,
      now,
    });
    expect(timingOf(a as Float64Array).seconds).toBeCloseTo(0.001, 12);
    expect(timingOf(b as Float64Array).seconds).toBeCloseTo(0.004, 12);
    // Compiled again, better, after a while.
    let warm = 0;
    const settling = async () => {
      at += warm++ < 15 ? 0.01 : 0.002;
    };
    const [c] = await roundsOf([settling], { rounds: 7, leastSeconds: 0.02, now });
    expect(timingOf(c as Float64Array)).toMatchObject({
      low: expect.closeTo(0.002, 12),
      high: expect.closeTo(0.002, 12),
    });
  });
});
