// Rounding as ONNX QuantizeLinear does it.

// 1.5 · 2^52: adding it leaves no fraction bits in a double, so the sum is rounded to nearest, ties to even.
const MAGIC = 6755399441055744;

/** Round half to even, exact for |x| < 2^51. Never -0. */
export function roundHalfEven(x: number): number {
  return x + MAGIC - MAGIC;
}

/** x within [low, high]. */
export function clamp(x: number, low: number, high: number): number {
  return Math.max(low, Math.min(x, high));
}
