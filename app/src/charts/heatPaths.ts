// A field as coloured cells: one path for each of some sixty colours, so that a grid of thousands of cells is a few
// elements on the page and in a file, and stays sharp.

import type { Field } from "./field.ts";

export interface HeatPath {
  /** Place on the colour scale, 0 to 1. */
  readonly place: number;
  readonly d: string;
}

export const shades = 64;

/**
 * Paths in units of cells: cell (row, column) covers [column, column + 1) × [rows − 1 − row, rows − row), so that rows go
 * up. `place` gives 0 to 1 on the colour scale; NaN is not drawn.
 */
export function heatPaths({ rows, columns, values }: Field, place: (value: number) => number): HeatPath[] {
  const parts = Array.from({ length: shades }, () => "");
  for (let row = 0; row < rows; row++) {
    const top = rows - 1 - row;
    for (let column = 0; column < columns; ) {
      const shade = shadeOf(values[row * columns + column] as number, place);
      let end = column + 1;
      while (end < columns && shadeOf(values[row * columns + end] as number, place) === shade) end++;
      if (shade >= 0) parts[shade] += `M${column} ${top}h${end - column}v1h${column - end}z`;
      column = end;
    }
  }
  return parts.flatMap((d, shade) => (d ? [{ place: shade / (shades - 1), d }] : []));
}

function shadeOf(value: number, place: (value: number) => number): number {
  if (Number.isNaN(value)) return -1;
  return Math.round(Math.min(1, Math.max(0, place(value))) * (shades - 1));
}
