// Stacks: several changes of one weight as one larger weight, so that one operator gives what each of them does to its output; and
// which roundings of an activation one node makes.
// The nodes of a part then grow with tensors and not with cells, and loading it is what its nodes cost. Pure: shapes and
// numbers; products.ts writes the nodes.

import { intOf, type Node } from "@bitscape/graph";
import { sizeOf, type Tensor } from "@bitscape/tensor";
import type { PointPlan } from "../plan/plan.ts";
import { type RoundingNumbers, roundingOf } from "../probe/quantizer.ts";

/** How changes of a weight lie beside each other. */
export interface Stacking {
  /** The axis of the weight along which they lie. */
  readonly axis: number;
  /** Each is cut into so many equal runs, which alternate with those of the others. */
  readonly runs: number;
  /** The axis of the operator's output along which what they give lies, counted from its end where negative. */
  readonly outputAxis: number;
  /** Runs of that axis of the output, which alternate likewise. */
  readonly groups: number;
}

type Shape = readonly number[];

const before = (shape: Shape, axis: number) => sizeOf(shape.slice(0, axis));

/** Along an axis of the weight that becomes one of the output, unless the operator has groups. */
const along = (shape: Shape, axis: number, outputAxis: number): Stacking => ({
  axis,
  runs: before(shape, axis),
  outputAxis,
  groups: 1,
});

const groupsOf = (node: Node) => intOf(node, "group", 1);

interface Reading {
  readonly node: Node;
  /** The input that is the weight, of this shape. */
  readonly at: number;
  readonly shape: Shape;
  /** Axes of the output. */
  readonly rank: number;
}

/** By operator; undefined where changes are taken one by one. */
const stackings: Readonly<Record<string, (reading: Reading) => Stacking | undefined>> = {
  // [M, C / group, …kernel]
  Conv: ({ node }) => ({ axis: 0, runs: groupsOf(node), outputAxis: 1, groups: groupsOf(node) }),
  // [C, M / group, …kernel]
  ConvTranspose: ({ node, shape }) => ({
    axis: 1,
    runs: before(shape, 1),
    outputAxis: 1,
    groups: groupsOf(node),
  }),
  Gemm: ({ node, at, shape }) =>
    at === 0
      ? along(shape, intOf(node, "transA", 0) ? 1 : 0, 0)
      : along(shape, intOf(node, "transB", 0) ? 0 : 1, 1),
  MatMul: ({ at, shape, rank }) => {
    const last = shape.length - 1;
    if (last < 1) return undefined;
    if (at === 1) return along(shape, last, -1);
    // Of a vector on the right there is no last axis in the output.
    return rank > last ? along(shape, last - 1, -2) : undefined;
  },
  Gather: ({ node, shape }) => {
    const axis = intOf(node, "axis", 0);
    const last = shape.length - 1;
    return axis === last || axis === -1 ? undefined : along(shape, last, -1);
  },
};

/** How changes of the weight that a node reads can be stacked. */
export function stackingFor(reading: Reading): Stacking | undefined {
  return stackings[reading.node.op]?.(reading);
}

/** Changes of one shape as one tensor. */
export function stacked(
  changes: readonly Float32Array[],
  shape: Shape,
  { axis, runs }: Pick<Stacking, "axis" | "runs">,
): Tensor {
  const run = sizeOf(shape) / runs;
  const data = new Float32Array(changes.length * sizeOf(shape));
  for (const [column, change] of changes.entries()) {
    for (let i = 0; i < runs; i++)
      data.set(change.subarray(i * run, (i + 1) * run), (i * changes.length + column) * run);
  }
  const wide = shape.map((size, i) => (i === axis ? size * changes.length : size));
  return { dtype: "float32", shape: wide, data };
}

// Values of all columns of a stack together stay under this: wide tensors have enough to compute that a node more is nothing,
// and hold as much memory as before.
const STACK_BYTES = 8 * 2 ** 20;

/** Columns cut into stacks by what the values of one of them take. */
export function inStacks<T>(columns: readonly T[], elements: number): T[][] {
  const most = Math.max(1, Math.floor(STACK_BYTES / (4 * Math.max(1, elements))));
  const found: T[][] = [];
  for (let from = 0; from < columns.length; from += most) found.push(columns.slice(from, from + most));
  return found;
}

/** What an activation's column is rounded with. */
export interface PointNumbers extends RoundingNumbers {
  readonly scale: number;
}

export const numbersOf = (plan: PointPlan): PointNumbers => ({ ...roundingOf(plan), scale: plan.scale });

/** Neighbours whose codes are of one type: one QuantizeLinear makes them. */
export function ofOneType(numbers: readonly PointNumbers[]): PointNumbers[][] {
  const found: PointNumbers[][] = [];
  for (const each of numbers) {
    const last = found.at(-1);
    if (last?.[0]?.dtype === each.dtype) last.push(each);
    else found.push([each]);
  }
  return found;
}
