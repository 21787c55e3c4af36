// The heatmap's numbers as comma-separated values: a row for every cell that is known, to the last digit.

import { chosenBits, has } from "../state/edits.ts";
import { isFailed } from "../state/sweep/known.ts";
import { csv, type Entry } from "../ui/csv.ts";
import type { ReportFacts } from "./facts.ts";

const heads = ["layer", "operator", "tensor", "bits", "loss", "low", "high", "n", "source", "chosen"];

type Facts = Pick<ReportFacts, "layers" | "columns" | "cellAt" | "recipe">;

export function heatCsv({ layers, columns, cellAt, recipe }: Facts): string {
  const rows = layers.flatMap(({ layer }) =>
    columns.flatMap((column): Entry[][] => {
      const cell = has(layer, column.target) ? cellAt(layer.id, column) : undefined;
      if (!cell || isFailed(cell)) return [];
      const { value, low, high, n, source } = cell.finding;
      const chosen = chosenBits(recipe, layer.id, column.target) === column.bits;
      return [[layer.id, layer.op, column.target, column.bits, value, low, high, n, source, chosen ? 1 : 0]];
    }),
  );
  return csv([heads, ...rows]);
}
