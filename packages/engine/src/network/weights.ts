// Which constants of which operators are weights that can be quantized, and along which axes: one row an operator.
// Not how they are quantized (quant), nor which recipe they get.

import { type Constant, intOf, type Node, opName, stringOf } from "@bitscape/graph";
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

// com.microsoft.FusedMatMul-1: a MatMul whose operands may be transposed (their last two axes).
const fusedMatMul: WeightRule = (node, input, shape) => {
  const side = input === 1 ? "B" : "A";
  if (shape.length < 2 || intOf(node, `transBatch${side}`, 0) !== 0) return undefined;
  const [first, last] = [shape.length - 2, shape.length - 1];
  const transposed = intOf(node, `trans${side}`, 0) !== 0;
  const [channelAxis, blockAxis] = (input === 1) === transposed ? [first, last] : [last, first];
  return { input, channelAxis, blockShape: shape, blockAxis, kernel: null };
};

// com.microsoft.Attention-1: the projections of queries, keys and values side by side, [inputs, 3 · hidden].
const projections: WeightRule = (_, input, shape) =>
  shape.length === 2 ? { input, channelAxis: 1, blockShape: shape, blockAxis: 0, kernel: null } : undefined;

// Einsum-12 of two operands: labels of the weight that the output has, and those that are summed. Of several, the
// largest: more scales, longer blocks.
const einsum: WeightRule = (node, input, shape) => {
  const [left = "", output] = stringOf(node, "equation", "").replaceAll(/\s/g, "").split("->");
  const terms = left.split(",");
  const labels = [...(terms[input] ?? "")];
  const other = terms[1 - input] ?? "";
  const plain = labels.length === shape.length && labels.every((label) => /[a-z]/i.test(label));
  if (terms.length !== 2 || output === undefined || !plain || new Set(labels).size !== labels.length)
    return undefined;
  const largest = (wanted: (label: string) => boolean) =>
    labels.reduce((best, label, axis) => {
      const longer = best < 0 || (shape[axis] as number) > (shape[best] as number);
      return wanted(label) && longer ? axis : best;
    }, -1);
  const channelAxis = largest((label) => output.includes(label) && !other.includes(label));
  const blockAxis = largest((label) => !output.includes(label));
  if (channelAxis < 0 || blockAxis < 0) return undefined;
  return { input, channelAxis, blockShape: shape, blockAxis, kernel: null };
};

interface OpRule {
  readonly inputs: readonly number[];
  readonly rule: WeightRule;
}

/** By operator, as {@link opName} calls it. */
const weightRules: Readonly<Partial<Record<string, OpRule>>> = {
  Conv: { inputs: [1], rule: conv },
  ConvTranspose: { inputs: [1], rule: convTranspose },
  DeformConv: { inputs: [1], rule: conv },
  Einsum: { inputs: [1, 0], rule: einsum },
  MatMul: { inputs: [1, 0], rule: matMul },
  Gemm: { inputs: [1, 0], rule: gemm },
  Gather: { inputs: [0], rule: gather },
  LSTM: { inputs: [1, 2], rule: recurrent },
  GRU: { inputs: [1, 2], rule: recurrent },
  RNN: { inputs: [1, 2], rule: recurrent },
  "com.microsoft.Attention": { inputs: [1], rule: projections },
  "com.microsoft.EmbedLayerNormalization": { inputs: [2, 3, 4], rule: gather },
  "com.microsoft.FusedConv": { inputs: [1], rule: conv },
  "com.microsoft.FusedGemm": { inputs: [1, 0], rule: gemm },
  "com.microsoft.FusedMatMul": { inputs: [1, 0], rule: fusedMatMul },
  "com.microsoft.TransposeMatMul": { inputs: [1, 0], rule: fusedMatMul },
};

/** The row of a node's operator; undefined where it has no weights. */
export function ruleOf(node: Node): OpRule | undefined {
  return weightRules[opName(node)];
}

/** Whether a constant could be a weight at all: a float matrix, or of a higher rank. */
export function isWeightLike({ dtype, shape }: Constant): boolean {
  return (dtype === "float32" || dtype === "float16") && shape.length >= 2;
}

/**
 * The quantizable weights of a node, and the reason where it has an operand that cannot be.
 * @param constants of the graph
 * @param outputs names of the graph's outputs: what is shown as it is cannot be quantized
 */
export function weightsOf(
  node: Node,
  constants: ReadonlyMap<string, Constant>,
  outputs: ReadonlySet<string> = new Set(),
): { readonly weights: readonly Weight[]; readonly reason?: string } {
  const row = ruleOf(node);
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
    if (shape.length < 2) continue;
    if (outputs.has(name)) {
      reason = "its weight is an output of the network too: kept float";
      continue;
    }
    const axes = sizeOf(shape) > 1 ? row.rule(node, input, shape) : undefined;
    if (!axes) {
      reason = `its weight has shape [${shape.join(", ")}], which ${node.op} does not share scales over`;
      continue;
    }
    weights.push({ name, shape, dtype, elements: sizeOf(shape), ...axes });
  }
  return reason === undefined ? { weights } : { weights, reason };
}
