// Shifts against their known answers: what all samples lack is kept, what they do not agree on is not.

import { seededRandom } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { shiftsOf } from "./shifts.ts";

const all = (count: number) => Array.from({ length: count }, (_, i) => i);

describe("shifts", () => {
  test("what every sample lacks alike is kept whole", () => {
    const lack = all(8).map(() => Float32Array.of(0.5, -2, 0));
    const shifts = shiftsOf({ channels: 3, lack, seen: null }, all(8));
    expect([...shifts]).toEqual([0.5, -2, 0]);
  });

  test("of what is seen in part, the mean over that part", () => {
    // A quarter of the positions of each sample, each lacking 2: a mean of 0.5 over all.
    const lack = all(4).map(() => Float32Array.of(0.5));
    const seen = all(4).map(() => Float32Array.of(0.25));
    expect(shiftsOf({ channels: 1, lack, seen }, all(4))[0]).toBe(2);
  });

  test("is nearer to the truth than the means themselves, where samples are few and noisy", () => {
    const random = seededRandom(5);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const channels = 400;
    const truth = Float64Array.from({ length: channels }, () => 0.1 * normal());
    const lack = all(8).map(() => Float32Array.from(truth, (value) => value + 0.5 * normal()));
    const shifts = shiftsOf({ channels, lack, seen: null }, all(8));
    const off = (found: (c: number) => number) =>
      truth.reduce((sum, value, c) => sum + (found(c) - value) ** 2, 0) / channels;
    const mean = off((c) => lack.reduce((sum, row) => sum + (row[c] as number), 0) / 8);
    // The best there is: variances .01 and .5²/8, of which τ²v / (τ² + v) is left: .0076 against .031.
    expect(mean).toBeGreaterThan(0.02);
    expect(off((c) => shifts[c] as number)).toBeLessThan(0.011);
  });
});
