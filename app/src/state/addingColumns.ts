// Adds columns to the heatmap and takes them away: their cells are predicted and measured like all others, and budgets may use
// them.

import type { Column, Target } from "@bitscape/engine";
import { useAddedColumns } from "./addedColumns.ts";
import { limit } from "./budget/budget.ts";
import { columnsOf } from "./edits.ts";
import { get } from "./store.ts";
import { replan } from "./sweep/sweeps.ts";

/** Shows a column, or no more; one that a layer has chosen stays. */
export function showColumn(target: Target, column: Column, on: boolean): void {
  const { [target]: before } = useAddedColumns.getState();
  if (before.includes(column) === on) return;
  const after = on ? [...before, column] : before.filter((each) => each !== column);
  useAddedColumns.setState({ [target]: after });
  // Whoever hands the solver what is known looks at the limits.
  limit({});
  replan();
}

/** Whether a column stays because a layer has it chosen, or is one of the usual ones. */
export function isUsed(target: Target, column: Column): boolean {
  const { recipe, model } = get();
  const ids = model?.layers.map(({ id }) => id) ?? [];
  return columnsOf(recipe, ids, target, []).includes(column);
}
