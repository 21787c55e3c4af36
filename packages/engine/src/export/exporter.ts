// Network + plan → the quantized Model. Pure: weights are encoded only when the model's bytes are asked for.

import {
  type Graph,
  linksOf,
  type Model,
  type Node,
  opsetOf,
  raiseOpset,
  renameReads,
  Unsupported,
} from "@bitscape/graph";
import type { Format } from "@bitscape/quant";
import type { IntegerReport } from "../integer/report.ts";
import type { Network } from "../network/network.ts";
import { biasPlans } from "../plan/bias.ts";
import type { Plan, WeightPlan } from "../plan/plan.ts";
import { type Recipe, recipeKey } from "../recipe.ts";
import { biasNodes } from "./biases.ts";
import { keptApart, meddledWeights, One } from "./floats.ts";
import { Packs } from "./packs.ts";
import { pointOpset, pointPart } from "./points.ts";
import { Pool } from "./pool.ts";
import {
  type Held,
  lastEncoded,
  memoryOf,
  type WeightPart,
  type Whole,
  weightOpset,
  weightPart,
} from "./weights.ts";

/** What an export makes of one weight. */
export interface StoredTensor {
  /** Id of the layer that decides it. */
  readonly layer: string;
  readonly weight: string;
  readonly format: Format;
  readonly elements: number;
  /** In the file: codes, scales, zero points, tables and unpacking constants. */
  readonly bytes: number;
  readonly memory: Held;
}

export interface Exported {
  readonly model: Model;
  readonly opset: number;
  readonly warnings: readonly string[];
  /** The quantized weights, in the plan's order. */
  readonly tensors: readonly StoredTensor[];
  /** Of an integer-only file: its layers' multipliers and shifts. */
  readonly integer?: IntegerReport;
}

/** The key of metadata_props that carries the recipe. */
export const RECIPE_KEY = "bitscape.recipe";

/** The quantized model that a plan asks for, with its recipe inside. */
export function exportNetwork(network: Network, plan: Plan, recipe: Recipe): Exported {
  const { base, types, warnings } = raised(network, plan);
  const encoded = lastEncoded(network);
  const constants = new Map(base.graph.constants);
  for (const name of plan.weights.keys()) constants.delete(name);
  const biases = biasPlans(network, plan);
  for (const { bias } of biases) constants.delete(bias.name);
  const pool = new Pool(base.graph);
  const packs = new Packs<WeightPlan>(pool);
  const one = new One(pool);
  const meddled = meddledWeights(base.graph, plan);
  const whole: Whole = { network, plan, types, encoded, pool, packs, one: () => one.value(), meddled };
  const head: Node[] = [];
  const parts: { readonly weight: WeightPlan; readonly part: WeightPart }[] = [];
  const layPacks = (everything: boolean) => {
    let before = pool.constants.length;
    for (const owners of packs.lay(everything)) {
      pool.prepareFrom(before, async (between) => {
        for (const owner of owners) await encoded.prepare(owner, between);
      });
      before = pool.constants.length;
    }
  };
  for (const weight of plan.weights.values()) {
    const before = pool.constants.length;
    const part = weightPart(whole, weight);
    pool.prepareFrom(before, (between) => encoded.prepare(weight, between));
    head.push(...part.nodes);
    parts.push({ weight, part });
    layPacks(false);
  }
  layPacks(true);
  head.unshift(...packs.nodes);
  const tensors = parts.map(({ weight, part }): StoredTensor => {
    const { name, elements } = weight.weight;
    const { bytes, memory } = part;
    return {
      layer: weight.layer.id,
      weight: name,
      format: weight.format.name,
      elements,
      bytes: bytes(),
      memory,
    };
  });
  for (const each of biases) head.push(...biasNodes(each, encoded, pool));
  const left = new Set([...meddled].filter((name) => constants.has(name)));
  head.unshift(...one.nodes);
  const after = new Map<string, readonly Node[]>();
  const renamed = new Map<string, string>();
  for (const point of plan.points.values()) {
    const part = pointPart(point, linksOf(base.graph), pool);
    for (const [name, nodes] of part.after) after.set(name, nodes);
    for (const [name, output] of part.renamed) renamed.set(name, output);
  }
  for (const constant of pool.constants) constants.set(constant.name, constant);
  const graph: Graph = {
    ...base.graph,
    nodes: [...head.map(unnamed), ...keptApart(inserted(base.graph, after, renamed), left, pool)],
    constants,
    inputs: base.graph.inputs.filter((input) => !plan.weights.has(input.name)),
    // Shapes of inner values follow from the rest, and may not hold any more after simplification.
    valueInfo: [],
  };
  const metadata = new Map(base.metadata).set(RECIPE_KEY, recipeKey(recipe));
  const model: Model = { ...base, graph, metadata };
  return {
    model,
    opset: opsetOf(model),
    warnings: [...plan.warnings, ...warnings, ...unheard(plan, types)],
    tensors,
  };
}

/** The network's model at the lowest opset that the plan's types need; newer types are given up where they are out of reach. */
function raised(network: Network, plan: Plan): { base: Model; types: boolean; warnings: string[] } {
  const from = opsetOf(network.model);
  const needs = (types: boolean) =>
    Math.max(
      from,
      ...[...plan.weights.values()].map((weight) => weightOpset(weight, types)),
      ...[...plan.points.values()].map(pointOpset),
    );
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
    return {
      ...packed,
      warnings: [...packed.warnings, `${error.message}; older operators store the weights instead`],
    };
  }
}

/** A sentence for each format that cannot be held in memory as a scheme asks. */
function unheard(plan: Plan, types: boolean): string[] {
  const sentences = [...plan.weights.values()].flatMap((weight) => {
    const { memory } = weight.scheme;
    const given = memoryOf(weight, types);
    if (memory === undefined || memory === given) return [];
    return [`memory: "${memory}" for ${weight.format.name}, which can only be ${given}, and is`];
  });
  return [...new Set(sentences)];
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
