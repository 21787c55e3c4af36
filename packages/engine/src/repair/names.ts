// The names of repairs, as recipes and flags have them, and what their words come to. What each does is in the files beside.

import type { Recipe } from "../recipe.ts";

/** In the order in which they are done. */
export const repairNames = ["equalization", "bias-correction"] as const;
export type RepairName = (typeof repairNames)[number];

/** A recipe with a repair, or without it: the key is left out where there is none. */
export function withRepair(recipe: Recipe, name: RepairName, on = true): Recipe {
  const { repairs = [], ...rest } = recipe;
  const kept = repairNames.filter((each) => (each === name ? on : repairs.includes(each)));
  return kept.length > 0 ? { ...rest, repairs: kept } : rest;
}

/** A recipe without what needs a network to be rewritten or run first: what its tensors alone say. */
export function withoutRepairs({ repairs: _, tokens: __, ...recipe }: Recipe): Recipe {
  return recipe;
}

/** A recipe with the repairs of another. */
export function asBefore(recipe: Recipe, before: Recipe): Recipe {
  return repairNames.reduce(
    (made, name) => withRepair(made, name, before.repairs?.includes(name) ?? false),
    recipe,
  );
}
