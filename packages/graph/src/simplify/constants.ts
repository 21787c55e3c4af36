// Constant nodes as initializers, and initializers that old files list as inputs too. Values do not change.
// Source: ONNX Constant 1, 11 and 12; onnx/docs/IR.md on initializers since IR version 4.

import { tensor } from "@bitscape/tensor";
import type { Attribute } from "../attribute.ts";
import { type Constant, constantOf } from "../constant.ts";
import { type Graph, linksOf, type Model, type Node } from "../graph.ts";
import { mapBodies } from "./bodies.ts";

/** Initializers are constants: dropped from the inputs, which IR version 4 allows. */
export function fixInitializers(model: Model): Model {
  const inputs = model.graph.inputs.filter((input) => !model.graph.constants.has(input.name));
  if (inputs.length === model.graph.inputs.length) return model;
  return { ...model, graph: { ...model.graph, inputs }, irVersion: Math.max(model.irVersion, 4) };
}

/**
 * Constant nodes become initializers of the graph that holds them. One that makes a graph output stays a node, as
 * do strings and sparse tensors.
 */
export function hoistConstants(graph: Graph): Graph {
  const { outputs } = linksOf(graph);
  const hoisted: Constant[] = [];
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const output = node.outputs[0] as string;
    const value =
      node.op === "Constant" && node.domain === "" && !outputs.has(output) ? heldBy(node) : undefined;
    if (value) hoisted.push({ ...value, name: output });
    else nodes.push(mapBodies(node, hoistConstants));
  }
  if (hoisted.length === 0 && nodes.every((node, i) => node === graph.nodes[i])) return graph;
  const constants = new Map([...graph.constants, ...hoisted.map((each) => [each.name, each] as const)]);
  return { ...graph, nodes, constants };
}

type Reader = (attribute: Attribute) => Constant | undefined;

/** What each attribute of Constant holds; the node has exactly one of them. */
const readers: Readonly<Record<string, Reader>> = {
  value: (each) => (each.type === "tensor" && each.value.dtype !== "string" ? each.value : undefined),
  value_float: (each) => (each.type === "float" ? numbers("float32", [], [each.value]) : undefined),
  value_floats: (each) =>
    each.type === "floats" ? numbers("float32", [each.value.length], each.value) : undefined,
  value_int: (each) => (each.type === "int" ? numbers("int64", [], [each.value]) : undefined),
  value_ints: (each) =>
    each.type === "ints" ? numbers("int64", [each.value.length], each.value) : undefined,
};

function numbers(
  dtype: "float32" | "int64",
  shape: number[],
  values: readonly (number | bigint)[],
): Constant {
  return constantOf("", tensor(dtype, shape, values));
}

/** The tensor that a Constant node stands for. */
export function heldBy(node: Node): Constant | undefined {
  for (const [name, attribute] of node.attributes) {
    const value = readers[name]?.(attribute);
    if (value) return value;
  }
  return undefined;
}
