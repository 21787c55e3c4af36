// What has changed in some rows of the heatmap that is worth a moment's motion: cells that were predicted and are now measured,
// and cells that many choices at once have come to (a budget, a preset, an undo). Pure; Changes.tsx moves them.

import type { Recipe } from "@bitscape/engine";
import { chosenBits, has } from "../state/edits.ts";
import type { Row } from "../state/rows/rows.ts";
import { type Cells, cellKey } from "../state/sweep/known.ts";
import type { Layout } from "./columns.ts";

export interface Change {
  readonly kind: "measured" | "chosen";
  /** Index of the row among those given, and of the column. */
  readonly row: number;
  readonly column: number;
}

/** What the rows showed. */
export interface Seen {
  readonly rows: readonly Row[];
  readonly cells: Cells;
  readonly recipe: Recipe;
}

/** More at once are a new picture, not a change of one. */
const most = 48;

/** None where other rows are shown. */
export function changesOf(before: Seen, now: Seen, { columns }: Layout): Change[] {
  if (before.rows !== now.rows) return [];
  const measured =
    before.cells === now.cells
      ? []
      : each("measured", now, columns, (key) => !before.cells.has(key) && now.cells.has(key));
  const settled = before.recipe === now.recipe ? [] : chosenAnew(before, now, columns);
  return [...(measured.length > most ? [] : measured), ...settled];
}

function each(
  kind: Change["kind"],
  { rows }: Seen,
  columns: Layout["columns"],
  is: (key: string, layer: string, column: Layout["columns"][number]) => boolean,
): Change[] {
  return rows.flatMap((row, i) =>
    row.kind === "layer"
      ? columns.flatMap((column, k) =>
          has(row.layer, column.target) &&
          is(cellKey(row.layer.id, column.target, column.bits), row.layer.id, column)
            ? [{ kind, row: i, column: k }]
            : [],
        )
      : [],
  );
}

/** One choice is under the pointer: it needs no showing. */
function chosenAnew(before: Seen, now: Seen, columns: Layout["columns"]): Change[] {
  const found = each("chosen", now, columns, (_, layer, { target, bits }) => {
    const chosen = chosenBits(now.recipe, layer, target);
    return chosen === bits && chosenBits(before.recipe, layer, target) !== chosen;
  });
  return found.length > 1 ? found : [];
}
