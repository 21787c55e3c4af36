// Values under other names: reads in nodes and in the graphs inside them. Definitions are the caller's matter.

import type { Graph, Node } from "../graph.ts";
import { mapBodies } from "./bodies.ts";

/** The current name of a value. */
export type Renaming = (name: string) => string;

/** The node reading values by their current names; identical where it reads none that changed. */
export function renameReads(node: Node, renaming: Renaming): Node {
  const inputs = node.inputs.map(renaming);
  const changed = inputs.some((name, i) => name !== node.inputs[i]);
  return mapBodies(changed ? { ...node, inputs } : node, (body) => renameCaptures(body, renaming));
}

/** A graph inside a node: what it defines itself hides the outer value of that name. */
function renameCaptures(graph: Graph, outer: Renaming): Graph {
  const own = new Set([...graph.constants.keys(), ...graph.inputs.map((input) => input.name)]);
  for (const node of graph.nodes) for (const output of node.outputs) own.add(output);
  const renaming: Renaming = (name) => (own.has(name) ? name : outer(name));
  const nodes = graph.nodes.map((node) => renameReads(node, renaming));
  const outputs = graph.outputs.map((output) => {
    const name = renaming(output.name);
    if (name === output.name) return output;
    const { source: _, ...rest } = output;
    return { ...rest, name };
  });
  const same =
    nodes.every((node, i) => node === graph.nodes[i]) && outputs.every((o, i) => o === graph.outputs[i]);
  return same ? graph : { ...graph, nodes, outputs };
}
