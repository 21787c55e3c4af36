// A copy of nodes to be put into another graph (the body of a function, the branch of an If): every value that the
// nodes define gets a name unused there, and so do those that the graphs inside them define.

import type { Graph, Node } from "../graph.ts";
import { mapBodies } from "./bodies.ts";
import type { Renaming } from "./rename.ts";

/** How a copy calls what it holds; both must give what is unused where the copy goes. */
export interface Labels {
  readonly value: (name: string) => string;
  readonly id: (id: string) => string;
}

export interface Instance {
  readonly nodes: readonly Node[];
  /** What a name of the copied graph is called where it is put. */
  readonly nameOf: Renaming;
}

/**
 * Copies nodes under new names.
 * @param given names of values that exist where the copy goes; "" for an input that is left out
 * @param free what a name that nothing defines is called there: for a capture itself
 */
export function instantiate(
  nodes: readonly Node[],
  given: ReadonlyMap<string, string>,
  labels: Labels,
  free: Renaming = (name) => name,
): Instance {
  const defined = new Map(given);
  for (const { outputs } of nodes) {
    for (const name of outputs) {
      if (name !== "" && !defined.has(name)) defined.set(name, labels.value(name));
    }
  }
  const nameOf: Renaming = (name) => (name === "" ? "" : (defined.get(name) ?? free(name)));
  const copies = nodes.map((node) => {
    const id = labels.id(node.id);
    const copy = mapBodies(node, (body) => copyBody(body, nameOf, labels));
    return { ...copy, id, name: id, inputs: node.inputs.map(nameOf), outputs: node.outputs.map(nameOf) };
  });
  return { nodes: copies, nameOf };
}

function copyBody(body: Graph, outer: Renaming, labels: Labels): Graph {
  const own = new Map<string, string>();
  const define = (name: string) => own.set(name, labels.value(name));
  for (const input of body.inputs) define(input.name);
  for (const name of body.constants.keys()) if (!own.has(name)) define(name);
  const { nodes, nameOf } = instantiate(body.nodes, own, labels, outer);
  return {
    ...body,
    nodes,
    constants: new Map(
      [...body.constants.values()].map((each) => [nameOf(each.name), { ...each, name: nameOf(each.name) }]),
    ),
    inputs: body.inputs.map(({ source: _, ...input }) => ({ ...input, name: nameOf(input.name) })),
    outputs: body.outputs.map(({ source: _, ...output }) => ({ ...output, name: nameOf(output.name) })),
    valueInfo: [],
  };
}
