// The names of repairs, as recipes and flags have them, and what their words come to. What each does is in the files beside.

import type { Recipe } from "../recipe.ts";

/** In the order in which they are done. */
export const repairNames = ["equalization", "rounding", "adaround", "bias-correction"] as const;
export type RepairName = (typeof repairNames)[number];

/** Two ways of learning the same thing, of which a recipe has one: by descent, or as published. */
export const learnedNames = ["rounding", "adaround"] as const satisfies readonly RepairName[];
export type LearnedName = (typeof learnedNames)[number];

/** How a recipe's rounding is learned; undefined where it is not. */
export const learnedIn = ({ repairs = [] }: Pick<Recipe, "repairs">): LearnedName | undefined =>
  learnedNames.find((name) => repairs.includes(name));

/** A recipe with a repair, or without it: the key is left out where there is none. */
export function withRepair(recipe: Recipe, name: RepairName, on = true): Recipe {
  const { repairs = [], ...rest } = recipe;
  const learned: readonly RepairName[] = learnedNames;
  const instead = (each: RepairName) => on && learned.includes(name) && learned.includes(each);
  const kept = repairNames.filter((each) => (each === name ? on : repairs.includes(each) && !instead(each)));
  return kept.length > 0 ? { ...rest, repairs: kept } : rest;
}

/** A recipe whose weights are rounded as their schemes say. */
export function withoutLearned(recipe: Recipe): Recipe {
  return learnedNames.reduce((made, name) => withRepair(made, name, false), recipe);
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
