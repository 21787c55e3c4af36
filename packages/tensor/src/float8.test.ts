import { describe, expect, it } from "vitest";
import { e4m3ToFloat, e5m2ToFloat, floatToE4m3, floatToE5m2 } from "./float8.ts";
import { seededRandom } from "./random.ts";

const bytes = Array.from({ length: 256 }, (_, i) => i);

/** By the fields (OCP 8-bit Floating Point 1.0, table 1). */
function slowDecode(byte: number, mantissaBits: 3 | 2): number {
  const sign = byte >= 128 ? -1 : 1;
  const exponent = (byte >> mantissaBits) & (2 ** (7 - mantissaBits) - 1);
  const mantissa = byte % 2 ** mantissaBits;
  if (mantissaBits === 3 && byte % 128 === 127) return Number.NaN;
  if (mantissaBits === 2 && exponent === 31)
    return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  const bias = mantissaBits === 3 ? 7 : 15;
  const fraction = mantissa / 2 ** mantissaBits;
  return sign * (exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias));
}

describe.each([
  { name: "E4M3FN", encode: floatToE4m3, decode: e4m3ToFloat, mantissaBits: 3, most: 448 },
  { name: "E5M2", encode: floatToE5m2, decode: e5m2ToFloat, mantissaBits: 2, most: 57344 },
] as const)("$name", ({ encode, decode, mantissaBits, most }) => {
  const finite = bytes.filter((byte) => Number.isFinite(slowDecode(byte, mantissaBits)));

  /** The nearest finite number among all, the even byte of two that are as near. */
  function slowEncode(value: number): number {
    const same = finite.filter((byte) => byte >= 128 === (value < 0 || Object.is(value, -0)));
    const off = (byte: number) => Math.abs(slowDecode(byte, mantissaBits) - value);
    const nearest = Math.min(...same.map(off));
    const tied = same.filter((byte) => off(byte) === nearest);
    return (tied.find((byte) => byte % 2 === 0) ?? tied[0]) as number;
  }

  it("every byte is the number that its fields say", () => {
    expect(bytes.filter((byte) => !Object.is(decode(byte), slowDecode(byte, mantissaBits)))).toEqual([]);
    expect(Math.max(...finite.map(decode))).toBe(most);
  });

  it("every finite byte survives the trip to a number and back", () => {
    expect(finite.filter((byte) => encode(decode(byte)) !== byte)).toEqual([]);
  });

  it("rounds to the nearest, ties to even: ties, beside them, and at random", () => {
    const random = seededRandom(1);
    const ends = finite.flatMap((byte) => {
      const [a, b] = [decode(byte), decode(byte + 1)];
      const middle = (a + b) / 2;
      // Nearer to the tie than any float32: only a single rounding gets these right.
      return Number.isFinite(middle) ? [middle, middle * (1 + 2 ** -45), middle * (1 - 2 ** -45)] : [];
    });
    const drawn = Array.from({ length: 5000 }, () => (random() * 2 - 1) * 2 ** (random() * 40 - 22));
    const values = [...ends, ...drawn].filter((x) => Math.abs(x) <= most);
    expect(values.filter((x) => encode(x) !== slowEncode(x))).toEqual([]);
  });

  it("saturates; only NaN becomes NaN", () => {
    for (const x of [most, most * 1.01, most * 1.5, 1e30, Number.MAX_VALUE, Number.POSITIVE_INFINITY]) {
      expect(decode(encode(x))).toBe(most);
      expect(decode(encode(-x))).toBe(-most);
    }
    expect(decode(encode(Number.NaN))).toBeNaN();
    expect([encode(0), encode(-0), encode(1e-30), encode(-1e-30)]).toEqual([0, 128, 0, 128]);
  });
});

it("known bytes (ONNX's documentation of float8)", () => {
  expect([1, 448, 2 ** -6, 2 ** -9, -1.5].map(floatToE4m3)).toEqual([0x38, 0x7e, 0x08, 0x01, 0xbc]);
  expect([1, 57344, 2 ** -14, 2 ** -16, -1.5].map(floatToE5m2)).toEqual([0x3c, 0x7b, 0x04, 0x01, 0xbe]);
});
