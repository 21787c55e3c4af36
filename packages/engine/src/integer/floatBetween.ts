// The proof that a graph is integer-only: which nodes between the first QuantizeLinear and the last DequantizeLinear
// compute with floats. Reads the graph alone, whoever wrote it; scales of quantizers and QLinear operators are
// parameters and no computation. Not for subgraphs: an If or Loop between counts as one operator, float where it gives floats.

import { infer, linksOf, type Model, type Node, opName, type Pins, readsOf } from "@bitscape/graph";

export interface FloatOperator {
  readonly id: string;
  readonly op: string;
}

export interface IntegerProof {
  /** There are quantizers, and nothing float between them. */
  readonly integerOnly: boolean;
  readonly quantizers: number;
  readonly dequantizers: number;
  /** Operators between, by name. */
  readonly operators: Readonly<Record<string, number>>;
  /** Those between that are float. */
  readonly floatOperators: readonly FloatOperator[];
}

const quantizing = new Set(["QuantizeLinear", "com.microsoft.QuantizeLinear", "DynamicQuantizeLinear"]);
const dequantizing = new Set(["DequantizeLinear", "com.microsoft.DequantizeLinear"]);

/** What lies between the quantizers of a model, and what of it is float. */
export function integerProof(model: Model, pins: Pins = {}): IntegerProof {
  const { nodes } = model.graph;
  const { constants } = linksOf(model.graph);
  const isQuantizer = (node: Node) => quantizing.has(opName(node));
  const isDequantizer = (node: Node) =>
    dequantizing.has(opName(node)) && !constants.has(node.inputs[0] as string);
  const after = new Set<string>();
  const behind = nodes.map((node) => {
    const reached = readsOf(node).some((name) => after.has(name));
    if (reached || isQuantizer(node)) for (const output of node.outputs) if (output !== "") after.add(output);
    return reached;
  });
  const before = new Set<string>();
  const { values } = infer(model, pins);
  const isFloat = (name: string) => {
    const dtype = values.get(name)?.dtype;
    // What is not known is not proved.
    return dtype === undefined || dtype.includes("float");
  };
  const found: Node[] = [];
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i] as Node;
    const leads = node.outputs.some((output) => before.has(output));
    if (leads || isDequantizer(node)) for (const name of readsOf(node)) before.add(name);
    if (leads && behind[i]) found.unshift(node);
  }
  const floats = found.filter(
    (node) => isQuantizer(node) || node.outputs.some((output) => output !== "" && isFloat(output)),
  );
  const operators: Record<string, number> = {};
  for (const node of found) operators[opName(node)] = (operators[opName(node)] ?? 0) + 1;
  const [quantizers, dequantizers] = [isQuantizer, isDequantizer].map((is) => nodes.filter(is).length) as [
    number,
    number,
  ];
  return {
    integerOnly: quantizers > 0 && dequantizers > 0 && floats.length === 0,
    ...{ quantizers, dequantizers, operators },
    floatOperators: floats.map((node) => ({ id: node.id, op: opName(node) })),
  };
}
