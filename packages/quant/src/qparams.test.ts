import { floatToHalf, halfToFloat, seededRandom } from "@bitscape/tensor";
import { describe, expect, it } from "vitest";
import type { Format } from "./formats/facts.ts";
import { integerFormats as formats } from "./formats/integer.ts";
import { integerFacts } from "./formats/table.ts";
import { chooseQParams } from "./qparams.ts";

const half = (scale: number) => halfToFloat(floatToHalf(scale));

function choose(
  low: number,
  high: number,
  format: Format,
  symmetric: boolean,
  round?: (s: number) => number,
) {
  const ranges = { low: Float64Array.of(low), high: Float64Array.of(high) };
  const { scale, zeroPoint } = chooseQParams(ranges, integerFacts(format), symmetric, round);
  return { scale: scale[0] as number, zeroPoint: zeroPoint[0] as number };
}

const randomRanges = (seed: number, count: number) => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const magnitude = 2 ** (random() * 60 - 30);
    const ends = [Math.fround((random() - 0.5) * magnitude), Math.fround((random() - 0.5) * magnitude)];
    return [Math.min(...ends), Math.max(...ends)] as const;
  });
};

describe.each(formats)("%s", (format) => {
  const { qmin, qmax, bits, signed } = integerFacts(format);
  const symmetries = bits > 1 ? [true, false] : [false];

  it.each(symmetries)(
    "covers the range to within half a step, zero point inside (symmetric: %s)",
    (symmetric) => {
      for (const [low, high] of randomRanges(bits, 300)) {
        const { scale, zeroPoint } = choose(low, high, format, symmetric);
        expect(Math.fround(scale)).toBe(scale);
        expect(Number.isInteger(zeroPoint) && zeroPoint >= qmin && zeroPoint <= qmax).toBe(true);
        // One float32 rounding of the scale over at most 2^bits steps.
        const slack = scale * 2 ** (bits - 23);
        const reach = symmetric ? slack : scale / 2 + slack;
        expect((qmax - zeroPoint) * scale).toBeGreaterThanOrEqual(high - reach);
        expect((qmin - zeroPoint) * scale).toBeLessThanOrEqual(low + reach);
      }
    },
  );

  it("symmetric: zero is the middle code and no smaller scale would reach both ends", () => {
    if (bits === 1) {
      expect(() => choose(-1, 1, format, true)).toThrow(
        `format ${format}: symmetric, expected affine or the format "binary"`,
      );
      return;
    }
    const middle = signed ? 0 : 2 ** (bits - 1);
    for (const [low, high] of randomRanges(bits + 20, 300)) {
      const { scale, zeroPoint } = choose(low, high, format, true);
      expect(zeroPoint).toBe(middle);
      const smaller = scale * (1 - 2 ** -20);
      const reaches = (qmax - middle) * smaller >= high && (qmin - middle) * smaller <= low;
      expect(reaches).toBe(false);
    }
  });

  it("affine: the steps divide the range, which is made to hold zero", () => {
    for (const [low, high] of randomRanges(bits + 40, 300)) {
      const { scale } = choose(low, high, format, false);
      expect(scale).toBe(Math.fround((Math.max(high, 0) - Math.min(low, 0)) / (qmax - qmin)));
    }
    expect(choose(1, 3, format, false)).toEqual(choose(0, 3, format, false));
    expect(choose(0, 3, format, false).zeroPoint).toBe(qmin);
    expect(choose(-3, -1, format, false).zeroPoint).toBe(qmax);
  });

  it.each(symmetries)("a range without extent gives scale 1 (symmetric: %s)", (symmetric) => {
    const zeroPoint = symmetric && !signed ? 2 ** (bits - 1) : symmetric ? 0 : qmin;
    for (const [low, high] of [
      [0, 0],
      [-0, 0],
      [0, 2 ** -140], // its step would be subnormal
      [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], // what minMax says of an empty group
    ] as const) {
      expect(choose(low, high, format, symmetric)).toEqual({ scale: 1, zeroPoint });
    }
  });
});

describe("chooseQParams", () => {
  it("uses the extra negative code where it helps", () => {
    expect(choose(-128, 127, "int8", true).scale).toBe(1);
    expect(choose(-128, 100, "int8", true).scale).toBe(1);
    expect(choose(-100, 127, "int8", true).scale).toBe(1);
    expect(choose(-100, 128, "int8", true).scale).toBe(Math.fround(128 / 127));
    expect(choose(-2, 1, "int2", true).scale).toBe(1);
    expect(choose(-2, 1.5, "int2", true).scale).toBe(1.5);
  });

  it("the smallest usable scale is the smallest normal float32", () => {
    expect(choose(0, 127 * 2 ** -126, "int8", true).scale).toBe(2 ** -126);
    expect(choose(0, 127 * 2 ** -127, "int8", true).scale).toBe(1);
  });

  it("takes the whole float32 range", () => {
    const most = 3.4028234663852886e38;
    for (const format of formats) {
      for (const symmetric of integerFacts(format).bits > 1 ? [true, false] : [false]) {
        const { scale } = choose(-most, most, format, symmetric);
        expect(Number.isFinite(scale)).toBe(true);
        expect(scale).toBeGreaterThan(1e33);
      }
    }
  });

  it("scales as the file stores them: the zero point belongs to the rounded scale", () => {
    for (const [low, high] of randomRanges(3, 500)) {
      if (Math.max(high, -low) < 2 ** -4 || high - low > 65504) continue; // its step would be no normal half
      const { scale, zeroPoint } = choose(low, high, "uint8", false, half);
      expect(half(scale)).toBe(scale);
      if (low < 0 && high > 0) expect(Math.abs(zeroPoint + low / scale)).toBeLessThanOrEqual(0.5);
    }
    expect(choose(-1, 1, "int8", true, half).scale).toBe(half(1 / 127));
  });

  it("a step too small for the file's type becomes the smallest that it has, not that of a group of zeros", () => {
    expect(choose(0, 127 * 2 ** -24, "int8", true, half).scale).toBe(2 ** -24);
    expect(choose(0, 127 * 2 ** -26, "int8", true, half)).toEqual({ scale: 2 ** -24, zeroPoint: 0 });
    expect(choose(-1e-4, 1e-4, "int16", true, half).scale).toBe(2 ** -24);
  });

  it("chooses each group by itself", () => {
    const ranges = randomRanges(9, 20);
    const together = chooseQParams(
      { low: Float64Array.from(ranges, ([low]) => low), high: Float64Array.from(ranges, ([, high]) => high) },
      integerFacts("uint4"),
      false,
    );
    const alone = ranges.map(([low, high]) => choose(low, high, "uint4", false));
    expect([...together.scale]).toEqual(alone.map((each) => each.scale));
    expect([...together.zeroPoint]).toEqual(alone.map((each) => each.zeroPoint));
  });
});
