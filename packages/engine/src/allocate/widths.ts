// A recipe with other weights for some layers, in few words, stored as the recipe stores weights: what methods that choose
// widths alone make.

import { columnScheme } from "../cells/sensitivity.ts";
import { baseSchemes, type Choice, type LayerChoice, type Recipe, schemeFor } from "../recipe.ts";
import { compact } from "./sizes.ts";

/** How a recipe stores weights that say nothing themselves; the usual scheme where it leaves them float. */
export function weightStyle(recipe: Recipe): Choice {
  return schemeFor({ ...recipe, layers: {} }, "", "weight") ?? baseSchemes.weight;
}

/**
 * @param weighted all layers that have weights
 * @param bits by layer; the others keep what they have
 */
export function withWidths(
  weighted: readonly string[],
  recipe: Recipe,
  bits: ReadonlyMap<string, number>,
): Recipe {
  const style = weightStyle(recipe);
  const schemes = [...bits].map(([id, width]) => [id, columnScheme("weight", width, style)] as const);
  return withWeights(weighted, recipe, new Map(schemes));
}

/** The same with whole schemes. */
export function withWeights(
  weighted: readonly string[],
  recipe: Recipe,
  choices: ReadonlyMap<string, Choice>,
): Recipe {
  const layers: Record<string, LayerChoice> = { ...recipe.layers };
  for (const id of weighted) {
    const own = layers[id];
    const weight = choices.get(id) ?? schemeFor(recipe, id, "weight") ?? "float";
    layers[id] = { ...(own === "float" ? { activation: own } : own), weight };
  }
  return compact({ ...recipe, layers });
}
