// A proposal: the next joint recipe worth measuring under some budgets: the optimum of what is believed now; where that was
// tried before, the best of its neighbours that was not.

import type { IntegerSolver } from "@bitscape/methods";
import { type Recipe, recipeKey, schemeFor } from "../recipe.ts";
import { type Allocation, allocateBits, type Draft, draft } from "./allocate.ts";
import { type Budgets, Infeasible } from "./budgets.ts";
import { FLOAT, type TensorChoice } from "./options.ts";
import type { Sized } from "./prepared.ts";
import { optionFor } from "./table.ts";

// So many of the dearest layers are kept from what they have, one at a time.
const NEIGHBOURS = 12;

/** @returns null where nothing new is left near the optimum */
export async function proposal(
  table: Sized,
  budgets: Budgets,
  tried: ReadonlySet<string>,
  solver?: IntegerSolver,
): Promise<Allocation | null> {
  const best = await solved(table, budgets, solver);
  if (!best || !tried.has(recipeKey(best.recipe))) return best;
  const neighbours = without(table, best.recipe)
    .slice(0, NEIGHBOURS)
    .flatMap((choices) => {
      const found = drafted({ ...table, choices }, budgets);
      return found && !tried.has(recipeKey(found.recipe)) ? [{ choices, value: found.predicted.value }] : [];
    });
  for (const { choices } of neighbours.toSorted((a, b) => a.value - b.value)) {
    const other = await solved({ ...table, choices }, budgets);
    // Its exact size may have led elsewhere.
    if (other && !tried.has(recipeKey(other.recipe))) return other;
  }
  return null;
}

function drafted(table: Sized, budgets: Budgets): Draft | undefined {
  try {
    return draft(table, budgets);
  } catch (error) {
    if (error instanceof Infeasible) return undefined;
    throw error;
  }
}

async function solved(table: Sized, budgets: Budgets, solver?: IntegerSolver): Promise<Allocation | null> {
  try {
    return await allocateBits(table, budgets, solver);
  } catch (error) {
    if (error instanceof Infeasible) return null;
    throw error;
  }
}

/** For every tensor, the dearest first: the choices without the one that a recipe has for it. */
function without(table: Sized, recipe: Recipe): (readonly TensorChoice[])[] {
  const chosen = table.choices.flatMap((choice, i) => {
    const { id, target, options } = choice;
    const scheme = schemeFor(recipe, id, target);
    const now = scheme ? optionFor(recipe, id, target, options) : options.find(({ key }) => key === FLOAT);
    return now && options.length > 1 ? [{ i, now }] : [];
  });
  return chosen
    .toSorted((a, b) => b.now.value - a.now.value)
    .map(({ i, now }) =>
      table.choices.map((choice, k) =>
        k === i ? { ...choice, options: choice.options.filter((option) => option !== now) } : choice,
      ),
    );
}
