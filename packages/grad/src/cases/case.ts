// The form of a rule's test case: one node and what it is given. Test data, not library code.

import type { Attribute, OpType } from "@bitscape/graph";
import { type Tensor, tensor } from "@bitscape/tensor";

/** A float input, drawn from a range: distinct values, evenly apart, in a random order. */
export interface Drawn {
  readonly shape: readonly number[];
  readonly low: number;
  readonly high: number;
}

export interface GradCase {
  readonly op: OpType;
  /** "" is left out; a tensor is a constant. */
  readonly inputs: readonly (Drawn | Tensor | "")[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly outputs: number;
  /** The opsets it is tried at. */
  readonly opsets: readonly number[];
  readonly maxima: "indices" | "comparison";
  /** Samples, where the gradients of all inputs but the first are tried apart for each. */
  readonly samples?: number;
}

export interface CaseOptions {
  readonly outputs?: number;
  readonly opsets?: readonly number[];
  readonly maxima?: "indices" | "comparison";
  readonly samples?: number;
}

/** @param inputs shapes of inputs drawn from (−2, 2), ranges, constants, or "" */
export function rule(
  op: OpType,
  inputs: readonly (readonly number[] | Drawn | Tensor | "")[],
  attributes: Readonly<Record<string, Attribute>> = {},
  { outputs = 1, opsets = [13, 23], maxima = "indices", ...rest }: CaseOptions = {},
): GradCase {
  const whole = inputs.map((each) => (Array.isArray(each) ? between(-2, 2, ...each) : each));
  return { op, inputs: whole as GradCase["inputs"], attributes, outputs, opsets, maxima, ...rest };
}

export const between = (low: number, high: number, ...shape: number[]): Drawn => ({ shape, low, high });
export const longs = (...values: number[]): Tensor => tensor("int64", [values.length], values);
export const long = (value: number): Tensor => tensor("int64", [], [value]);
export const reals = (...values: number[]): Tensor => tensor("float32", [values.length], values);
export const real = (value: number): Tensor => tensor("float32", [], [value]);
export const integers = (shape: readonly number[], values: readonly number[]): Tensor =>
  tensor("int64", shape, values);
