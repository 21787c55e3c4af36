// What a rule is: a node's outputs as integers, or undefined where this node cannot be; and what it may ask of the whole.
// Types, and `once`.

import type { Constant, Node } from "@bitscape/graph";
import type { Sheet } from "../sheet.ts";
import type { Codes, Target, Value } from "../values.ts";
import type { IntegerWeight } from "../weights.ts";

/** A graph on its way to integers, as its rules see it. */
export interface At {
  readonly sheet: Sheet;
  /** QLinear operators are asked for. */
  readonly qlinear: boolean;
  /** Of multipliers. */
  readonly multiplierBits: number;
  /** 4-bit storage is within reach. */
  readonly packs: boolean;
  /** What a reader of a tensor gets; undefined where it is float. */
  value(name: string): Value | undefined;
  /** A tensor's codes; undefined where it has none, and no range to have any from. */
  codes(name: string): Codes | undefined;
  /** A tensor's codes on another grid. */
  codesOn(name: string, target: Target): Codes | undefined;
  /** The grid that a plan has for a tensor. */
  target(name: string): Target | undefined;
  /** The grid behind the activation functions that alone read a tensor, where a plan has one for what they give. */
  targetBehind(name: string): Target | undefined;
  constant(name: string | undefined): Constant | undefined;
  /** An int8 weight; undefined, and the reason kept, where it is none. */
  weight(name: string | undefined, node: Node): IntegerWeight | undefined;
  /** Says that integer operators read a weight. */
  lowers(weight: IntegerWeight): void;
  /** Under the network's pins. */
  shape(name: string): readonly number[] | undefined;
}

/** One value an output; lays nodes down as it must. */
export type Rule = (node: Node, at: At) => readonly (Value | undefined)[] | undefined;

/** Work that is done when first asked for. */
export function once<T>(work: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: work() };
    return made.value;
  };
}
