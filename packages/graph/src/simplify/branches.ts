// An If whose condition is a constant is the branch that it takes. Values do not change.
// Source: ONNX If 1 to 25.

import { type Constant, tensorOf } from "../constant.ts";
import { type Graph, linksOf, type Node } from "../graph.ts";
import { mapBodies } from "./bodies.ts";
import { instantiate } from "./instance.ts";
import { type Moves, namesWithin } from "./names.ts";

/** The graph, and the graphs inside its nodes, with decided branches in place of their If. */
export function takeBranches(graph: Graph): Graph {
  let names: Moves | undefined;
  return taken(graph, new Map(), () => {
    names ??= namesWithin(graph);
    return names;
  });
}

/** @param outer conditions that are known outside, by name */
function taken(graph: Graph, outer: ReadonlyMap<string, boolean>, names: () => Moves): Graph {
  const known = new Map(outer);
  for (const input of graph.inputs) known.delete(input.name);
  for (const { outputs } of graph.nodes) for (const name of outputs) known.delete(name);
  for (const [name, constant] of linksOf(graph).constants) {
    if (constant.dtype === "bool" && constant.byteLength === 1)
      known.set(name, Number(tensorOf(constant).data[0]) !== 0);
  }
  const added = new Map(graph.constants);
  const nodes = graph.nodes.flatMap((node): readonly Node[] => {
    const next = mapBodies(node, (body) => taken(body, known, names));
    const condition = node.op === "If" && node.domain === "" ? known.get(node.inputs[0] ?? "") : undefined;
    const branch = next.attributes.get(condition ? "then_branch" : "else_branch");
    if (condition === undefined || branch?.type !== "graph") return [next];
    // A branch that takes inputs, or makes too little, is none: the runtime says so.
    const { inputs, outputs } = branch.value;
    if (inputs.length > 0 || outputs.length !== node.outputs.length) return [next];
    return unwrapped(next, branch.value, names(), added);
  });
  const same = nodes.length === graph.nodes.length && nodes.every((node, i) => node === graph.nodes[i]);
  return same ? graph : { ...graph, nodes, constants: added };
}

function unwrapped(
  node: Node,
  branch: Graph,
  names: Moves,
  constants: Map<string, Constant>,
): readonly Node[] {
  const given = new Map<string, string>();
  for (const constant of branch.constants.values()) {
    const name = names.moved(constant.name);
    given.set(constant.name, name);
    constants.set(name, { ...constant, name });
  }
  const { nodes, nameOf } = instantiate(branch.nodes, given, { value: names.moved, id: (id) => id });
  // The outputs of the If keep their names; an Identity passes each on, and goes where it may.
  const passed = node.outputs.flatMap((output, i): readonly Node[] => {
    const result = branch.outputs[i];
    if (output === "" || !result) return [];
    const id = names.fresh(`${node.id}/${output}`);
    const inputs = [nameOf(result.name)];
    return [{ id, name: id, op: "Identity", domain: "", inputs, outputs: [output], attributes: new Map() }];
  });
  return [...nodes, ...passed];
}
