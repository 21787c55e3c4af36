// Moves: a recipe with one layer's weights in a smaller scheme. Which of them is worth its loss is decided by who measures.

import { type Recipe, schemeFor } from "../recipe.ts";
import type { Evidence } from "./evidence.ts";
import { compact } from "./sizes.ts";
import { optionFor, type Table } from "./table.ts";

export interface Move {
  readonly name: string;
  readonly recipe: Recipe;
}

/** All of a recipe, those that save most for what they are expected to lose first. */
export function movesFrom(table: Table, recipe: Recipe): Move[] {
  const weights = table.choices.filter(({ target }) => target === "weight");
  const moves = weights.flatMap(({ id, options }) => {
    const now = optionFor(recipe, id, "weight", options);
    if (!now) return [];
    return options.flatMap((option) => {
      if (!option.evidence || option.bytes >= now.bytes) return [];
      const rate = (option.value - now.value) / (now.bytes - option.bytes);
      return [
        { name: `${id} ${option.key}`, rate, recipe: withWeight(table, recipe, id, option.evidence.scheme) },
      ];
    });
  });
  return moves.toSorted((a, b) => a.rate - b.rate);
}

/** A recipe with other weights for one layer, in few words. */
function withWeight({ weighted }: Table, recipe: Recipe, layer: string, scheme: Evidence["scheme"]): Recipe {
  const layers = { ...recipe.layers };
  for (const id of weighted) {
    const own = layers[id];
    const weight = id === layer ? scheme : (schemeFor(recipe, id, "weight") ?? "float");
    layers[id] = { ...(own === "float" ? { activation: own } : own), weight };
  }
  return compact({ ...recipe, layers });
}
