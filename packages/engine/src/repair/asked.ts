// Which repairs a recipe asks for, and the same recipe with others. What each does is in the folders beside.

import type { Recipe } from "../recipe.ts";
import { type LearnedName, learnedNames, type RepairName, repairNames } from "./names.ts";

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
