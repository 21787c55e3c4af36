// Points: the activation tensors that get a quantizer, and the node that decides each. A quantizer is placed where ONNX
// Runtime can then run integers: at the inputs of integer operators and the outputs of convolutions.

import type { Inferred } from "@bitscape/graph";
import { type Graph, type Links, linksOf, type Node } from "@bitscape/graph";
import { isQuantizer } from "./quantized.ts";

export interface Point {
  /** The quantized tensor. */
  readonly tensor: string;
  /** Node ids whose activation scheme decides it, the first being the owner; several where consumers share it. */
  readonly deciders: readonly string[];
  /** Tensors reached through operators that only move values: they carry the same scale and zero point. */
  readonly aliases: readonly string[];
}

/** Inputs that an operator reads as 8-bit integers in ONNX Runtime 1.30 when they come from a DequantizeLinear. */
const integerInputs: Readonly<Record<string, readonly number[]>> = {
  Conv: [0],
  MatMul: [0, 1],
  Gemm: [0],
};
/** Integer operators that pay only between others: inputs are quantized where the output is. */
const between = new Set(["Add", "AveragePool", "GlobalAveragePool", "MaxPool", "Concat"]);
/** Move or select values without arithmetic: input and output share one scale. */
const moves = new Set(["MaxPool", "Reshape", "Transpose", "Flatten", "Squeeze", "Unsqueeze"]);
/** Absorbed in the QuantizeLinear that follows. */
const absorbed = new Set(["Relu", "Clip"]);

/** The points of a graph, in topological order of their tensors. */
export function findPoints(graph: Graph, values: ReadonlyMap<string, Inferred>): Point[] {
  const links = linksOf(graph);
  const found = new Map<string, Set<string>>();
  const isActivation = (name: string) =>
    name !== "" &&
    values.get(name)?.dtype === "float32" &&
    !links.constants.has(name) &&
    !isQuantizedAlready(name, links);
  const add = (tensor: string, decider: string) => {
    const deciders = found.get(tensor);
    if (deciders) deciders.add(decider);
    else found.set(tensor, new Set([decider]));
  };
  const order = [...graph.nodes];
  // Outputs first to last would not know yet what consumes them: walk backwards.
  for (const node of order.toReversed()) {
    if (node.domain !== "") continue;
    const inputs = between.has(node.op)
      ? betweenInputs(node, links, values, (name) => found.has(name))
      : (integerInputs[node.op] ?? []).map((at) => node.inputs[at] ?? "");
    for (const name of inputs) if (isActivation(name)) add(name, node.id);
    if (node.op === "Conv" && links.constants.has(node.inputs[1] ?? "")) {
      const output = afterAbsorbed(node.outputs[0] as string, links);
      if (!links.outputs.has(output) && isActivation(output) && !found.has(output)) add(output, node.id);
    }
  }
  return sorted(graph, links, found, isActivation);
}

/** A file that is quantized in parts has quantizers of its own. */
function isQuantizedAlready(name: string, { producer, consumers }: Links): boolean {
  const maker = producer.get(name);
  return (maker !== undefined && isQuantizer(maker)) || (consumers.get(name) ?? []).some(isQuantizer);
}

/** All inputs of a between-operator whose output is quantized; none where one of them is constant or broadcast. */
function betweenInputs(
  node: Node,
  links: Links,
  values: ReadonlyMap<string, Inferred>,
  quantized: (name: string) => boolean,
): readonly string[] {
  let output = afterAbsorbed(node.outputs[0] as string, links);
  for (let next = onlyReader(output, links); next && moves.has(next.op) && !quantized(output); ) {
    output = next.outputs[0] as string;
    next = onlyReader(output, links);
  }
  if (!quantized(output) || links.outputs.has(node.outputs[0] as string)) return [];
  const shapes = node.inputs.map((name) => values.get(name)?.shape.join());
  const plain = node.op !== "Add" || shapes[0] === shapes[1];
  return plain && node.inputs.every((name) => !links.constants.has(name)) ? node.inputs : [];
}

/** The one node that reads a tensor's values; operators that only ask its shape do not count. */
function onlyReader(name: string, links: Links): Node | undefined {
  const readers = links.consumers.get(name)?.filter((node) => node.op !== "Shape" && node.op !== "Size");
  return readers?.length === 1 && !links.outputs.has(name) ? readers[0] : undefined;
}

/** The tensor behind the activation functions that a QuantizeLinear after them absorbs. */
export function afterAbsorbed(name: string, links: Links): string {
  const reader = onlyReader(name, links);
  return reader && absorbed.has(reader.op) ? afterAbsorbed(reader.outputs[0] as string, links) : name;
}

/** Points by root: a tensor that operators merely moved is an alias of the one they moved. */
function sorted(
  graph: Graph,
  links: Links,
  found: ReadonlyMap<string, ReadonlySet<string>>,
  isActivation: (name: string) => boolean,
): Point[] {
  const rootOf = (name: string): string => {
    const maker = links.producer.get(name);
    const source = maker?.inputs[0];
    if (!maker || source === undefined || !moves.has(maker.op) || !isActivation(source)) return name;
    // A moved tensor that others read too is left as it is, unless it is itself a point.
    return found.has(source) || onlyReader(source, links) === maker ? rootOf(source) : name;
  };
  const byRoot = new Map<string, { deciders: Set<string>; aliases: string[] }>();
  for (const [tensor, deciders] of found) {
    const root = rootOf(tensor);
    const group = byRoot.get(root) ?? { deciders: new Set(), aliases: [] };
    byRoot.set(root, group);
    for (const id of deciders) group.deciders.add(id);
    if (tensor !== root) group.aliases.push(tensor);
  }
  const position = new Map(graph.nodes.map((node, i) => [node.id, i]));
  const made = (tensor: string) => position.get(links.producer.get(tensor)?.id ?? "") ?? -1;
  const before = (a: string, b: string) => (position.get(a) ?? 0) - (position.get(b) ?? 0);
  return [...byRoot]
    .sort(([a], [b]) => made(a) - made(b))
    .map(([tensor, { deciders, aliases }]) => ({ tensor, deciders: [...deciders].sort(before), aliases }));
}
