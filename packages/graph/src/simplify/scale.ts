// Scaling a constant along its output channels, for folding. float64 arithmetic, the constant's own type as result.

import { type DType, type Tensor, tensor, toFloat32 } from "@bitscape/tensor";
import { type Constant, constantOf, tensorOf } from "../constant.ts";

const foldable: ReadonlySet<DType> = new Set<DType>(["float32", "float16", "bfloat16", "float64"]);

/** A constant's elements as numbers; undefined for what is no float or has no bytes yet to read. */
export function numbersOf(value: Constant | undefined): ArrayLike<number> | undefined {
  if (!value || !foldable.has(value.dtype)) return undefined;
  const { dtype, data }: Tensor = tensorOf(value);
  return data instanceof Float64Array ? data : toFloat32(dtype, data);
}

/** Which channel an element belongs to, from its place in the row-major data. */
export type ChannelOf = (index: number) => number;

/** The constant under a name, each element times the factor of its channel. */
export function scaled(
  value: Constant,
  name: string,
  factors: ArrayLike<number>,
  channelOf: ChannelOf,
): Constant {
  const found = numbersOf(value) as ArrayLike<number>;
  const result = new Float64Array(found.length);
  for (let i = 0; i < result.length; i++) {
    result[i] = (found[i] as number) * (factors[channelOf(i)] as number);
  }
  return constantOf(name, tensor(value.dtype, value.shape, result));
}
