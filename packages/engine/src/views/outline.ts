// The outline of a network's graph: which node feeds which, as plain records that cross to the page. Not the weights, not the
// constants, and no places on a screen (the page lays it out). Nodes are those of the simplified graph that probes start from,
// so a layer's id is its node's.

import { linksOf, readsOf, trueInputs } from "@bitscape/graph";
import type { Network } from "../network/network.ts";

export interface OutlineNode {
  /** As LayerSummary's where the node is a layer; `input:NAME` and `output:NAME` are the graph's own. */
  readonly id: string;
  /** Operator, with its domain where that is not ai.onnx; "Input" and "Output" for the graph's own. */
  readonly op: string;
  /** Id of the row of the heatmap whose scheme it is given: its own, or that of the layer whose weights it shares. */
  readonly layer?: string;
  /** Of its first output; null where it is not known. */
  readonly shape: readonly number[] | null;
}

export interface OutlineEdge {
  /** Indices into the nodes. */
  readonly from: number;
  readonly to: number;
}

export interface GraphOutline {
  /** In topological order: inputs first, outputs last. */
  readonly nodes: readonly OutlineNode[];
  /** Each pair once, however many values flow. */
  readonly edges: readonly OutlineEdge[];
}

/** What the page needs to draw a network's graph. Source: the graph of ONNX's ModelProto; subgraphs are not unfolded. */
export function outlineOf(network: Network): GraphOutline {
  const { graph } = network.model;
  const { producer } = linksOf(graph);
  const rows = new Map<string, string>();
  for (const { id, node, sharedWith } of network.layers) {
    for (const other of sharedWith) rows.set(other, id);
    rows.set(node.id, id);
  }
  const shapeOf = (value: string | undefined) => {
    const shape = value === undefined ? undefined : network.values.get(value)?.shape;
    return shape ? [...shape] : null;
  };
  const inputs = trueInputs(graph);
  const nodes: OutlineNode[] = [
    ...inputs.map(({ name }) => ({ id: `input:${name}`, op: "Input", shape: shapeOf(name) })),
    ...graph.nodes.map(({ id, op, domain, outputs }) => {
      const layer = rows.get(id);
      return {
        id,
        op: domain === "" ? op : `${domain}.${op}`,
        ...(layer !== undefined && { layer }),
        shape: shapeOf(outputs[0]),
      };
    }),
    ...graph.outputs.map(({ name }) => ({ id: `output:${name}`, op: "Output", shape: shapeOf(name) })),
  ];
  const first = inputs.length;
  const at = new Map<string, number>(inputs.map(({ name }, i) => [name, i]));
  const index = new Map(graph.nodes.map((node, i) => [node, first + i]));
  const from = (value: string) => {
    const maker = producer.get(value);
    return maker ? index.get(maker) : at.get(value);
  };
  const edges: OutlineEdge[] = [];
  const join = (values: Iterable<string>, to: number) => {
    const sources = new Set<number>();
    for (const value of values) {
      const source = from(value);
      if (source !== undefined && source !== to) sources.add(source);
    }
    for (const source of sources) edges.push({ from: source, to });
  };
  graph.nodes.forEach((node, i) => {
    join(readsOf(node), first + i);
  });
  graph.outputs.forEach(({ name }, i) => {
    join([name], first + graph.nodes.length + i);
  });
  return { nodes, edges };
}
