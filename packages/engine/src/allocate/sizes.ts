// Sizes: what each layer's weights take in the file in each scheme, from one export plan a column. Exact for the column's
// own file; a mixed file differs by the few bytes of its recipe and of what columns share, which allocate.ts settles.

import type { Network } from "../network/network.ts";
import type { SizeReport } from "../protocol.ts";
import type { LayerChoice, Recipe } from "../recipe.ts";
import type { Evidence } from "./evidence.ts";

/** The exact size of the file that a recipe makes. */
export type SizeOf = (recipe: Recipe) => Promise<Pick<SizeReport, "bytes" | "layers">>;

export interface Column {
  readonly key: string;
  readonly recipe: Recipe;
  /** Exact, of the file with every layer in this column that has evidence there. */
  readonly bytes: number;
  /** By layer: its weights, and its part of the nodes and constants they bring. */
  readonly layers: ReadonlyMap<string, number>;
}

export interface Sizes {
  /** Of the file less what the layers take. */
  readonly rest: number;
  /** Layers as they are in the float file. */
  readonly float: ReadonlyMap<string, number>;
  readonly columns: ReadonlyMap<string, Column>;
}

/** @param defaults what the recipe says of everything that is not allocated */
export async function sizesOf(
  network: Network,
  evidence: readonly Evidence[],
  defaults: Recipe["defaults"],
  size: SizeOf,
): Promise<Sizes> {
  const kept: Recipe = { schema: "bitscape/recipe/1", ...(defaults && { defaults }) };
  const weights = evidence.filter(({ target }) => target === "weight");
  const still = withLayers(network, kept, () => undefined);
  const base = await size(still);
  const float = new Map(base.layers.map(({ id, bytes }) => [id, bytes]));
  const sum = (layers: Iterable<number>) => [...layers].reduce((total, bytes) => total + bytes, 0);
  const columns = new Map<string, Column>();
  for (const key of new Set(weights.map((each) => each.key))) {
    const own = new Map(weights.filter((each) => each.key === key).map((each) => [each.layer, each.scheme]));
    const recipe = withLayers(network, kept, (layer) => own.get(layer));
    const report = await size(recipe);
    const stored = new Map(report.layers.map(({ id, bytes }) => [id, bytes]));
    const added = report.bytes - base.bytes - sum(stored.values()) + sum(float.values());
    const share = added / own.size;
    const layers = new Map([...own.keys()].map((layer) => [layer, (stored.get(layer) ?? 0) + share]));
    columns.set(key, { key, recipe, bytes: report.bytes, layers });
  }
  return { rest: base.bytes - sum(float.values()), float, columns };
}

/** A recipe with a choice for the weights of every layer that has some: float where `choose` gives none. */
function withLayers(
  network: Network,
  recipe: Recipe,
  choose: (layer: string) => Evidence["scheme"] | undefined,
): Recipe {
  const weighted = network.layers.filter((layer) => layer.weights.length > 0);
  const layers = weighted.map(({ id }): [string, LayerChoice] => [id, { weight: choose(id) ?? "float" }]);
  return compact({ ...recipe, layers: Object.fromEntries(layers) });
}

/**
 * The same decision in fewer words: the commonest weight scheme becomes the default, and layers say what differs. The recipe
 * lies in the file: a small network would pay for its words.
 */
export function compact(recipe: Recipe): Recipe {
  const counts = new Map<string, number>();
  const weights = Object.values(recipe.layers ?? {}).flatMap((layer) =>
    layer === "float" ? [] : [layer.weight],
  );
  for (const choice of weights) {
    if (choice === undefined || choice === "float") continue;
    const text = JSON.stringify(choice);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const [commonest] = [...counts].sort((a, b) => b[1] - a[1]);
  if (!commonest) return recipe;
  const scheme = JSON.parse(commonest[0]) as Evidence["scheme"];
  const layers = Object.entries(recipe.layers ?? {}).flatMap(([id, choice]): [string, LayerChoice][] => {
    if (choice === "float") return [[id, choice]];
    const weight = difference(choice.weight, scheme);
    const left = { ...(weight && { weight }), ...(choice.activation && { activation: choice.activation }) };
    return Object.keys(left).length > 0 ? [[id, left]] : [];
  });
  return { ...recipe, defaults: { ...recipe.defaults, weight: scheme }, layers: Object.fromEntries(layers) };
}

function difference(choice: "float" | Evidence["scheme"] | undefined, from: Evidence["scheme"]) {
  if (choice === undefined || choice === "float") return choice;
  const fields = Object.entries(choice).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(from[name as keyof typeof from]),
  );
  return fields.length > 0 ? (Object.fromEntries(fields) as Evidence["scheme"]) : undefined;
}
