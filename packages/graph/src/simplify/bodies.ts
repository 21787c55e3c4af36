// Rewriting the graphs inside a node (branches of If, bodies of Loop and Scan); the node stays identical
// where none of them changes.

import type { Attribute } from "../attribute.ts";
import { graphAttribute } from "../attribute.ts";
import type { Graph, Node } from "../graph.ts";

/** The node with `rewrite` applied to each graph it holds. */
export function mapBodies(node: Node, rewrite: (graph: Graph) => Graph): Node {
  let attributes: Map<string, Attribute> | undefined;
  for (const [name, attribute] of node.attributes) {
    const replaced = mapAttribute(attribute, rewrite);
    if (replaced === attribute) continue;
    attributes ??= new Map(node.attributes);
    attributes.set(name, replaced);
  }
  return attributes ? { ...node, attributes } : node;
}

function mapAttribute(attribute: Attribute, rewrite: (graph: Graph) => Graph): Attribute {
  if (attribute.type === "graph") {
    const graph = rewrite(attribute.value);
    return graph === attribute.value ? attribute : graphAttribute(graph);
  }
  if (attribute.type === "graphs") {
    const graphs = attribute.value.map(rewrite);
    return graphs.every((graph, i) => graph === attribute.value[i])
      ? attribute
      : { type: "graphs", value: graphs };
  }
  return attribute;
}
