// Elements of small known tensors as numbers and back: what constant propagation computes in.
// Not exact beyond 2^53: int64 limits (INT64_MAX as "to the end") clamp, which is what shape arithmetic wants.

import { type DType, fromNumbers, type Tensor, toFloat32 } from "@bitscape/tensor";

/** Tensors above this many elements are not evaluated: they are data, not shape arithmetic. */
export const LARGEST_VALUE = 4096;

const halves: ReadonlySet<DType> = new Set(["float16", "bfloat16"]);
const ranges: Partial<Record<DType, readonly [low: bigint, high: bigint]>> = {
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};

/** Dtypes whose elements a typed array holds one by one, so that they can be evaluated. */
export const evaluable: ReadonlySet<DType> = new Set([
  "float32",
  "float64",
  "float16",
  "bfloat16",
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "bool",
]);

export function numbersOf(value: Tensor): number[] {
  if (halves.has(value.dtype)) return Array.from(toFloat32(value.dtype, value.data));
  return Array.from(value.data as ArrayLike<number | bigint>, Number);
}

/** Numbers as a tensor, or undefined where the dtype cannot hold one of them (NaN as an integer). */
export function tensorFrom(
  dtype: DType,
  shape: readonly number[],
  values: readonly number[],
): Tensor | undefined {
  const range = ranges[dtype];
  if (!range) return { dtype, shape, data: fromNumbers(dtype, values) };
  if (!values.every(Number.isFinite)) return undefined;
  const [low, high] = range;
  const wide = values.map((value) => {
    const whole = BigInt(Math.trunc(value));
    return whole < low ? low : whole > high ? high : whole;
  });
  return { dtype, shape, data: fromNumbers(dtype, wide) };
}

/** A value of known elements (without them where the dtype cannot hold them). */
export function literal(
  dtype: DType,
  shape: readonly number[],
  values: readonly number[],
): { readonly dtype: DType; readonly shape: readonly number[]; readonly value?: Tensor } {
  const value = tensorFrom(dtype, shape, values);
  return value ? { dtype, shape, value } : { dtype, shape };
}
