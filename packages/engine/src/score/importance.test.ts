import { seededRandom } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { allot, chances, uncertainty } from "./importance.ts";

test("uncertainty is the trace of diag p − p pᵀ, and small numbers survive", () => {
  const p = [0.2, 0.5, 0.3];
  expect(uncertainty(Float64Array.from(p, Math.log), 0, 3)).toBeCloseTo(0.8 * 0.2 + 0.25 + 0.7 * 0.3, 12);
  const sure = Float64Array.of(0, Math.log(1e-18), Math.log(2e-18));
  expect(uncertainty(sure, 0, 3)).toBeCloseTo(6e-18, 30);
  const two = Float64Array.from([0.9, 0.1, 0.5, 0.5], Math.log);
  expect(uncertainty(two, 2, 2)).toBeCloseTo(0.5, 12);
});

describe("allotment", () => {
  const importance = [0, 1, 5, 0.1, 20, 3];

  test("gives out all runs, in proportion but for an even share", () => {
    const { counts, expected } = allot(importance, 60, seededRandom(4));
    expect(counts.reduce((a, b) => a + b, 0)).toBe(60);
    expect(expected.reduce((a, b) => a + b, 0)).toBeCloseTo(60, 9);
    for (const [i, count] of counts.entries())
      expect(Math.abs(count - (expected[i] as number))).toBeLessThan(1);
    expect(expected[0]).toBeCloseTo((60 * 0.1) / 6, 9);
    expect((expected[4] as number) - (expected[0] as number)).toBeCloseTo((60 * 0.9 * 20) / 29.1, 9);
  });

  test("estimates means without bias", () => {
    const values = [4, 0.5, 7, 1, 11, 2];
    const truth = values.reduce((a, b) => a + b, 0);
    const random = seededRandom(9);
    let sum = 0;
    for (let round = 0; round < 20_000; round++) {
      const { counts, expected } = allot(importance, 3, random);
      for (const [i, x] of values.entries()) sum += (x * (counts[i] as number)) / (expected[i] as number);
    }
    expect(Math.abs(sum / 20_000 / truth - 1)).toBeLessThan(0.02);
  });

  test("is even where nothing is more important", () => {
    expect([...allot([0, 0, 0], 6, () => 0.3).counts]).toEqual([2, 2, 2]);
    expect([...chances([2, 2], 0.1)]).toEqual([0.5, 0.5]);
  });
});
