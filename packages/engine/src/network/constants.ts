// Constants of a graph as numbers.

import { type Constant, tensorOf } from "@bitscape/graph";
import { toFloat32 } from "@bitscape/tensor";

/** A constant's values as float32: a view of the file where it holds float32, a decoded copy of halves. */
export function floatsOf(constant: Constant): Float32Array {
  const { dtype, data } = tensorOf(constant);
  return toFloat32(dtype, data);
}
