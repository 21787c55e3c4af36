// What of a recipe's repairs the figures of single cells know. Equalisation and folding make another float network, and a cell of
// a recipe with them is a cell of that network, exactly. Repairs that mend what a whole plan does are not in its parts.

import type { Recipe } from "../recipe.ts";
import type { RepairName } from "./names.ts";

/** What of a recipe makes another float network of the one at hand. */
export type Remade = Pick<Recipe, "repairs" | "tokens">;

/** Of the repairs, those that make another float network. */
const remaking: ReadonlySet<RepairName> = new Set(["equalization"]);

/** What cells of a recipe's network are asked with; nothing where it is the one at hand. */
export function remadeOf({ repairs = [], tokens }: Remade): Remade {
  const kept = repairs.filter((name) => remaking.has(name));
  return { ...(kept.length > 0 && { repairs: kept }), ...(tokens && { tokens }) };
}

/** The repairs of a recipe that its cells know nothing of. */
export const unforeseenIn = ({ repairs = [] }: Pick<Recipe, "repairs">): readonly RepairName[] =>
  repairs.filter((name) => !remaking.has(name));
