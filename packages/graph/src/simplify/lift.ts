// Weights of inner graphs (branches of If, bodies of Loop and Scan) moved to the main graph, where captures reach
// them: quantization then has one place to look. Values do not change; ids of nodes stay.

import type { Constant } from "../constant.ts";
import type { Graph } from "../graph.ts";
import { mapBodies } from "./bodies.ts";
import { type Names, namesBeside } from "./names.ts";
import { renameReads } from "./rename.ts";

/** Moves the constants of inner graphs that `wanted` picks to the main graph, under names unused there. */
export function liftConstants(graph: Graph, wanted: (constant: Constant) => boolean): Graph {
  const names = namesBeside(graph);
  const lifted = new Map<string, Constant>();
  const nodes = graph.nodes.map((node) => mapBodies(node, (body) => emptied(body, wanted, names, lifted)));
  if (lifted.size === 0) return graph;
  return { ...graph, nodes, constants: new Map([...graph.constants, ...lifted]) };
}

function emptied(
  body: Graph,
  wanted: (constant: Constant) => boolean,
  names: Names,
  lifted: Map<string, Constant>,
): Graph {
  const renamed = new Map<string, string>();
  const shown = new Set([...body.outputs, ...body.inputs].map((value) => value.name));
  const constants = new Map(body.constants);
  for (const constant of body.constants.values()) {
    if (shown.has(constant.name) || !wanted(constant)) continue;
    constants.delete(constant.name);
    const name = names(constant.name);
    renamed.set(constant.name, name);
    lifted.set(name, { ...constant, name });
  }
  const nodes = body.nodes
    .map((node) => renameReads(node, (name) => renamed.get(name) ?? name))
    .map((node) => mapBodies(node, (inner) => emptied(inner, wanted, names, lifted)));
  if (renamed.size === 0 && nodes.every((node, i) => node === body.nodes[i])) return body;
  return { ...body, nodes, constants };
}
