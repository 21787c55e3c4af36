// What nothing needs: dead nodes, unused initializers, and notes about values that are gone. Graph inputs stay,
// since callers feed them by name.

import { type Graph, type Node, readsOf } from "../graph.ts";
import { mapBodies } from "./bodies.ts";

/** The graph without nodes and constants that no output depends on, inside its nodes too. */
export function prune(graph: Graph): Graph {
  const needed = new Set(graph.outputs.map((output) => output.name));
  const kept: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => needed.has(output))) continue;
    const pruned = mapBodies(node, prune);
    for (const name of readsOf(pruned)) needed.add(name);
    kept.push(pruned);
  }
  const nodes = kept.reverse();
  const constants = new Map([...graph.constants].filter(([name]) => needed.has(name)));
  // An initializer that is listed as an input goes with it: alone, the input would have to be fed.
  const inputs = graph.inputs.filter((input) => needed.has(input.name) || !graph.constants.has(input.name));
  return withoutStaleInfo(graph, { nodes, constants, inputs });
}

/** The graph with these parts, and value infos only of values that it has; identical where all is the same. */
function withoutStaleInfo(graph: Graph, parts: Pick<Graph, "nodes" | "constants" | "inputs">): Graph {
  const present = new Set([...parts.constants.keys(), ...parts.inputs.map((input) => input.name)]);
  for (const node of parts.nodes) for (const output of node.outputs) present.add(output);
  const valueInfo = graph.valueInfo.filter((info) => present.has(info.name));
  const same =
    parts.nodes.length === graph.nodes.length &&
    parts.nodes.every((node, i) => node === graph.nodes[i]) &&
    parts.constants.size === graph.constants.size &&
    parts.inputs.length === graph.inputs.length &&
    valueInfo.length === graph.valueInfo.length;
  return same ? graph : { ...graph, ...parts, valueInfo };
}
