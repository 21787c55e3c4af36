// The form of a rule's test case: a node, what it is given and what must come out. Test data, not library code.

import { type DType, type Tensor, tensor } from "@bitscape/tensor";
import type { Attribute } from "../../attribute.ts";
import type { OpType } from "../../ops/names.ts";

export interface Case {
  readonly op: OpType;
  /** "float32[1, 3]" is a graph input, a tensor a constant, "" an input left out. */
  readonly inputs: readonly (string | Tensor)[];
  /** "float32[1, 3]", with the elements after it where they must be known: "int64[2] = 4, 5". */
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly opset: number;
}

export function rule(
  op: OpType,
  inputs: readonly (string | Tensor)[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
  opset = 24,
): Case {
  return { op, inputs, outputs, attributes, opset };
}

/** Constants of shape arithmetic. */
export const longs = (...values: number[]): Tensor => tensor("int64", [values.length], values);
export const long = (value: number): Tensor => tensor("int64", [], [value]);
export const reals = (...values: number[]): Tensor => tensor("float32", [values.length], values);
export const filled = (dtype: DType, shape: readonly number[], value = 1): Tensor =>
  tensor(dtype, shape, new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(value));
