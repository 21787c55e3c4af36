// The heatmap's columns and how wide they are. Not what a cell shows (paint.ts) or says (words.ts).

import type { Recipe, Target } from "@bitscape/engine";
import { type Bits, chosenBits, columnBits, targets } from "../state/edits.ts";

export interface Column {
  readonly target: Target;
  readonly bits: Bits;
}

export interface Layout {
  readonly columns: readonly Column[];
  readonly cellWidth: number;
  /** Left edge of each column in the canvas; the groups are set apart. */
  readonly lefts: readonly number[];
  readonly width: number;
}

export const rowHeight = 28;
/** Rows of one canvas. */
export const blockRows = 16;
const groupGap = 16;

/** Narrow to wide, floating point last; widths that only the recipe has are put in between. */
export function columnsFor(recipe: Recipe, ids: readonly string[]): Column[] {
  return targets.flatMap((target) => {
    const widths = new Set(columnBits[target]);
    for (const id of ids) {
      const bits = chosenBits(recipe, id, target);
      if (bits !== "fp") widths.add(bits);
    }
    const sorted: Bits[] = [...widths].sort((a, b) => a - b);
    return [...sorted, "fp" as const].map((bits) => ({ target, bits }));
  });
}

export function layoutFor(columns: readonly Column[], available: number): Layout {
  const fitting = Math.floor((available - groupGap) / columns.length);
  const cellWidth = Math.max(24, Math.min(44, fitting));
  const second = columns.findIndex(({ target }) => target === "activation");
  const lefts = columns.map((_, i) => i * cellWidth + (second >= 0 && i >= second ? groupGap : 0));
  return { columns, cellWidth, lefts, width: columns.length * cellWidth + groupGap };
}

/** The column at a horizontal place, or −1. */
export function columnAt(layout: Layout, x: number): number {
  return layout.lefts.findIndex((left) => x >= left && x < left + layout.cellWidth);
}
