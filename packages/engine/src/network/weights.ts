// Which constants of which operators are weights that can be quantized, and along which axes: one row an operator.
// Not how they are quantized (quant), nor which recipe they get.

import { type Constant, intOf, type Node } from "@bitscape/graph";
import { sizeOf } from "@bitscape/tensor";

/** A quantizable weight: a float constant of rank 2 or more that an operator below reads. */
export interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: "float32" | "float16";
  /** Axis with one scale a channel: the operator's output channels. */
  readonly channelAxis: number;
  /** The view that blocks run over: the shape they divide, and the axis (the operator's reduction). */
  readonly blockShape: readonly number[];
  readonly blockAxis: number;
  readonly elements: number;
  /**
   * Elements of one spatial kernel, contiguous in memory (1 for a dense layer), whose sum rounding should keep; null
   * where inputs have no mean that could leak (normalised, recurrent, embedded).
   */
  readonly kernel: number | null;
}

interface Axes {
  readonly input: number;
  readonly channelAxis: number;
  readonly blockShape: readonly number[];
  readonly blockAxis: number;
  readonly kernel: number | null;
}

/** Axes of the weight at an input, from its shape; undefined where this shape is none we quantize. */
type WeightRule = (node: Node, input: number, shape: readonly number[]) => Axes | undefined;

// Conv-22: W is [M, C/g, k…]. Blocks run over C/g · k… flattened, so that none is cut short at each kernel tap.
const conv: WeightRule = (_, input, shape) => {
  if (shape.length < 3) return undefined;
  const flat = [shape[0] as number, sizeOf(shape.slice(1))];
  // Filters of signals in time pass frequencies, not means: keeping their sums cost 3 dB where it was measured.
  const kernel = shape.length === 3 ? null : sizeOf(shape.slice(2));
  return { input, channelAxis: 0, blockShape: flat, blockAxis: 1, kernel };
};

// ConvTranspose-22: W is [C, M/g, k…].
const convTranspose: WeightRule = (_, input, shape) =>
  shape.length < 3 ? undefined : { input, channelAxis: 1, blockShape: shape, blockAxis: 0, kernel: null };

// MatMul-13: a right operand is [… K, N], a left one [… M, K].
const matMul: WeightRule = (_, input, shape) => {
  const last = shape.length - 1;
  if (last < 1) return undefined;
  const [channelAxis, blockAxis] = input === 1 ? [last, last - 1] : [last - 1, last];
  return { input, channelAxis, blockShape: shape, blockAxis, kernel: null };
};

// Gemm-13: transA and transB say which axis is reduced.
const gemm: WeightRule = (node, input, shape) => {
  const transposed = intOf(node, input === 1 ? "transB" : "transA", 0) !== 0;
  const reduced = (input === 1) === transposed ? 1 : 0;
  return { input, channelAxis: 1 - reduced, blockShape: shape, blockAxis: reduced, kernel: 1 };
};

// Gather-13 from a table [V, D]: a scale for each row, or for each column where rows are too short to pay for one.
const ROW_PAYS = 48;
const gather: WeightRule = (node, input, shape) => {
  if (shape.length !== 2 || intOf(node, "axis", 0) !== 0) return undefined;
  const channelAxis = (shape[1] as number) >= ROW_PAYS ? 0 : 1;
  return { input, channelAxis, blockShape: shape, blockAxis: 1, kernel: null };
};

// LSTM-22, GRU-22, RNN-22: W is [directions, gates · hidden, input], R is [directions, gates · hidden, hidden].
const recurrent: WeightRule = (_, input, shape) =>
  shape.length === 3 ? { input, channelAxis: 1, blockShape: shape, blockAxis: 2, kernel: null } : undefined;

interface OpRule {
  readonly inputs: readonly number[];
  readonly rule: WeightRule;
}

export const weightRules: Readonly<Partial<Record<string, OpRule>>> = {
  Conv: { inputs: [1], rule: conv },
  ConvTranspose: { inputs: [1], rule: convTranspose },
  MatMul: { inputs: [1, 0], rule: matMul },
  Gemm: { inputs: [1, 0], rule: gemm },
  Gather: { inputs: [0], rule: gather },
  LSTM: { inputs: [1, 2], rule: recurrent },
  GRU: { inputs: [1, 2], rule: recurrent },
  RNN: { inputs: [1, 2], rule: recurrent },
};

/** The quantizable weights of a node, given the graph's constants; and the reason where it has an operand that cannot be. */
export function weightsOf(
  node: Node,
  constants: ReadonlyMap<string, Constant>,
): { readonly weights: readonly Weight[]; readonly reason?: string } {
  const row = node.domain === "" ? weightRules[node.op] : undefined;
  if (!row) return { weights: [] };
  const weights: Weight[] = [];
  let reason: string | undefined;
  for (const input of row.inputs) {
    const found = constants.get(node.inputs[input] ?? "");
    if (!found) continue;
    const { name, dtype, shape } = found;
    if (dtype !== "float32" && dtype !== "float16") {
      // Integer tables (shapes, token ids) are nobody's weights.
      if (dtype === "float64" || dtype === "bfloat16")
        reason = `its weight is ${dtype}, expected float32 or float16`;
      continue;
    }
    const axes = sizeOf(shape) > 1 && shape.length >= 2 ? row.rule(node, input, shape) : undefined;
    if (!axes) {
      if (shape.length >= 2)
        reason = `its weight has shape [${shape.join(", ")}], which ${node.op} does not share scales over`;
      continue;
    }
    weights.push({ name, shape, dtype, elements: sizeOf(shape), ...axes });
  }
  return reason === undefined ? { weights } : { weights, reason };
}
