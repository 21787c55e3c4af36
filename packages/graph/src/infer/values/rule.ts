// What a value rule is, and how rules walk coordinates. All inputs' elements are known when a rule is called.

import { sizeOf, stridesOf, type Tensor } from "@bitscape/tensor";
import { numbersOf } from "../numbers.ts";
import { type Inferred, need, type Site } from "../rule.ts";

/** The elements of output `index`, or undefined where this use of the operator is not computed. */
export type ValueRule = (site: Site, output: Inferred, index: number) => Tensor | undefined;

export function known(site: Site, index: number): Tensor {
  return need(site, index).value as Tensor;
}

export function numbersAt(site: Site, index: number): number[] {
  return numbersOf(known(site, index));
}

/** The coordinates of every element of a shape, in row-major order. */
export function* coordinates(shape: readonly number[]): Generator<number[]> {
  const size = sizeOf(shape);
  const strides = stridesOf(shape);
  for (let i = 0; i < size; i++) {
    yield shape.map((length, axis) => Math.floor(i / (strides[axis] as number)) % length);
  }
}

/** Where coordinates lie in a tensor that broadcasts to them: missing and unit axes do not move. */
export function offsetOf(shape: readonly number[], at: readonly number[]): number {
  const strides = stridesOf(shape);
  const skipped = at.length - shape.length;
  return shape.reduce(
    (sum, size, axis) => sum + (size === 1 ? 0 : (at[axis + skipped] as number) * (strides[axis] as number)),
    0,
  );
}
