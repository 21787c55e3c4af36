// Obstacles: nodes between a layer and the output that have no gradient rule. What lies before one is not predicted, and
// is told which one.

import { unsupported } from "@bitscape/grad";
import { type Node, opName, readsOf } from "@bitscape/graph";
import type { CellKey } from "../cells/sensitivity.ts";
import { type Layer, layerOf, type Network } from "../network/network.ts";
import type { Target } from "../recipe.ts";
import type { Batching } from "./batching.ts";
import { type Form, formulationOf } from "./formulation.ts";
import { readersOf } from "./terms.ts";

export interface Obstacle {
  /** The node's id. */
  readonly node: string;
  readonly op: string;
  /** A sentence. */
  readonly reason: string;
}

const missing = (op: string, node: string) =>
  `${op} ${node}: no gradient rule, expected an operator with one between the layer and the output`;

export interface Way {
  readonly network: Network;
  readonly batching: Batching;
  readonly form: Form;
  /** Outputs that have a seed. */
  readonly outputs: readonly string[];
  /** Columns asked for. */
  readonly columns: number;
  /** Nodes whose rule refused them. */
  readonly refused: Iterable<Obstacle>;
}

/** A row's weights or activations. */
export type Row = Pick<CellKey, "layer" | "target">;

/** What is in the way of the gradients of some rows, one each; undefined where nothing is. */
export function obstaclesOf(way: Way, rows: readonly Row[]): (Obstacle | undefined)[] {
  const { network, batching, outputs, refused } = way;
  const { graph } = batching.model;
  const layers = new Map(network.layers.map((layer) => [layer.id, layer]));
  const found = rows.map(({ layer, target }) =>
    wantedOf(way, layers.get(layer) ?? layerOf(network, layer), target),
  );
  const others = [...refused];
  const first = (wrt: Iterable<string>) => unsupported(graph, batching.values, outputs, wrt)[0];
  const all = new Set(found.flatMap((each) => (Array.isArray(each) ? each : [])));
  // Nearly always nothing is in the way of any: then the graph is gone through once, and not for each row.
  const clear = others.length === 0 && first(all) === undefined;
  return found.map((wrt) => {
    if (!Array.isArray(wrt)) return wrt as Obstacle;
    const obstacle = clear ? undefined : first(wrt);
    if (obstacle) return { ...obstacle, reason: missing(obstacle.op, obstacle.node) };
    return others.find(({ node }) => isWithin(graph, node, wrt));
  });
}

/** Values that gradients of a row are taken with respect to; or what holds its weights within a body. */
function wantedOf(way: Way, layer: Layer, target: Target): string[] | Obstacle {
  const wrt = target === "activation" ? layer.points.map(({ tensor }) => tensor) : [];
  for (const weight of target === "weight" ? layer.weights : []) {
    const readers = readersOf(way.network, weight.name);
    // Within a body the gradient of the node that holds it is what is missing.
    if (readers.some((node) => !node.inputs.includes(weight.name)) || readers.length === 0) {
      const holder = readers[0] ?? layer.node;
      return { node: holder.id, op: opName(holder), reason: missing(opName(holder), holder.id) };
    }
    if (formulationOf(way, weight, way.columns) === "operator") {
      wrt.push(...readers.map((node) => node.outputs[0] as string));
    } else wrt.push(weight.name);
  }
  return wrt;
}

/** Whether a node lies behind one of some values. */
export function isWithin(graph: Network["model"]["graph"], id: string, wrt: readonly string[]): boolean {
  const reached = new Set(wrt);
  for (const node of graph.nodes) {
    if (!readsOf(node).some((name) => reached.has(name))) continue;
    if (node.id === id) return true;
    for (const output of node.outputs) reached.add(output);
  }
  return false;
}

/** The node that an error of a gradient rule is about: its sentence begins with it. */
export function obstacleIn({ model }: Network, error: Error): Obstacle | undefined {
  const node = model.graph.nodes.find((each: Node) =>
    error.message.startsWith(`${opName(each)} ${each.id}:`),
  );
  return node && { node: node.id, op: opName(node), reason: error.message };
}

/** A layer that is not predicted. */
export interface Without {
  readonly layer: string;
  readonly op: string;
  readonly reason: string;
}

/** The layers of some cells, for one reason. */
export function withoutAll(keys: readonly CellKey[], reason: string): Without[] {
  return [...new Set(keys.map(({ layer }) => layer))].map((layer) => ({ layer, op: "", reason }));
}

export function withoutOf(layer: string, { op, reason }: Obstacle): Without {
  return { layer, op, reason };
}
