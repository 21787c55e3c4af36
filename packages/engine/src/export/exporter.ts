// Network + plan → the quantized Model. Pure: weights are encoded only when the model's bytes are asked for.

import {
  type Graph,
  type Model,
  type Node,
  opsetOf,
  raiseOpset,
  renameReads,
  Unsupported,
} from "@bitscape/graph";
import { biasPlans } from "../bias.ts";
import type { Network } from "../network/network.ts";
import type { Plan } from "../plan.ts";
import { type Recipe, recipeKey } from "../recipe.ts";
import { biasNodes } from "./biases.ts";
import { floatNodes, keptFloat } from "./floats.ts";
import { pointPart } from "./points.ts";
import { Pool } from "./pool.ts";
import { lastQuantized, weightOpset, weightPart } from "./weights.ts";

export interface Exported {
  readonly model: Model;
  readonly opset: number;
  readonly warnings: readonly string[];
  /** Bytes that each layer's weights take in the file: codes, scales, zero points and unpacking constants. */
  readonly layerBytes: ReadonlyMap<string, number>;
}

/** The key of metadata_props that carries the recipe. */
export const RECIPE_KEY = "bitscape.recipe";

/** The quantized model that a plan asks for, with its recipe inside. */
export function exportNetwork(network: Network, plan: Plan, recipe: Recipe): Exported {
  const { base, types, warnings } = raised(network, plan);
  const quantized = lastQuantized(network);
  const constants = new Map(base.graph.constants);
  for (const name of plan.weights.keys()) constants.delete(name);
  const biases = biasPlans(network, plan);
  for (const { bias } of biases) constants.delete(bias.name);
  const floats = keptFloat(base.graph, plan);
  for (const { name } of floats) constants.delete(name);
  const pool = new Pool(base.graph);
  const head: Node[] = [];
  const layerBytes = new Map<string, number>();
  for (const weight of plan.weights.values()) {
    const { nodes, bytes } = weightPart(network, plan, weight, types, quantized, pool);
    head.push(...nodes);
    layerBytes.set(weight.layer.id, (layerBytes.get(weight.layer.id) ?? 0) + bytes);
  }
  for (const each of biases) head.push(...biasNodes(each, quantized, pool));
  head.push(...floatNodes(floats, pool));
  const after = new Map<string, readonly Node[]>();
  const renamed = new Map<string, string>();
  for (const point of plan.points.values()) {
    const part = pointPart(point, pool);
    for (const [name, nodes] of part.after) after.set(name, nodes);
    for (const [name, output] of part.renamed) renamed.set(name, output);
  }
  for (const constant of pool.constants) constants.set(constant.name, constant);
  const graph: Graph = {
    ...base.graph,
    nodes: [...head.map(unnamed), ...inserted(base.graph, after, renamed)],
    constants,
    inputs: base.graph.inputs.filter((input) => !plan.weights.has(input.name)),
    // Shapes of inner values follow from the rest, and may not hold any more after simplification.
    valueInfo: [],
  };
  const metadata = new Map(base.metadata).set(RECIPE_KEY, recipeKey(recipe));
  const model: Model = { ...base, graph, metadata };
  return { model, opset: opsetOf(model), warnings: [...plan.warnings, ...warnings], layerBytes };
}

/** The network's model at the lowest opset that the plan's types need; 2-bit types are given up where 25 is out of reach. */
function raised(network: Network, plan: Plan): { base: Model; types: boolean; warnings: string[] } {
  const from = opsetOf(network.model);
  const needs = (types: boolean) =>
    Math.max(from, ...[...plan.weights.values()].map((weight) => weightOpset(weight, types)));
  const raise = (types: boolean): { base: Model; types: boolean; warnings: string[] } => {
    const to = needs(types);
    const warnings =
      to > opsetOf(network.original)
        ? [`opset: raised from ${opsetOf(network.original)} to ${to}, which the chosen types need`]
        : [];
    return { base: to > from ? raiseOpset(network.model, to) : network.model, types, warnings };
  };
  try {
    return raise(true);
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    const packed = raise(false);
    return { ...packed, warnings: [...packed.warnings, `${error.message}; weights are bit-packed instead`] };
  }
}

function inserted(
  graph: Graph,
  after: ReadonlyMap<string, readonly Node[]>,
  renamed: ReadonlyMap<string, string>,
): Node[] {
  const made = (name: string) => (after.get(name) ?? []).map(unnamed);
  const nodes: Node[] = graph.inputs.flatMap((input) => made(input.name));
  for (const node of graph.nodes) {
    nodes.push(named(renameReads(node, (name) => renamed.get(name) ?? name)));
    for (const output of node.outputs) nodes.push(...made(output));
  }
  return nodes;
}

/** What export adds needs no name: its values are named, and a small network would pay for it. */
function unnamed(node: Node): Node {
  return { ...node, name: "" };
}

/** Ids must survive export: a node without a name gets its id. */
function named(node: Node): Node {
  return node.name === node.id ? node : { ...node, name: node.id };
}
