// Which rows share a decision about activations: a bracket beside their cells, in lanes where brackets overlap.

import type { Row } from "../state/rows/rows.ts";

export interface Bracket {
  /** Indices of the rows, in order; at least two. */
  readonly members: readonly number[];
  /** 0 is next to the cells. */
  readonly lane: number;
}

// More would not fit between weights and activations; further brackets lie over the last lane.
const lanes = 3;

/** The brackets of the layers that have rows; those in closed groups have none. */
export function bracketsOf(rows: readonly Row[]): Bracket[] {
  const at = new Map(rows.flatMap((row, i) => (row.kind === "layer" ? [[row.layer.id, i] as const] : [])));
  const seen = new Set<number>();
  const free = new Array<number>(lanes).fill(-1);
  return rows.flatMap((_, i) => {
    if (seen.has(i)) return [];
    const members = sharersOf(rows, i, at).sort((a, b) => a - b);
    for (const member of members) seen.add(member);
    if (members.length < 2) return [];
    const found = free.findIndex((end) => end < i);
    const lane = found < 0 ? lanes - 1 : found;
    free[lane] = members.at(-1) as number;
    return [{ members, lane }];
  });
}

/** A row, those that it shares with, those that they share with, and so on: one edit reaches all of them. */
function sharersOf(rows: readonly Row[], first: number, at: ReadonlyMap<string, number>): number[] {
  const found = new Set([first]);
  for (const i of found) {
    const row = rows[i];
    for (const id of row?.kind === "layer" ? row.layer.sharedWith : []) {
      const other = at.get(id);
      if (other !== undefined) found.add(other);
    }
  }
  return [...found];
}
