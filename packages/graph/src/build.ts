// A small builder of graphs, for rewrites, tests and samples. Names are the caller's.

import type { DType } from "@bitscape/tensor";
import type { Attribute } from "./attribute.ts";
import type { Constant } from "./constant.ts";
import type { Dim, Graph, Model, Node, ValueInfo } from "./graph.ts";

/** A node; its id is its name, or its first output where no name is given. */
export function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Record<string, Attribute> = {},
  name = "",
  domain = "",
): Node {
  const id = name === "" ? `${op}_${outputs[0]}` : name;
  return { id, name: id, op, domain, inputs, outputs, attributes: new Map(Object.entries(attributes)) };
}

/** A typed value: an input, an output or a value info. */
export function value(name: string, dtype: DType, shape?: readonly Dim[]): ValueInfo {
  return { name, dtype, ...(shape && { shape }) };
}

/** A value without a type, as an extra output of a graph whose types the runtime infers. */
export function untyped(name: string): ValueInfo {
  return { name };
}

export function graph(parts: {
  readonly name?: string;
  readonly nodes: readonly Node[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly constants?: readonly Constant[];
}): Graph {
  return {
    name: parts.name ?? "graph",
    nodes: parts.nodes,
    constants: new Map((parts.constants ?? []).map((each) => [each.name, each])),
    inputs: parts.inputs,
    outputs: parts.outputs,
    valueInfo: [],
  };
}

export function model(graph: Graph, opset = 21, irVersion = irVersionFor(opset)): Model {
  return {
    graph,
    opsets: new Map([["", opset]]),
    irVersion,
    producer: { name: "bitscape", version: "" },
    metadata: new Map(),
  };
}

// The IR version that ONNX released with each opset (onnx/docs/Versioning.md); ONNX Runtime 1.30 accepts up to 13.
const released: readonly (readonly [opset: number, ir: number])[] = [
  [25, 13],
  [24, 12],
  [23, 11],
  [21, 10],
  [19, 9],
  [15, 8],
  [12, 7],
  [11, 6],
  [10, 5],
  [9, 4],
  [0, 3],
];

/** The lowest IR version that goes with an ai.onnx opset. */
export function irVersionFor(opset: number): number {
  return (released.find(([from]) => opset >= from) as readonly [number, number])[1];
}
