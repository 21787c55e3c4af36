import { describe, expect, it } from "vitest";
import { bfloatToFloat, floatToBfloat, floatToHalf, halfToFloat } from "./half.ts";
import { seededRandom } from "./random.ts";

// The oracle: IEEE 754 §4.3.1 by exact rational arithmetic. A double is m · 2^e with an integer m, so it is divided by
// the unit in the last place as bigints, and the remainder compared with one half.
interface FloatFormat {
  readonly exponentBits: number;
  readonly mantissaBits: number;
}
const half: FloatFormat = { exponentBits: 5, mantissaBits: 10 };
const bfloat: FloatFormat = { exponentBits: 8, mantissaBits: 7 };

const f64 = new Float64Array(1);
const u64 = new BigUint64Array(f64.buffer);

function slowEncode(value: number, { exponentBits, mantissaBits }: FloatFormat): number {
  f64[0] = value;
  const bits = u64[0] as bigint;
  const sign = Number(bits >> 63n) << (exponentBits + mantissaBits);
  const bias = 2 ** (exponentBits - 1) - 1;
  const infinity = (2 ** exponentBits - 1) << mantissaBits;
  if (!Number.isFinite(value)) return sign | infinity;
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const m = exponent === 0 ? fraction : fraction | (1n << 52n);
  if (m === 0n) return sign;
  const e = Math.max(exponent, 1) - 1075; // |value| = m · 2^e
  const top = e + m.toString(2).length - 1; // its leading bit is 2^top
  const ulp = Math.max(top, 1 - bias) - mantissaBits;
  const shift = ulp - e; // how many bits of m lie below the ulp; never negative here
  const unit = 1n << BigInt(Math.max(shift, 0));
  const scaled = m << BigInt(Math.max(-shift, 0));
  let steps = scaled / unit;
  const twice = 2n * (scaled % unit);
  if (twice > unit || (twice === unit && steps % 2n === 1n)) steps++;
  // `steps` of a subnormal are its pattern; a normal's carry its leading bit, which adds one to the exponent.
  const pattern = Number(steps) + ((Math.max(top, 1 - bias) - (1 - bias)) << mantissaBits);
  return sign | Math.min(pattern, infinity);
}

const patterns = Array.from({ length: 65536 }, (_, i) => i);
const isNaNPattern = (bits: number, { mantissaBits, exponentBits }: FloatFormat) =>
  ((bits >> mantissaBits) & (2 ** exponentBits - 1)) === 2 ** exponentBits - 1 &&
  (bits & (2 ** mantissaBits - 1)) !== 0;

describe.each([
  { name: "binary16", format: half, encode: floatToHalf, decode: halfToFloat },
  { name: "bfloat16", format: bfloat, encode: floatToBfloat, decode: bfloatToFloat },
])("$name", ({ format, encode, decode }) => {
  const mismatches = (values: readonly number[]) =>
    values
      .filter((value) => encode(value) !== slowEncode(value, format))
      .map((value) => ({ value, found: encode(value), expected: slowEncode(value, format) }))
      .slice(0, 5);

  it("every bit pattern survives the trip to a number and back", () => {
    const numbers = patterns.filter((bits) => !isNaNPattern(bits, format));
    expect(numbers.filter((bits) => encode(decode(bits)) !== bits)).toEqual([]);
    const nans = patterns.filter((bits) => isNaNPattern(bits, format));
    expect(
      nans.filter((bits) => !Number.isNaN(decode(bits)) || !isNaNPattern(encode(decode(bits)), format)),
    ).toEqual([]);
    expect(nans).toHaveLength(2 * (2 ** format.mantissaBits - 1));
  });

  it("decodes to what the fields say", () => {
    const { mantissaBits, exponentBits } = format;
    const bias = 2 ** (exponentBits - 1) - 1;
    const wrong = patterns.filter((bits) => {
      const sign = bits >> 15 === 1 ? -1 : 1;
      const exponent = (bits >> mantissaBits) & (2 ** exponentBits - 1);
      const mantissa = bits & (2 ** mantissaBits - 1);
      const expected =
        exponent === 2 ** exponentBits - 1
          ? mantissa === 0
            ? sign * Number.POSITIVE_INFINITY
            : Number.NaN
          : sign *
            (mantissa + (exponent > 0 ? 2 ** mantissaBits : 0)) *
            2 ** (Math.max(exponent, 1) - bias - mantissaBits);
      return !Object.is(decode(bits), expected);
    });
    expect(wrong).toEqual([]);
  });

  it("rounds ties between neighbours to even, and what is beside a tie to the nearer", () => {
    const infinity = (2 ** format.exponentBits - 1) << format.mantissaBits;
    const ties: number[] = [];
    for (let bits = 0; bits < infinity; bits++) {
      // Past the last finite pattern the next step would be 2^(bias + 1): halfway to it is where overflow starts.
      const next = bits + 1 === infinity ? 2 * decode(bits) - decode(bits - 1) : decode(bits + 1);
      const tie = (decode(bits) + next) / 2;
      ties.push(tie, -tie);
      // Nearer than any float32 to the tie, but not it: only one rounding, not two, gets this right.
      if (bits % 7 === 0) ties.push(tie * (1 + 2 ** -45), tie * (1 - 2 ** -45), -tie * (1 + 2 ** -45));
    }
    expect(mismatches(ties)).toEqual([]);
  });

  it("agrees with exact arithmetic on random numbers of every magnitude", () => {
    const random = seededRandom(1);
    const values = Array.from({ length: 40_000 }, (_, i) => {
      const value = (random() * 2 - 1) * 2 ** (random() * 320 - 170);
      return i % 2 === 0 ? value : Math.fround(value);
    });
    expect(mismatches(values)).toEqual([]);
  });

  it("knows zeros, infinities, NaN and the ends of the range", () => {
    const most = decode(((2 ** format.exponentBits - 1) << format.mantissaBits) - 1);
    const least = decode(1);
    expect(mismatches([0, -0, 1, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])).toEqual([]);
    expect(mismatches([most, -most, 2 * most, Number.MAX_VALUE, -Number.MAX_VALUE])).toEqual([]);
    expect(mismatches([least, least / 2, least * 0.75, -least / 4, Number.MIN_VALUE])).toEqual([]);
    expect(decode(encode(Number.NaN))).toBeNaN();
    expect(decode(encode(Number.MAX_VALUE))).toBe(Number.POSITIVE_INFINITY);
    expect(Object.is(decode(encode(-Number.MIN_VALUE)), -0)).toBe(true);
  });
});

it("binary16 overflows at 65520, its tie with the next power", () => {
  expect(halfToFloat(floatToHalf(65519.99))).toBe(65504);
  expect(halfToFloat(floatToHalf(65520))).toBe(Number.POSITIVE_INFINITY);
  expect(halfToFloat(floatToHalf(-65520))).toBe(Number.NEGATIVE_INFINITY);
  expect([1 / 3, 0.1, -2, 2 ** -24, 6.1e-5].map(floatToHalf)).toEqual([0x3555, 0x2e66, 0xc000, 1, 0x3ff]);
});
