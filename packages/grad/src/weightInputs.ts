// Constants of a graph as inputs, so that a session outlives their values: what trains or perturbs weights feeds them.

import { build, type Graph } from "@bitscape/graph";

/** The graph with these constants as inputs, in this order after its own. Throws where one is not a constant. */
export function withInputs(graph: Graph, names: readonly string[]): Graph {
  const constants = new Map(graph.constants);
  const listed = new Set(graph.inputs.map((input) => input.name));
  const added = names.flatMap((name) => {
    const constant = constants.get(name);
    if (!constant) throw new Error(`value ${name}: not an initializer, expected one to feed instead`);
    constants.delete(name);
    // IR 3 lists initializers as inputs already.
    return listed.has(name) ? [] : [build.value(name, constant.dtype, constant.shape)];
  });
  return { ...graph, constants, inputs: [...graph.inputs, ...added] };
}
