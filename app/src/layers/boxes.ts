// What a row has at a column: a layer's own cell, or what a group's layers have between them. Drawing (paint.ts) and words
// (words.ts) both take it from here.

import type { Cell, Recipe, Target } from "@bitscape/engine";
import { chosenBits, floating, has } from "../state/edits.ts";
import { choosers, groupCell, groupChoice, type Sharing } from "../state/rows/cells.ts";
import type { Row } from "../state/rows/rows.ts";
import { type Cells, cellKey, type Predictions, shown } from "../state/sweep/known.ts";
import type { Column } from "./columns.ts";

export interface Known {
  readonly cells: Cells;
  readonly predictions: Predictions;
  readonly sharing: Sharing;
  readonly recipe: Recipe;
}

export interface RowCell {
  /** There is something to choose for. */
  readonly applies: boolean;
  /** Absent in the column of floating point, and where nothing is known. */
  readonly cell: Cell | undefined;
  /** Share of the row's layers that have chosen this column, 0 to 1. */
  readonly chosen: number;
  /** Layers that have such a cell, those whose cell is known, and those that have chosen it. */
  readonly of: number;
  readonly known: number;
  readonly choosing: number;
}

export function boxOf(row: Row, column: Column, known: Known): RowCell {
  return row.kind === "layer" ? ofLayer(row.layer, column, known) : ofGroup(row.layers, column, known);
}

function ofLayer(
  layer: Extract<Row, { kind: "layer" }>["layer"],
  { target, bits }: Column,
  { cells, predictions, recipe }: Known,
): RowCell {
  const applies = has(layer, target);
  const cell = bits === floating ? undefined : shown(cellKey(layer.id, target, bits), cells, predictions);
  const chosen = applies && chosenBits(recipe, layer.id, target) === bits ? 1 : 0;
  return { applies, cell, chosen, of: 1, known: cell ? 1 : 0, choosing: chosen };
}

function ofGroup(
  layers: Extract<Row, { kind: "group" }>["layers"],
  { target, bits }: Column,
  known: Known,
): RowCell {
  const choice = groupChoice(known.recipe, layers, target as Target);
  const of = choosers(choice);
  const choosing = choice.get(bits) ?? 0;
  const chosen = of === 0 ? 0 : choosing / of;
  if (bits === floating || of === 0)
    return { applies: of > 0, cell: undefined, chosen, of, known: 0, choosing };
  const { cell, known: come } = groupCell(layers, target, bits, known);
  return { applies: true, cell, chosen, of, known: come, choosing };
}
