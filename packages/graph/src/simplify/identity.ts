// Nodes that pass their input on: Identity, and Dropout in inference. Names of graph inputs and outputs never change.
// Source: ONNX Identity 1, Dropout 7 and 12.

import { tensorOf } from "../constant.ts";
import { type Graph, linksOf, type Node } from "../graph.ts";
import { mapBodies } from "./bodies.ts";
import { type Renaming, renameReads } from "./rename.ts";

/** The graph, and the graphs inside its nodes, without nodes that only pass a value on. */
export function removeIdentities(graph: Graph): Graph {
  const aliases = new Map<string, string>();
  const renaming: Renaming = (name) => {
    let current = name;
    for (let next = aliases.get(current); next !== undefined; next = aliases.get(current)) current = next;
    return current;
  };
  const { outputs } = linksOf(graph);
  const made = new Set<string>();
  const kept: Node[] = [];
  for (const node of graph.nodes) {
    const output = node.outputs[0] as string;
    const input = passesOn(graph, node) ? renaming(node.inputs[0] as string) : undefined;
    if (input !== undefined && !outputs.has(output)) {
      aliases.set(output, input);
      continue;
    }
    // A graph output takes its name back along the chain, to the node that makes the value.
    if (input !== undefined && made.has(input) && !outputs.has(input)) {
      aliases.set(input, output);
      made.add(output);
      continue;
    }
    for (const name of node.outputs) made.add(name);
    kept.push(mapBodies(node, removeIdentities));
  }
  const nodes = aliases.size === 0 ? kept : kept.map((node) => renamed(node, renaming));
  if (nodes.length === graph.nodes.length && nodes.every((node, i) => node === graph.nodes[i])) return graph;
  const valueInfo = graph.valueInfo.filter((info) => !aliases.has(info.name));
  return { ...graph, nodes, valueInfo };
}

function renamed(node: Node, renaming: Renaming): Node {
  const read = renameReads(node, renaming);
  const outputs = node.outputs.map(renaming);
  return outputs.some((name, i) => name !== node.outputs[i]) ? { ...read, outputs } : read;
}

function passesOn(graph: Graph, node: Node): boolean {
  if (node.domain !== "") return false;
  if (node.op === "Identity") return true;
  return node.op === "Dropout" && !readsMask(graph, node) && !trains(graph, node);
}

function readsMask(graph: Graph, node: Node): boolean {
  const { consumers, outputs } = linksOf(graph);
  return node.outputs.slice(1).some((name) => consumers.has(name) || outputs.has(name));
}

/** Dropout 12 trains where its third input says so; one that is not a constant may say so. */
function trains(graph: Graph, node: Node): boolean {
  const mode = node.inputs[2] ?? "";
  if (mode === "") return false;
  const value = linksOf(graph).constants.get(mode);
  return !value || Number(tensorOf(value).data[0]) !== 0;
}
