// The heatmap's columns and how wide they are. Not what a cell shows (paint.ts) or says (words.ts).

import type { Recipe, Target } from "@bitscape/engine";
import { type Bits, columnsOf, floating, targets } from "../state/edits.ts";
import { shortName } from "./formats.ts";

export interface Column {
  readonly target: Target;
  readonly bits: Bits;
}

export interface Layout {
  readonly columns: readonly Column[];
  /** Left edge and width of each column in the canvas; the groups are set apart. */
  readonly lefts: readonly number[];
  readonly widths: readonly number[];
  readonly width: number;
}

export const rowHeight = 28;
/** Rows of one canvas. */
export const blockRows = 16;
/** Between weights and activations: room for the brackets of shared activations. */
export const groupGap = 16;
const [narrowest, widest] = [24, 44];
/** Integers narrow to wide, then what other formats the recipe has, floating point last. */
export function columnsFor(recipe: Recipe, ids: readonly string[]): Column[] {
  return targets.flatMap((target) =>
    [...columnsOf(recipe, ids, target), floating].map((bits) => ({ target, bits })),
  );
}

/** Whether a column is headed by a format's name, not a number of bits. */
export const isNamed = (bits: Bits) => typeof bits === "string" && bits !== floating;

/** All columns are as wide as fits, within bounds; those with names have room for them. */
export function layoutFor(columns: readonly Column[], available: number): Layout {
  const needs = columns.map(({ bits }) => (isNamed(bits) ? nameWidth(shortName(bits)) : 0));
  const widthsAt = (cell: number) => needs.map((need) => Math.max(need, cell));
  let cell = widest;
  while (cell > narrowest && total(widthsAt(cell)) > available - groupGap) cell--;
  const widths = widthsAt(cell);
  const second = columns.findIndex(({ target }) => target === "activation");
  const lefts = widths.map((_, i) => total(widths.slice(0, i)) + (second >= 0 && i >= second ? groupGap : 0));
  return { columns, lefts, widths, width: total(widths) + groupGap };
}

const total = (widths: readonly number[]) => widths.reduce((sum, width) => sum + width, 0);

/** Of a few letters at 11 pixels, with a little air. */
const nameWidth = (name: string) => Math.ceil(8 + 6.4 * name.length);

/** The column at a horizontal place, or −1. */
export function columnAt({ lefts, widths }: Layout, x: number): number {
  return lefts.findIndex((left, i) => x >= left && x < left + (widths[i] as number));
}
