// IEEE 754 binary16 and bfloat16 to and from numbers. Node 20 has no Float16Array.

const f32 = new Float32Array(1);
const u32 = new Uint32Array(f32.buffer);

/**
 * The float32 pattern of a double rounded to odd: toward zero, the last bit set where that lost something.
 * Rounding it again, to fewer bits, is then as if there had been one rounding (Boldo & Melquiond 2008).
 */
export function oddBits(value: number): number {
  const near = Math.fround(value);
  f32[0] = near;
  const bits = u32[0] as number;
  if (near === value) return bits;
  return (Math.abs(near) > Math.abs(value) ? bits - 1 : bits) | 1;
}

/** The binary16 bit pattern nearest to a number (ties to even; overflow to infinity). */
export function floatToHalf(value: number): number {
  const bits = oddBits(value);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65520 and above round to infinity
  if (magnitude < 0x38800000) {
    // Subnormal half: the value in units of 2^-24, rounded half to even by adding a double whose ulp is 1.
    return sign | (Math.abs(value) * 2 ** 24 + 2 ** 52 - 2 ** 52);
  }
  const odd = (magnitude >>> 13) & 1;
  return sign | ((magnitude + 0xc8000fff + odd) >>> 13);
}

/** The number a binary16 bit pattern stands for. */
export function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

/** The number a bfloat16 bit pattern stands for. */
export function bfloatToFloat(bits: number): number {
  u32[0] = (bits << 16) >>> 0;
  return f32[0] as number;
}

/** The bfloat16 bit pattern nearest to a number (ties to even). */
export function floatToBfloat(value: number): number {
  const bits = oddBits(value) >>> 0;
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}
