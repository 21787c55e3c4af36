// Value: a tensor of a graph as gradients see it: its name, type, concrete shape, and its elements where they are known.

import type { Inferred } from "@bitscape/graph";
import { type DType, toFloat32 } from "@bitscape/tensor";

export interface Value extends Inferred {
  readonly name: string;
}

const floats: ReadonlySet<DType> = new Set(["float32", "float16", "float64", "bfloat16"]);

/** Whether values of a type can have gradients. */
export function isFloat(dtype: DType): boolean {
  return floats.has(dtype);
}

/** The elements of a value that a rule computes with, as numbers. Throws a sentence where they depend on data. */
export function numbersIn({ name, value }: Value): number[] {
  if (!value) throw new Error(`value ${name}: depends on data, expected a known one`);
  if (value.dtype === "float16" || value.dtype === "bfloat16") {
    return Array.from(toFloat32(value.dtype, value.data));
  }
  return Array.from(value.data as ArrayLike<number | bigint>, Number);
}

/** Whether two shapes are the same. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
