// The 8-bit floats of ONNX, float8e4m3fn and float8e5m2, to and from numbers (OCP 8-bit Floating Point 1.0; ONNX Cast-19
// with saturate = 1). Not the fnuz variants.

import { oddBits } from "./half.ts";

/** What one of the formats is made of. */
interface Fields {
  readonly mantissaBits: number;
  /** Unit of its subnormals is 2^-least. */
  readonly least: number;
  /** float32 patterns: of its smallest normal number, and of the numbers from which on it has none greater. */
  readonly normal: number;
  readonly full: number;
  /** Bytes of its largest finite number and of NaN. */
  readonly most: number;
  readonly nan: number;
}

const e4m3: Fields = {
  mantissaBits: 3,
  least: 9,
  normal: 121 << 23,
  full: 0x43e00000,
  most: 0x7e,
  nan: 0x7f,
};
const e5m2: Fields = {
  mantissaBits: 2,
  least: 16,
  normal: 113 << 23,
  full: 0x47600000,
  most: 0x7b,
  nan: 0x7f,
};

/** Nearest byte, ties to even; what lies beyond the largest finite number becomes it. NaN alone becomes NaN. */
function encode(value: number, { mantissaBits, least, normal, full, most, nan }: Fields): number {
  const bits = oddBits(value);
  const sign = (bits >>> 24) & 0x80;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= full) return sign | (magnitude > 0x7f800000 ? nan : most);
  if (magnitude < normal) {
    // The value in units of its subnormals, rounded half to even by adding a double whose ulp is 1.
    return sign | (Math.abs(value) * 2 ** least + 2 ** 52 - 2 ** 52);
  }
  const dropped = 23 - mantissaBits;
  const odd = (magnitude >>> dropped) & 1;
  const rebased = magnitude - normal + (1 << 23);
  return sign | Math.min(most, (rebased + (1 << (dropped - 1)) - 1 + odd) >>> dropped);
}

function decode(byte: number, { mantissaBits, least, most }: Fields): number {
  const sign = byte & 0x80 ? -1 : 1;
  const magnitude = byte & 0x7f;
  if (magnitude > most) return mantissaBits === 2 && magnitude === 0x7c ? sign / 0 : Number.NaN;
  const exponent = magnitude >> mantissaBits;
  const mantissa = magnitude & (2 ** mantissaBits - 1);
  const whole = exponent > 0 ? mantissa + 2 ** mantissaBits : mantissa;
  return sign * whole * 2 ** (Math.max(exponent, 1) - 1 - least);
}

/** The float8e4m3fn byte nearest to a number (ties to even); ±448 for what lies beyond. */
export function floatToE4m3(value: number): number {
  return encode(value, e4m3);
}

/** The number that a float8e4m3fn byte stands for. */
export function e4m3ToFloat(byte: number): number {
  return decode(byte, e4m3);
}

/** The float8e5m2 byte nearest to a number (ties to even); ±57344 for what lies beyond, never infinity. */
export function floatToE5m2(value: number): number {
  return encode(value, e5m2);
}

/** The number that a float8e5m2 byte stands for. */
export function e5m2ToFloat(byte: number): number {
  return decode(byte, e5m2);
}
