// The immutable Graph: what an ONNX file says, as plain values. A rewrite returns a new one and keeps
// untouched nodes identical. `source` fields carry what we do not model, so that a file survives a round trip.

import type { DType } from "@bitscape/tensor";
import type { GraphProto, ModelProto, NodeProto, ValueInfoProto } from "onnx-buf";
import { type Attributes, subgraphsOf } from "./attribute.ts";
import type { Constant } from "./constant.ts";

/** A dimension: fixed, symbolic by name, or unknown. */
export type Dim = number | string | null;

export interface ValueInfo {
  readonly name: string;
  /** Absent for values that are not tensors (sequences, maps, optionals) or not typed. */
  readonly dtype?: DType;
  /** Absent where even the rank is unknown. */
  readonly shape?: readonly Dim[];
  readonly source?: ValueInfoProto;
}

export interface Node {
  /** Unique in its model: the node's name, or `op_index` where it has none. Survives every rewrite. */
  readonly id: string;
  /** As in the file; may be empty. */
  readonly name: string;
  readonly op: string;
  /** "" is ai.onnx. */
  readonly domain: string;
  /** Value names; "" for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
  readonly source?: NodeProto;
}

export interface Graph {
  readonly name: string;
  /** In topological order. */
  readonly nodes: readonly Node[];
  /** Initializers by name. */
  readonly constants: ReadonlyMap<string, Constant>;
  /** As in the file: IR 3 lists initializers here too (see {@link trueInputs}). */
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly valueInfo: readonly ValueInfo[];
  readonly source?: GraphProto;
}

export interface Model {
  readonly graph: Graph;
  /** Opset version by domain; "" is ai.onnx. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly irVersion: number;
  readonly producer: { readonly name: string; readonly version: string };
  readonly metadata: ReadonlyMap<string, string>;
  readonly source?: ModelProto;
}

/** The ai.onnx opset of a model. */
export function opsetOf(model: Model): number {
  return model.opsets.get("") ?? 1;
}

/** The inputs a caller must feed: those that are not initializers. */
export function trueInputs(graph: Graph): ValueInfo[] {
  return graph.inputs.filter((input) => !graph.constants.has(input.name));
}

/** Names that a graph's nodes read from outside of it (only subgraphs have any). */
export function capturedBy(graph: Graph): Set<string> {
  const own = new Set<string>([...graph.constants.keys(), ...graph.inputs.map((input) => input.name)]);
  for (const node of graph.nodes) for (const output of node.outputs) own.add(output);
  const captured = new Set<string>();
  const read = (name: string) => name !== "" && !own.has(name) && captured.add(name);
  for (const node of graph.nodes) for (const name of readsOf(node)) read(name);
  for (const output of graph.outputs) read(output.name);
  return captured;
}

/** Every value a node reads: its inputs, and what its subgraphs capture. */
export function readsOf(node: Node): string[] {
  const reads = node.inputs.filter((name) => name !== "");
  for (const [, graph] of subgraphsOf(node)) reads.push(...capturedBy(graph));
  return reads;
}

export interface Links {
  /** The node that makes a value; absent for inputs and initializers. */
  readonly producer: ReadonlyMap<string, Node>;
  /** The nodes that read a value, in topological order, captures by subgraphs included. */
  readonly consumers: ReadonlyMap<string, readonly Node[]>;
  /** Constants by value name: initializers, and the tensors of Constant nodes. */
  readonly constants: ReadonlyMap<string, Constant>;
  readonly outputs: ReadonlySet<string>;
}

const linksByGraph = new WeakMap<Graph, Links>();

/** Who makes and who reads each value; computed once for a graph. */
export function linksOf(graph: Graph): Links {
  const known = linksByGraph.get(graph);
  if (known) return known;
  const producer = new Map<string, Node>();
  const consumers = new Map<string, Node[]>();
  const constants = new Map(graph.constants);
  for (const node of graph.nodes) {
    for (const output of node.outputs) if (output !== "") producer.set(output, node);
    for (const name of new Set(readsOf(node))) {
      const readers = consumers.get(name);
      if (readers) readers.push(node);
      else consumers.set(name, [node]);
    }
    const value = node.op === "Constant" ? node.attributes.get("value") : undefined;
    const output = node.outputs[0];
    if (value?.type === "tensor" && output !== undefined)
      constants.set(output, { ...value.value, name: output });
  }
  const links = {
    producer,
    consumers,
    constants,
    outputs: new Set(graph.outputs.map((output) => output.name)),
  };
  linksByGraph.set(graph, links);
  return links;
}
