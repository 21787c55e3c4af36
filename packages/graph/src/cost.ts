// What a network costs: multiply-accumulates of a node, parameters of a graph. Counts, not times.
// Convention: one MAC is one multiplication with its addition; biases, activations and element-wise work are 0.

import { type DType, sizeOf } from "@bitscape/tensor";
import { intOf, stringOf, subgraphsOf } from "./attribute.ts";
import type { Graph, Node } from "./graph.ts";
import { einsumOf } from "./infer/einsum.ts";
import type { Inferred } from "./infer/rule.ts";
import { type OpType, opTypeOf } from "./ops/names.ts";

/** A node's shapes by position, as far as they are known. */
interface Shapes {
  readonly node: Node;
  readonly in: (index: number) => readonly number[];
  readonly out: (index: number) => readonly number[];
}

type Count = (shapes: Shapes) => number;

/** An output element takes one MAC a weight of its channel: [M, C / group, …]. */
const convolution =
  (weight: number): Count =>
  (shapes) =>
    sizeOf(shapes.out(0)) * sizeOf(shapes.in(weight).slice(1));

/** The inner size of a product is the left operand's last axis (or its first, transposed). */
const product: Count = (shapes) => sizeOf(shapes.out(0)) * (shapes.in(0).at(-1) ?? 1);

const transposable: Count = (shapes) =>
  sizeOf(shapes.out(0)) * (shapes.in(0).at(intOf(shapes.node, "transA", 0) ? -2 : -1) ?? 1);

/** `gates` products with the input and as many with the state, each step and direction. */
const recurrent =
  (gates: number): Count =>
  (shapes) => {
    const [first = 0, second = 0, size = 0] = shapes.in(0);
    const directions = shapes.in(1)[0] ?? 1;
    const hidden = intOf(shapes.node, "hidden_size") ?? shapes.in(2).at(-1) ?? 0;
    return first * second * directions * gates * hidden * (size + hidden);
  };

/** Queries against keys, weights against values: both are queries × keys × head size. */
const attention: Count = (shapes) => {
  const [q, k, v] = [shapes.in(0), shapes.in(1), shapes.in(2)];
  const heads = (shape: readonly number[], name: string) =>
    shape.length === 4 ? (shape[1] as number) : intOf(shapes.node, name, 1);
  const length = (shape: readonly number[]) => shape.at(-2) as number;
  const queryHeads = heads(q, "q_num_heads");
  const size = (shape: readonly number[], count: number) =>
    shape.length === 4 ? (shape[3] as number) : (shape[2] as number) / count;
  const keyHeads = heads(k, "kv_num_heads");
  const past = shapes.node.inputs[4] ? length(shapes.in(4)) : 0;
  const scores = (q[0] as number) * queryHeads * length(q) * (length(k) + past);
  return scores * (size(q, queryHeads) + size(v, keyHeads));
};

/** Two operands multiply once a point of the whole index space; more have no one order of contraction. */
const einsum: Count = ({ node, in: shape }) => {
  if (node.inputs.length !== 2) throw new Error("not two operands");
  return stringOf(node, "equation", "") === "" ? 0 : einsumOf(node, [shape(0), shape(1)]).products;
};

const counts: Partial<Record<OpType, Count>> = {
  Attention: attention,
  Conv: convolution(1),
  ConvInteger: convolution(1),
  ConvTranspose: (shapes) => sizeOf(shapes.in(0)) * sizeOf(shapes.in(1).slice(1)),
  DeformConv: convolution(1),
  Einsum: einsum,
  GRU: recurrent(3),
  Gemm: transposable,
  LSTM: recurrent(4),
  MatMul: product,
  MatMulInteger: product,
  QLinearConv: convolution(3),
  QLinearMatMul: product,
  RNN: recurrent(1),
  "com.microsoft.Attention": (shapes) => {
    const [batch = 0, length = 0, width = 0] = shapes.in(0);
    const projection = batch * length * width * (shapes.in(1).at(-1) ?? 0);
    const past = shapes.node.inputs[4] ? (shapes.in(4)[3] ?? 0) : 0;
    return projection + 2 * sizeOf(shapes.out(0)) * (past + length);
  },
  "com.microsoft.DynamicQuantizeLSTM": recurrent(4),
  "com.microsoft.DynamicQuantizeMatMul": product,
  "com.microsoft.FusedConv": convolution(1),
  "com.microsoft.FusedGemm": transposable,
  "com.microsoft.FusedMatMul": transposable,
  // The present keys [batch, kv heads, total, size] say how many each query meets.
  "com.microsoft.GroupQueryAttention": (shapes) => 2 * sizeOf(shapes.out(0)) * (shapes.out(1)[2] ?? 0),
  "com.microsoft.MatMulBnb4": product,
  "com.microsoft.MatMulIntegerToFloat": product,
  "com.microsoft.MatMulNBits": product,
  "com.microsoft.MultiHeadAttention": (shapes) => {
    const [q, k] = [shapes.in(0), shapes.in(1)];
    if (q.length !== 3) throw new Error("packed queries");
    const keys = (k.at(-2) ?? 0) + (shapes.node.inputs[6] ? (shapes.in(6)[2] ?? 0) : 0);
    return keys * (sizeOf(q) + sizeOf(shapes.out(0)));
  },
  "com.microsoft.NhwcConv": convolution(1),
  "com.microsoft.NhwcFusedConv": convolution(1),
  "com.microsoft.QGemm": transposable,
  "com.microsoft.QLinearConv": convolution(3),
};

/** A node's multiply-accumulates; 0 for operators that have none, undefined where a shape it needs is unknown. */
export function macsOf(node: Node, values: ReadonlyMap<string, Inferred>): number | undefined {
  const op = opTypeOf(node);
  const count = op && counts[op];
  if (!count) return 0;
  const shapeOf = (name: string | undefined) => {
    const found = values.get(name ?? "");
    if (!found) throw new Error(`value ${name}: unknown`);
    return found.shape;
  };
  try {
    return count({ node, in: (i) => shapeOf(node.inputs[i]), out: (i) => shapeOf(node.outputs[i]) });
  } catch {
    return undefined;
  }
}

const floats: ReadonlySet<DType> = new Set<DType>([
  "float32",
  "float64",
  "float16",
  "bfloat16",
  "float8e4m3fn",
  "float8e4m3fnuz",
  "float8e5m2",
  "float8e5m2fnuz",
  "float4e2m1",
]);

/** How many float elements a graph holds as constants, its subgraphs and Constant nodes included. */
export function parametersOf(graph: Graph): number {
  let total = 0;
  for (const { dtype, shape } of graph.constants.values()) if (floats.has(dtype)) total += sizeOf(shape);
  for (const node of graph.nodes) {
    const value = node.op === "Constant" ? node.attributes.get("value") : undefined;
    if (value?.type === "tensor" && floats.has(value.value.dtype)) total += sizeOf(value.value.shape);
    for (const [, body] of subgraphsOf(node)) total += parametersOf(body);
  }
  return total;
}
