// Nodes that pass an input on (noop.ts says which) taken out. Names of graph inputs and outputs never change.

import { type Graph, linksOf, type Node } from "../graph.ts";
import { mapBodies } from "./bodies.ts";
import { type Facts, passedOn } from "./noop.ts";
import { type Renaming, renameReads } from "./rename.ts";

/**
 * The graph, and the graphs inside its nodes, without nodes that only pass a value on.
 * @param facts of the main graph's values; without them, only what nodes and constants say
 */
export function removeIdentities(graph: Graph, facts: Facts = new Map()): Graph {
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
    const passed = passedOn(graph, node, facts);
    const input = passed === undefined ? undefined : renaming(passed);
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
    kept.push(mapBodies(node, (body) => removeIdentities(body)));
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
