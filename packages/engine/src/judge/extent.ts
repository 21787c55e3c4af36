// From where to where a tensor's numbers go, and their mean: what the network is fed, in three numbers.

import { type Tensor, toFloat32 } from "@bitscape/tensor";

/** Minimum, maximum and mean of all elements, whatever their type. */
export function summaryOf({ dtype, data }: Tensor): {
  readonly low: number;
  readonly high: number;
  readonly mean: number;
} {
  const values: ArrayLike<number | bigint> =
    dtype === "float16" || dtype === "bfloat16"
      ? toFloat32(dtype, data)
      : (data as ArrayLike<number | bigint>);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const x = Number(values[i]);
    if (x < low) low = x;
    if (x > high) high = x;
    sum += x;
  }
  return { low, high, mean: sum / values.length };
}
