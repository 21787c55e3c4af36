// What was found out earlier, or elsewhere, of the network on the screen, brought into the study: the recipe as one step that
// can be undone, budgets and locks, and cells where the data are the same. What is known better already stays.

import type { DataSummary, Recipe } from "@bitscape/engine";
import { adoptRecipe } from "../state/adopting.ts";
import type { Limits } from "../state/budget/limits.ts";
import { noteScore } from "../state/measure.ts";
import { notify } from "../state/notices.ts";
import { get, type Joint, set } from "../state/store.ts";
import type { Prediction, Shelf } from "../state/sweep/known.ts";
import { replan } from "../state/sweep/sweeps.ts";
import { formatCount } from "../ui/numbers.ts";
import type { Kept } from "./sheets.ts";

export interface Brought {
  readonly recipe: Recipe;
  readonly limits?: Limits | undefined;
  readonly joints?: readonly Joint[] | undefined;
  readonly data: Pick<DataSummary, "name" | "size" | "evaluation" | "digest" | "preprocess">;
  readonly known: Kept;
}

/**
 * Brings it into the study on the screen.
 * @param name what it is called in sentences
 * @throws a sentence where the recipe is not for this network
 */
export async function bring(
  { recipe, limits, joints = [], data, known }: Brought,
  name: string,
): Promise<void> {
  await adoptRecipe(recipe, name);
  if (limits) set({ limits });
  const present = get();
  if (!present.data || !sameData(data, present.data)) {
    return notify(
      "info",
      `${name}: measured on ${data.name}, n=${formatCount(data.size)}, and other data are open, so its recipe and budgets were taken and not its measurements.`,
    );
  }
  for (const joint of joints) noteScore(joint.recipe, joint.score);
  set({
    cells: better(present.cells, known.cells),
    predictions: better(present.predictions, known.predictions),
    shelf: all(present.shelf, known.shelf),
    predictionShelf: all(present.predictionShelf, known.predictionShelf),
    joints: [
      ...joints,
      ...present.joints.filter(({ recipe }) => !joints.some((each) => same(each.recipe, recipe))),
    ],
  });
  replan();
}

/** Whether numbers of the one are numbers of the other: the same samples, seen the same way. */
export function sameData(a: Brought["data"], b: Brought["data"]): boolean {
  return (
    a.digest === b.digest &&
    a.size === b.size &&
    a.evaluation === b.evaluation &&
    (a.digest !== undefined || a.name === b.name) &&
    same(a.preprocess, b.preprocess)
  );
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** Both, and of what is in both the one that rests on more samples. */
function better<T extends Prediction>(
  present: ReadonlyMap<string, T>,
  brought: ReadonlyMap<string, T>,
): ReadonlyMap<string, T> {
  const found = new Map(brought);
  for (const [key, known] of present) {
    const other = found.get(key);
    if (!other || known.asked >= other.asked) found.set(key, known);
  }
  return found;
}

function all<T extends Prediction>(present: Shelf<T>, brought: Shelf<T>): Shelf<T> {
  const found = new Map(brought);
  for (const [key, known] of present) found.set(key, better(known, found.get(key) ?? new Map()));
  return found;
}
