// Formulation: which of two equal ways gives a weight's derivatives: the gradient of each sample, ⟨∂L_n/∂W, ΔW⟩ (one
// backward for all columns, but samples × weight numbers), or the operator itself on the changes, ⟨∂L_n/∂Y, op(X_n, ΔW)⟩ (the
// work of an operator a column, but few nodes). A table of operators, and what each way costs.
// Source: design note "autodiff", §5; Singh & Alistarh 2020, "WoodFisher", eq. 4, for the per-sample form.

import { macsOf, type Node } from "@bitscape/graph";
import { sizeOf } from "@bitscape/tensor";
import type { Network } from "../network/network.ts";
import type { Weight } from "../network/weights.ts";
import type { Batching } from "./batching.ts";
import { readersOf } from "./terms.ts";

export type Formulation = "gradient" | "operator";

/**
 * What a part gives for each sample: ⟨gradient, change⟩, or, of the Fisher matrix's diagonal alone, Σ gradient² · change².
 */
export type Form = "directional" | "diagonal";

export interface OperatorRow {
  /** Inputs that may be the weight. */
  readonly weights: readonly number[];
  /** Those of them whose gradient can be had apart for each of several samples, at most of so many dimensions. */
  readonly apart: readonly number[];
  readonly most?: number;
  /** Where the bias is, which has no part in a change. */
  readonly bias?: number;
}

export const operators: Readonly<Record<string, OperatorRow>> = {
  Conv: { weights: [1], apart: [1], bias: 2 },
  ConvTranspose: { weights: [1], apart: [1], bias: 2 },
  Gemm: { weights: [0, 1], apart: [1], bias: 2 },
  MatMul: { weights: [0, 1], apart: [1], most: 2 },
  Gather: { weights: [0], apart: [] },
};

/** Whether the operator itself can be run on changes of its weight: linear, and of the weight alone. */
function isLinearIn(node: Node, weight: string): boolean {
  const row = node.domain === "" ? operators[node.op] : undefined;
  const at = node.inputs.flatMap((name, i) => (name === weight ? [i] : []));
  return at.length === 1 && row?.weights.includes(at[0] as number) === true;
}

function isGivenApart(node: Node, weight: Weight): boolean {
  const row = operators[node.op];
  const at = node.inputs.indexOf(weight.name);
  return row?.apart.includes(at) === true && weight.shape.length <= (row.most ?? Number.POSITIVE_INFINITY);
}

// Gradients of a weight for each sample are kept under this.
const GRADIENT_BYTES = 32 * 2 ** 20;

/** The way that costs less, of those that tell samples apart; undefined where none does. */
export function formulationOf(
  { network, batching, form }: { network: Network; batching: Batching; form: Form },
  weight: Weight,
  columns: number,
): Formulation | undefined {
  const readers = readersOf(network, weight.name);
  const axis = (node: Node) => (batching.size === 1 ? 0 : batching.axisOf(node.outputs[0] as string));
  const runs = readers.every((node) => isLinearIn(node, weight.name) && axis(node) !== undefined);
  const apart = readers.every((node) => isGivenApart(node, weight) && axis(node) === 0);
  const gives = batching.size === 1 || (runs && apart);
  // A diagonal needs the gradient of each number of a weight.
  if (!runs || form === "diagonal") return gives ? "gradient" : undefined;
  if (!gives || readers.some((node) => node.op === "Gather")) return "operator";
  const macs = readers.reduce((sum, node) => sum + (macsOf(node, batching.values) ?? 0), 0) / batching.size;
  // A gradient costs about as much as the operator, a product of all its numbers a column, and the nodes that it is made of.
  const taps = readers.reduce((sum, { op }) => sum + tapsOf(op, weight.shape), 0);
  const gradient = macs * GRADIENT_COST + columns * weight.elements + taps * TAP_NODES * NODE_COST;
  const fits = 4 * batching.size * weight.elements <= GRADIENT_BYTES;
  return fits && gradient < columns * macs ? "gradient" : "operator";
}

const GRADIENT_COST = 1.3;
// Nodes that a gradient takes for each tap of a window (grad's convolutionWeight).
const TAP_NODES = 5;
// What loading a node is worth, in multiply-adds of each sample: .3 ms of WebAssembly, over 128 samples.
const NODE_COST = 25_000;

/** Taps of a convolution whose window has several, which are gone through one by one. */
function tapsOf(op: string, shape: readonly number[]): number {
  const taps = op === "Conv" || op === "ConvTranspose" ? sizeOf(shape.slice(2)) : 1;
  return taps > 1 ? taps : 0;
}
