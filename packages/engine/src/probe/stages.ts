// Stages: where a probe can be cut, so that what lies before the changed layer need not run again. Pure planning; the
// Probe runs what is planned here, and gives the same outputs with cuts as without.

import { build, type Graph, linksOf, type Model, macsOf, readsOf } from "@bitscape/graph";
import { byteLengthOf, sizeOf } from "@bitscape/tensor";
import type { Network } from "../network/network.ts";

/** A place between two nodes, and the values that cross it. */
export interface Cut {
  /** Nodes before this index are the prefix. */
  readonly position: number;
  /** Values made before and read after; their names and types. */
  readonly tensors: readonly { readonly name: string; readonly dtype: "float32" | "int64" }[];
  /** Of all of them, for one sample. */
  readonly bytes: number;
}

// More cuts save little: with six, a sweep over equally costly layers runs 57 % of the nodes, with infinitely many 50 %.
const MOST = 6;
// A cut that many values cross (within a dense block, say) costs more to feed than it saves.
const MOST_TENSORS = 4;

/** The best cuts of a probe: as evenly spaced in cost as its narrow places allow; none where costs are unknown. */
export function findCuts(probe: Model, network: Network): Cut[] {
  const { nodes } = probe.graph;
  const cost: number[] = [0];
  for (const node of nodes) cost.push((cost.at(-1) as number) + (macsOf(node, network.values) ?? 0));
  const total = cost.at(-1) as number;
  if (total === 0) return [];
  const candidates = crossings(probe.graph, network);
  const cuts: Cut[] = [];
  for (let k = 1; k <= MOST; k++) {
    const goal = (k * total) / (MOST + 1);
    const near = candidates.filter(
      (cut) => Math.abs((cost[cut.position] as number) - goal) <= total / (2 * (MOST + 1)),
    );
    // Among the places near the goal the cheapest to keep.
    const [best] = near.sort((a, b) => a.bytes - b.bytes || a.position - b.position);
    if (best) cuts.push(best);
  }
  return cuts;
}

/** Every place that few enough values of known type cross. */
export function crossings(graph: Graph, network: Pick<Network, "model" | "values">): Cut[] {
  const { producer, constants } = linksOf(graph);
  const samples = new Set(network.model.graph.inputs.map((input) => input.name));
  const lastRead = new Map<string, number>();
  graph.nodes.forEach((node, i) => {
    for (const name of readsOf(node)) lastRead.set(name, i);
  });
  for (const output of graph.outputs) lastRead.set(output.name, graph.nodes.length);
  const live = new Set<string>();
  const found: Cut[] = [];
  graph.nodes.forEach((node, i) => {
    for (const output of node.outputs) if (output !== "" && !constants.has(output)) live.add(output);
    for (const name of live) if ((lastRead.get(name) ?? -1) <= i) live.delete(name);
    if (live.size === 0 || live.size > MOST_TENSORS) return;
    // Samples that are read later are fed anyway: they need not be kept.
    const tensors = [...live]
      .filter((name) => producer.has(name) && !samples.has(name))
      .map((name) => typed(name, network));
    if (!tensors.every((each) => each !== undefined)) return;
    const bytes = tensors.reduce((sum, each) => sum + each.bytes, 0);
    found.push({ position: i + 1, tensors: tensors.map(({ name, dtype }) => ({ name, dtype })), bytes });
  });
  return found;
}

/** Type and size of a value of the probe: the network's, or a quantizer's output, which is as its input. */
function typed(
  name: string,
  { values }: Pick<Network, "values">,
): { name: string; dtype: "float32" | "int64"; bytes: number } | undefined {
  const value = values.get(name.replace(/\/bitscape\.quantized$/, ""));
  if (value?.dtype !== "float32" && value?.dtype !== "int64") return undefined;
  return { name, dtype: value.dtype, bytes: byteLengthOf(value.dtype, sizeOf(value.shape)) };
}

/** The part of a probe after a cut: the values that cross it are inputs; outputs made before it are left out. */
export function suffixModel(probe: Model, cut: Cut): Model {
  const { graph } = probe;
  const nodes = graph.nodes.slice(cut.position);
  const reads = new Set(nodes.flatMap(readsOf));
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const crossing = cut.tensors.map(({ name, dtype }) => build.value(name, dtype));
  return {
    ...probe,
    graph: {
      ...graph,
      nodes,
      inputs: [...graph.inputs, ...crossing].filter((input) => reads.has(input.name)),
      outputs: graph.outputs.filter((output) => made.has(output.name)),
      constants: new Map([...graph.constants].filter(([name]) => reads.has(name))),
    },
  };
}

/** The part of a probe before a cut, whose outputs are the values that cross it. */
export function prefixModel(probe: Model, cut: Cut): Model {
  const { graph } = probe;
  const wanted = new Set(cut.tensors.map(({ name }) => name));
  // Only what leads to those values: a side branch to an early output need not run.
  const nodes = graph.nodes
    .slice(0, cut.position)
    .toReversed()
    .filter((node) => {
      if (!node.outputs.some((output) => wanted.has(output))) return false;
      for (const name of readsOf(node)) wanted.add(name);
      return true;
    })
    .toReversed();
  return {
    ...probe,
    graph: {
      ...graph,
      nodes,
      inputs: graph.inputs.filter((input) => wanted.has(input.name)),
      outputs: cut.tensors.map(({ name, dtype }) => build.value(name, dtype)),
      constants: new Map([...graph.constants].filter(([name]) => wanted.has(name))),
    },
  };
}
