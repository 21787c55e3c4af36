// What a file holds quantized already, by operator: it is kept as it is, and said. Not how we quantize.
// Source: ONNX operators to opset 26, com.microsoft operators of ONNX Runtime 1.30 (docs/ContribOperators.md).

import { type Constant, type Graph, type Node, opName } from "@bitscape/graph";

/** Operators that compute with quantized weights or activations. */
const integerOps: ReadonlySet<string> = new Set([
  ..."ConvInteger DynamicQuantizeLinear MatMulInteger QLinearConv QLinearMatMul".split(" "),
  ...(
    "DequantizeBFP DequantizeWithOrder DynamicQuantizeLSTM DynamicQuantizeMatMul GatherBlockQuantized GemmFloat8 " +
    "MatMulBlockQuantizedFp4Weight MatMulBlockQuantizedFp8Weight MatMulBnb4 MatMulFpQ4 MatMulInteger16 " +
    "MatMulIntegerToFloat MatMulNBits MatMulNBitsMlp MatMulNBitsQkv MulInteger QAttention QEmbedLayerNormalization " +
    "QGemm QLinearAdd QLinearAveragePool QLinearConcat QLinearConv QLinearGlobalAveragePool QLinearLeakyRelu " +
    "QLinearMul QLinearReduceMean QLinearSigmoid QLinearSoftmax QLinearWhere QMoE QOrderedAttention QOrderedGelu " +
    "QOrderedLayerNormalization QOrderedLongformerAttention QOrderedMatMul QuantizeBFP QuantizeWithOrder " +
    "ReduceSumInteger"
  )
    .split(" ")
    .map((op) => `com.microsoft.${op}`),
]);

const pairOps: ReadonlySet<string> = new Set(
  ["DequantizeLinear", "QuantizeLinear"].flatMap((op) => [op, `com.microsoft.${op}`]),
);

/** Whether a node computes with integers, or stands for a weight that is stored as such. */
export function isQuantized(node: Node, constants: ReadonlyMap<string, Constant>): boolean {
  const name = opName(node);
  return integerOps.has(name) || (pairOps.has(name) && constants.has(node.inputs[0] ?? ""));
}

/** Whether a node quantizes or dequantizes an activation. */
export function isQuantizer(node: Node): boolean {
  return pairOps.has(opName(node));
}

/** How many nodes of a graph are quantized already, by operator, as a sentence; undefined for a float network. */
export function quantizedNote(nodes: Iterable<Node>, constants: Graph["constants"]): string | undefined {
  const counts = new Map<string, number>();
  let weights = 0;
  for (const node of nodes) {
    const name = opName(node);
    if (!integerOps.has(name) && !pairOps.has(name)) continue;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    if (isQuantized(node, constants) && pairOps.has(name)) weights++;
  }
  if (counts.size === 0) return undefined;
  const listed = [...counts].map(([op, count]) => `${count} ${op}`).join(", ");
  const stored = weights > 0 ? ` (${weights} of them for stored weights)` : "";
  return `quantized already in parts, which are kept as they are: ${listed}${stored}`;
}
