// What has been measured of the heatmap: cells by key, each with how many samples were asked for.

import type { Cell, Target } from "@bitscape/engine";

export interface KnownCell {
  readonly cell: Cell;
  /** Samples asked for; the cell's own n is less where the data have fewer. */
  readonly asked: number;
}

export type Cells = ReadonlyMap<string, KnownCell>;

/** Cells of other schemes than the present columns', by target and scheme. */
export type Shelf = ReadonlyMap<string, Cells>;

export const cellKey = (layer: string, target: Target, bits: number) => `${layer}|${target}|${bits}`;

export const isFailed = (cell: Cell) => Number.isNaN(cell.finding.value);

/** The cells with newly measured ones; one that rests on fewer samples never replaces a better one. */
export function withCells(cells: Cells, arrived: readonly KnownCell[]): Cells {
  const next = new Map(cells);
  for (const known of arrived) {
    const key = cellKey(known.cell.layer, known.cell.target, known.cell.bits);
    const before = next.get(key);
    if (!before || known.asked >= before.asked) next.set(key, known);
  }
  return next;
}

/** Why a failed cell has no value. */
export const failureOf = (cell: Cell) => cell.failure ?? (cell.finding.of || "could not be measured");

/** Puts away a target's cells under the scheme they were measured with, and takes out those of another scheme. */
export function exchanged(
  cells: Cells,
  shelf: Shelf,
  target: Target,
  from: string,
  to: string,
): { cells: Cells; shelf: Shelf } {
  const ofTarget = ([, { cell }]: readonly [string, KnownCell]) => cell.target === target;
  const entries = [...cells];
  return {
    cells: new Map([...entries.filter((entry) => !ofTarget(entry)), ...(shelf.get(to) ?? [])]),
    shelf: new Map([...shelf, [from, new Map(entries.filter(ofTarget))]]),
  };
}
