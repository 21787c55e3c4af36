// The layers of a network: the nodes that decide weights or activations, and why others with constants are none.
// Not which scheme they get (recipe), nor which inputs are weights (weights.ts).

import {
  type Graph,
  type Inference,
  isCodes,
  isLayout,
  type Links,
  linksOf,
  type Model,
  macsOf,
  type Node,
  opName,
  sourcesOf,
  subgraphsOf,
} from "@bitscape/graph";
import type { Layer, Skipped } from "./network.ts";
import type { Point } from "./points.ts";
import { isQuantized } from "./quantized.ts";
import { isWeightLike, ruleOf, type Weight, weightsOf } from "./weights.ts";

export interface Found {
  readonly layers: readonly Layer[];
  readonly skipped: readonly Skipped[];
}

/** Every node, with those of inner graphs after the node that holds them. */
export function* allNodes(graph: Graph): Generator<Node> {
  for (const node of graph.nodes) {
    yield node;
    for (const [, body] of subgraphsOf(node)) yield* allNodes(body);
  }
}

/** A layer in the making. */
interface Row extends Layer {
  macs: number | null;
  readonly sharedWith: string[];
}

export function findLayers(model: Model, { values }: Inference, points: readonly Point[]): Found {
  const { graph } = model;
  const links = linksOf(graph);
  const skipped: Skipped[] = [];
  const byDecider = new Map<string, Point[]>();
  for (const point of points) {
    for (const id of point.deciders) byDecider.set(id, [...(byDecider.get(id) ?? []), point]);
  }
  const rows: Row[] = [];
  const owners = new Map<string, Row>();
  const readers = new Map<string, string[]>();
  const share = (weight: string, node: Node, through: string) => {
    const owner = owners.get(weight);
    if (!owner || owner.id === node.id) return false;
    if (owner.sharedWith.includes(node.id)) return true;
    owner.sharedWith.push(node.id);
    // Of a branch that is never taken nothing is known, and nothing costs.
    const more = macsOf(node, values);
    if (more !== undefined) owner.macs = (owner.macs ?? 0) + more;
    skipped.push({
      node: node.id,
      reason: `shares its weight with ${owner.id}${through}, whose scheme holds for both`,
    });
    return true;
  };
  for (const node of allNodes(graph)) {
    const { weights, reason } = weightsOf(node, graph.constants, links.outputs);
    const own: Weight[] = weights.filter((weight) => !owners.has(weight.name));
    const decides = byDecider.get(node.id) ?? [];
    const row: Row = {
      id: node.id,
      node,
      weights: own,
      points: decides,
      macs: macsOf(node, values) ?? null,
      sharedWith: [],
    };
    for (const { name } of weights) if (owners.get(name)?.id !== node.id) share(name, node, "");
    for (const weight of own) owners.set(weight.name, row);
    if (own.length > 0 || decides.length > 0) rows.push(row);
    if (reason !== undefined) skipped.push({ node: node.id, reason });
    if (weights.length > 0 || reason !== undefined) continue;
    for (const root of laidOutWeights(node, links)) {
      readers.set(root, [...(readers.get(root) ?? []), node.id]);
    }
    const why = unquantizable(node, links);
    if (why) skipped.push({ node: node.id, reason: why });
  }
  // A table may come after the product that reads it transposed: shares are known at the end.
  const nodes = new Map([...allNodes(graph)].map((node) => [node.id, node]));
  for (const [root, ids] of readers) {
    for (const id of ids) {
      const node = nodes.get(id) as Node;
      if (!share(root, node, " (in another layout)")) {
        skipped.push({
          node: id,
          reason: `its weight ${root} is read by others in another layout: kept float`,
        });
      }
    }
  }
  return { layers: rows, skipped };
}

/** Float constants that a node would have as weights, but for a node that lays them out for it. */
function laidOutWeights(node: Node, { constants, producer }: Links): string[] {
  const found: string[] = [];
  for (const input of ruleOf(node)?.inputs ?? []) {
    let name = node.inputs[input] ?? "";
    for (let maker = producer.get(name); maker && isLayout(maker); maker = producer.get(name)) {
      name = maker.inputs[0] ?? "";
    }
    const constant = name === node.inputs[input] ? undefined : constants.get(name);
    if (constant && isWeightLike(constant)) found.push(name);
  }
  return found;
}

// Smaller constants are scalars, biases and axes: not worth a line.
const WORTH_SAYING = 256;

/** Why a node without weights has none, where one might look for them; undefined where there is nothing to say. */
function unquantizable(node: Node, links: Links): string | undefined {
  const { constants, consumers } = links;
  if (isQuantized(node, constants)) {
    // A stored weight is said where it is read.
    const readers = consumers.get(node.outputs[0] ?? "") ?? [];
    const said =
      node.op === "DequantizeLinear" && readers.length > 0 && readers.every((reader) => ruleOf(reader));
    return said ? undefined : "is quantized already and kept as it is";
  }
  const packed = (ruleOf(node)?.inputs ?? []).some((input) => isPacked(node.inputs[input] ?? "", links));
  if (packed) return "its weight is quantized already and kept as it is";
  const big = node.inputs
    .map((name) => constants.get(name))
    .find((each) => each !== undefined && isWeightLike(each) && each.byteLength >= 4 * WORTH_SAYING);
  if (!big) return undefined;
  const what =
    node.domain === "com.microsoft.nchwc"
      ? "which an optimizer laid out in blocks for one kind of processor"
      : ruleOf(node)
        ? "as an operand that is not its weight"
        : "which is not an operator with weights";
  return `${opName(node)} reads the constant ${big.name} [${big.shape.join(", ")}], ${what}: kept float`;
}

/** Whether nodes make a value of constants with codes among them: a quantized weight that they unpack. */
function isPacked(name: string, { constants, producer }: Links): boolean {
  return !constants.has(name) && (sourcesOf(name, producer, constants)?.some(isCodes) ?? false);
}
