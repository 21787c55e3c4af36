// Rescaled sums against exact fractions: the error bound of the notes, halves, offsets, and room in 64 bits.

import { seededRandom } from "@bitscape/tensor";
import { expect, test } from "vitest";
import { dyadicWithin, offsetFor, rescaledSum, rescalerOf } from "./dyadicLayer.ts";

const INT64 = 2n ** 63n;

/** Every number on the way of a sum through a file's int64 operators. */
function intermediates(rescaler: ReturnType<typeof rescalerOf>, sum: number, c: number): [bigint, bigint] {
  const product = BigInt(sum) * (rescaler.multipliers[c] as bigint);
  return [product, product + (rescaler.addends[c] as bigint)];
}

test.each([4, 8, 16, 24, 31])(
  "within ½ + |acc| · S · 2^−n of the exact product, at %i bits, and never beyond int64",
  (width) => {
    const random = seededRandom(width);
    let most = 0;
    let [least, greatest] = [INT64, -INT64];
    let low = INT64;
    for (let i = 0; i < 200; i++) {
      const ratios = Array.from({ length: 4 }, () => 2 ** -(random() * 24));
      const products = ratios.map(() => Math.floor(2 ** (8 + random() * 22)));
      const bias = products.map((each) => Math.round((random() - 0.5) * each));
      const zeroPoint = Math.floor(random() * 256);
      const reach = products.map((each, c) => each + Math.abs(bias[c] as number));
      const rescaler = rescalerOf({ ratios, most: reach, bias, zeroPoint }, width);
      for (const [c, ratio] of ratios.entries()) {
        for (const at of [-1, 1, 2 * random() - 1]) {
          const acc = Math.round(at * (products[c] as number));
          const whole = acc + (bias[c] as number);
          const off = Math.abs(rescaledSum(rescaler, acc, c) - (whole * ratio + zeroPoint));
          // float64 of the oracle itself is off by less than the 1e-6.
          most = Math.max(most, off - (0.5 + Math.abs(whole) * ratio * 2 ** -width + 1e-6));
          const [product, sum] = intermediates(rescaler, acc, c);
          for (const each of [product, sum]) {
            if (each < least) least = each;
            if (each > greatest) greatest = each;
          }
          if (sum < low) low = sum;
        }
      }
    }
    expect(most).toBeLessThanOrEqual(0);
    expect([least >= -INT64, greatest < INT64]).toEqual([true, true]);
    // What is shifted is not negative.
    expect(low >= 0n).toBe(true);
  },
);

test("halves round up, on both sides of zero", () => {
  const rescaler = rescalerOf({ ratios: [0.5], most: [100], zeroPoint: 0 }, 31);
  expect([5, 3, -3, -5, 4, -4].map((sum) => rescaledSum(rescaler, sum))).toEqual([3, 2, -1, -2, 2, -2]);
});

test("a channel that is all zero, and one so small that 64 bits have no room for its shift", () => {
  const rescaler = rescalerOf({ ratios: [0, 1e-30, 0.01], most: [0, 10, 2 ** 20], zeroPoint: 7 }, 31);
  expect(rescaledSum(rescaler, 0, 0)).toBe(7);
  expect(rescaledSum(rescaler, 10, 1)).toBe(7);
  expect(rescaledSum(rescaler, 12345, 2)).toBe(130);
});

test("a factor above 2^31 is a whole multiplier", () => {
  const { multiplier, shift } = dyadicWithin(384, 2, 384 * 100, offsetFor(38400));
  expect(multiplier / 2 ** shift).toBe(384);
  expect(shift).toBe(0);
});
