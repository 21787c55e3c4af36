// Idle quantizers: activations that a recipe's defaults quantize although no layer beside them runs on integers. They cost
// time and loss and bring nothing: under a budget of time they are taken out of the recipe.

import { linksOf } from "@bitscape/graph";
import { formatFacts } from "@bitscape/quant";
import type { Layer, Network } from "../network/network.ts";
import { afterAbsorbed } from "../network/points.ts";
import { type LayerChoice, type Recipe, schemeFor } from "../recipe.ts";

/** The recipe without them; choices that it makes layer by layer stay. */
export function withoutIdle(network: Network, recipe: Recipe): Recipe {
  const links = linksOf(network.model.graph);
  const used = new Set<string>();
  for (const layer of network.layers) {
    if (!runsOnIntegers(layer, recipe)) continue;
    for (const id of [layer.id, ...layer.sharedWith]) {
      const node = network.model.graph.nodes.find((each) => each.id === id);
      for (const name of node?.inputs ?? []) used.add(name);
      for (const name of node?.outputs ?? []) used.add(afterAbsorbed(name, links));
    }
  }
  const idle = new Set(
    network.points
      .filter(({ tensor, aliases }) => ![tensor, ...aliases].some((name) => used.has(name)))
      .map(({ tensor }) => tensor),
  );
  const layers: Record<string, LayerChoice> = { ...recipe.layers };
  for (const { id, points } of network.layers) {
    const own = layers[id];
    if (own === "float" || own?.activation !== undefined || points.length === 0) continue;
    if (points.every(({ tensor }) => idle.has(tensor))) layers[id] = { ...own, activation: "float" };
  }
  return { ...recipe, layers };
}

// Codes of four bits and fewer, and blocks, are expanded to floats before a kernel sees them.
function runsOnIntegers({ id, weights, node, points }: Layer, recipe: Recipe): boolean {
  if (weights.length === 0) return node.op === "MatMul" && points.length > 0;
  const scheme = schemeFor(recipe, id, "weight");
  if (!scheme) return false;
  const { family, bits } = formatFacts(scheme.format);
  return family === "int" && bits > 4 && bits <= 8 && typeof scheme.granularity === "string";
}
