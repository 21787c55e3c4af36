// Names for what a rewrite adds: values, constants and node ids share one set, unique in the whole model.

import { subgraphsOf } from "../attribute.ts";
import type { Graph } from "../graph.ts";

/** A source of unused names; a name that it gives is used from then on. */
export type Names = (wanted: string) => string;

/** Names that no value, constant or node of the graph, or of any graph inside it, has. */
export function namesBeside(graph: Graph): Names {
  const taken = new Set<string>();
  collect(graph, taken);
  return (wanted) => {
    let name = wanted;
    for (let i = 1; taken.has(name); i++) name = `${wanted}_${i}`;
    taken.add(name);
    return name;
  };
}

function collect(graph: Graph, taken: Set<string>): void {
  for (const input of graph.inputs) taken.add(input.name);
  for (const name of graph.constants.keys()) taken.add(name);
  for (const node of graph.nodes) {
    taken.add(node.id);
    for (const output of node.outputs) taken.add(output);
    for (const [, body] of subgraphsOf(node)) collect(body, taken);
  }
}
