// What a shape rule is given and gives back, and the accessors that rules read their inputs with.
// Shapes are concrete here: symbolic dimensions were pinned to numbers before any rule runs (pins.ts).

import { type DType, dtypeOf, normalizeAxis, sizeOf, type Tensor } from "@bitscape/tensor";
import { intOf, intsOf } from "../attribute.ts";
import type { Graph, Node } from "../graph.ts";
import type { OpType } from "../ops/names.ts";
import { numbersOf } from "./numbers.ts";

/** A value's type and shape under the pins, and its elements where they follow from constants and shapes. */
export interface Inferred {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Known only for small tensors; holds under the pins it was inferred with, not for other input shapes. */
  readonly value?: Tensor;
}

/** A node and what is known where it stands. */
export interface Site {
  readonly node: Node;
  /** The ai.onnx opset of the model. */
  readonly opset: number;
  /** By position; undefined for an optional input that is left out. */
  readonly inputs: readonly (Inferred | undefined)[];
  /** What a subgraph's outputs are when its inputs are `feeds`; undefined for one that cannot be inferred. */
  readonly run: (graph: Graph, feeds: readonly (Inferred | undefined)[]) => (Inferred | undefined)[];
}

/**
 * A node's outputs by position, undefined for one that cannot be known. Throws a sentence where the node
 * contradicts its inputs or needs a value that is not known.
 */
export type InferRule = (site: Site) => readonly (Inferred | undefined)[];

/** The same rule for many operators. */
export function each<Op extends OpType>(ops: readonly Op[], rule: InferRule): Record<Op, InferRule> {
  return Object.fromEntries(ops.map((op) => [op, rule])) as Record<Op, InferRule>;
}

/** An input that must be there. */
export function need(site: Site, index: number): Inferred {
  const input = site.inputs[index];
  if (!input) throw new Error(`input ${index}: left out, expected a tensor`);
  return input;
}

/** The elements of an input that decides a shape; undefined where the input is left out. */
export function valuesOf(site: Site, index: number): number[] | undefined {
  const input = site.inputs[index];
  if (!input) return undefined;
  if (!input.value) {
    throw new Error(`input ${index} (${site.node.inputs[index]}): depends on data, expected a known value`);
  }
  return numbersOf(input.value);
}

/** As {@link valuesOf}, for an input that must be there. */
export function needValues(site: Site, index: number): number[] {
  need(site, index);
  return valuesOf(site, index) as number[];
}

/** Integers that older opsets hold in an attribute and newer ones in an input. */
export function intsFrom(site: Site, attribute: string, index: number): number[] | undefined {
  return intsOf(site.node, attribute) ?? valuesOf(site, index);
}

/** An axis attribute in [0, rank). */
export function axisOf(site: Site, rank: number, absent: number, name = "axis"): number {
  return normalizeAxis(intOf(site.node, name, absent), rank, `attribute ${name}`);
}

/** A dimension of a shape, counted from the end where negative. */
export function dim(shape: readonly number[], axis: number): number {
  const found = shape.at(axis);
  if (found === undefined) throw new Error(`shape [${shape.join(", ")}], expected an axis ${axis}`);
  return found;
}

/** The dtype that an int attribute names, or the default where it is absent. */
export function dtypeFrom(site: Site, attribute: string, absent: DType): DType {
  const number = intOf(site.node, attribute);
  // 0 is UNDEFINED: newer operators write it for "not set".
  if (number === undefined || number === 0) return absent;
  const dtype = dtypeOf(number);
  if (!dtype) throw new Error(`attribute ${attribute}: ${number}, expected a data type of ONNX 1.20`);
  return dtype;
}

/** Requires a rank of at least `rank`. */
export function ranked(input: Inferred, rank: number, subject = "input 0"): readonly number[] {
  if (input.shape.length < rank) {
    throw new Error(`${subject}: shape [${input.shape.join(", ")}], expected at least ${rank} dimensions`);
  }
  return input.shape;
}

/** One output like an input, without its value. */
export function like(input: Inferred, shape: readonly number[] = input.shape): Inferred {
  return { dtype: input.dtype, shape };
}

/** Whether two values are of one type and shape. */
export function agree(a: Inferred, b: Inferred): boolean {
  const { length } = a.shape;
  return a.dtype === b.dtype && length === b.shape.length && a.shape.every((size, i) => size === b.shape[i]);
}

/** Shapes broadcast together (NumPy's rule, ONNX Broadcasting.md). */
export function broadcast(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) => {
    let size = 1;
    for (const shape of shapes) {
      const found = shape[i - rank + shape.length] ?? 1;
      if (found === 1 || found === size) continue;
      if (size !== 1) {
        const listed = shapes.map((each) => `[${each.join(", ")}]`).join(" and ");
        throw new Error(`shapes ${listed}, expected ones that broadcast`);
      }
      size = found;
    }
    return size;
  });
}

/** The shape `reshape` asks for: 0 copies a dimension (unless allowed), -1 takes what is left. */
export function reshaped(from: readonly number[], asked: readonly number[], allowZero: boolean): number[] {
  const shape = asked.map((size, i) => (size === 0 && !allowZero ? dim(from, i) : size));
  const total = sizeOf(from);
  const open = shape.indexOf(-1);
  if (open >= 0) {
    const rest = sizeOf(shape.with(open, 1));
    shape[open] = rest === 0 ? 0 : total / rest;
  }
  if (shape.some((size) => size < 0 || !Number.isInteger(size)) || sizeOf(shape) !== total) {
    throw new Error(
      `shape [${from.join(", ")}] cannot become [${asked.join(", ")}], expected as many elements`,
    );
  }
  return shape;
}
