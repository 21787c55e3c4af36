// Moves: a recipe with one layer's weights in a smaller scheme. Which of them is worth its loss is decided by who measures.

import type { Recipe } from "../recipe.ts";
import { optionFor, type Table } from "./table.ts";
import { withWeights } from "./widths.ts";

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
        {
          name: `${id} ${option.key}`,
          rate,
          recipe: withWeights(table.weighted, recipe, new Map([[id, option.evidence.scheme]])),
        },
      ];
    });
  });
  return moves.toSorted((a, b) => a.rate - b.rate);
}
