import { seededRandom } from "@bitscape/tensor";
import { describe, expect, it } from "vitest";
import { clamp, roundHalfEven } from "./round.ts";

/** By the definition: the nearer integer, or the even one of two that are as near. */
function slow(x: number): number {
  const below = Math.floor(x);
  const gap = x - below;
  if (gap !== 0.5) return gap < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

describe("roundHalfEven", () => {
  it("takes ties to even", () => {
    expect([-3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5].map(roundHalfEven)).toEqual([
      -4, -2, -2, 0, 0, 2, 2, 4,
    ]);
  });

  it("agrees with the definition on ties, beside ties and at random", () => {
    const random = seededRandom(1);
    const values: number[] = [];
    for (let i = -2000; i <= 2000; i++) {
      const tie = i + 0.5;
      values.push(i, tie, tie * (1 + Number.EPSILON), tie * (1 - Number.EPSILON));
      values.push((random() - 0.5) * 2 ** (random() * 50));
    }
    for (const power of [22, 31, 32, 50]) {
      for (const near of [-1, -0.5, 0, 0.5, 1, 1.5]) values.push(2 ** power + near, -(2 ** power) + near);
    }
    expect(values.filter((x) => roundHalfEven(x) !== slow(x))).toEqual([]);
  });

  it("never gives -0", () => {
    for (const x of [-0, -0.25, -0.5, -Number.MIN_VALUE, 0])
      expect(Object.is(roundHalfEven(x), 0)).toBe(true);
  });

  it("keeps infinities and NaN", () => {
    expect(roundHalfEven(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(roundHalfEven(Number.NEGATIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY);
    expect(roundHalfEven(Number.NaN)).toBeNaN();
  });
});

it("clamp", () => {
  expect([-5, -1, 0.5, 2, 7].map((x) => clamp(x, -1, 2))).toEqual([-1, -1, 0.5, 2, 2]);
  expect(clamp(Number.NEGATIVE_INFINITY, -8, 7)).toBe(-8);
});
