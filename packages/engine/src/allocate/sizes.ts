// Sizes: what each layer's weights take in the file in each scheme, from one export plan a column. Exact for the column's
// own file; a mixed file differs by the few bytes of its recipe and of what columns share, which allocate.ts settles.

import type { SizeReport } from "../export/calls.ts";
import type { Network } from "../network/network.ts";
import type { Choice, LayerChoice, Recipe } from "../recipe.ts";
import type { Scheme } from "./evidence.ts";

/** What a recipe says of everything that is not allocated. */
export type Kept = Pick<Recipe, "defaults" | "layers">;

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

/** @param schemes of weights: those that they may get */
export async function sizesOf(
  network: Network,
  schemes: readonly Scheme[],
  kept: Kept,
  size: SizeOf,
): Promise<Sizes> {
  const base: Recipe = { schema: "bitscape/recipe/1", ...kept };
  const weights = schemes.filter(({ target }) => target === "weight");
  const allocated = new Set(weights.map(({ layer }) => layer));
  // What is kept of them is about what they will not be.
  const without = withLayers(network, base, (layer) => (allocated.has(layer) ? "float" : undefined));
  const still = await size(without);
  const own = ({ id }: { readonly id: string }) => allocated.has(id);
  const float = new Map(still.layers.filter(own).map(({ id, bytes }) => [id, bytes]));
  const sum = (layers: Iterable<number>) => [...layers].reduce((total, bytes) => total + bytes, 0);
  const columns = new Map<string, Column>();
  for (const key of new Set(weights.map((each) => each.key))) {
    const column = new Map(
      weights.filter((each) => each.key === key).map((each) => [each.layer, each.scheme]),
    );
    const recipe = withLayers(network, without, (layer) => column.get(layer));
    const report = await size(recipe);
    const stored = new Map(report.layers.filter(own).map(({ id, bytes }) => [id, bytes]));
    const added = report.bytes - still.bytes - sum(stored.values()) + sum(float.values());
    const share = added / column.size;
    const layers = new Map([...column.keys()].map((layer) => [layer, (stored.get(layer) ?? 0) + share]));
    columns.set(key, { key, recipe, bytes: report.bytes, layers });
  }
  return { rest: still.bytes - sum(float.values()), float, columns };
}

/** A recipe with a choice for the weights of every layer that has some: as before, or float, where `choose` gives none. */
function withLayers(network: Network, recipe: Recipe, choose: (layer: string) => Choice | undefined): Recipe {
  const layers: Record<string, LayerChoice> = { ...recipe.layers };
  for (const { id, weights } of network.layers) {
    if (weights.length === 0) continue;
    const before = layers[id] === "float" ? ({ weight: "float", activation: "float" } as const) : layers[id];
    const weight = choose(id) ?? before?.weight ?? "float";
    layers[id] = { ...before, weight };
  }
  return compact({ ...recipe, layers });
}

/**
 * The same decision in fewer words: the commonest weight scheme becomes the default, and layers say what differs. The recipe
 * lies in the file: a small network would pay for its words.
 */
export function compact(recipe: Recipe): Recipe {
  const counts = new Map<string, number>();
  const weights = Object.values(recipe.layers ?? {}).flatMap((layer) =>
    layer === "float" || layer.weight === undefined || layer.weight === "float" ? [] : [layer.weight],
  );
  for (const choice of weights) {
    const text = JSON.stringify(choice);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const [commonest] = [...counts].sort((a, b) => b[1] - a[1]);
  if (!commonest) return recipe;
  // A layer would inherit a field that it does not name: only what all name can be left to the default.
  const named = Object.entries(JSON.parse(commonest[0]) as Scheme["scheme"]).filter(([name]) =>
    weights.every((choice) => name in choice),
  );
  const scheme = Object.fromEntries(named) as Scheme["scheme"];
  const layers = Object.entries(recipe.layers ?? {}).flatMap(([id, choice]): [string, LayerChoice][] => {
    if (choice === "float") return [[id, choice]];
    const weight = difference(choice.weight, scheme);
    const left = { ...(weight && { weight }), ...(choice.activation && { activation: choice.activation }) };
    return Object.keys(left).length > 0 ? [[id, left]] : [];
  });
  return { ...recipe, defaults: { ...recipe.defaults, weight: scheme }, layers: Object.fromEntries(layers) };
}

function difference(choice: Choice | undefined, from: Scheme["scheme"]) {
  if (choice === undefined || choice === "float") return choice;
  const fields = Object.entries(choice).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(from[name as keyof typeof from]),
  );
  return fields.length > 0 ? (Object.fromEntries(fields) as Scheme["scheme"]) : undefined;
}
