// The keyboard in the heatmap: arrows move, Enter or Space chooses, shift selects a range of rows; on a group's name the right
// arrow opens it and the left one closes it, as in a tree grid of WAI-ARIA's authoring practices.

import type { KeyboardEvent } from "react";

export interface Place {
  readonly row: number;
  /** −1 is the row's name. */
  readonly column: number;
}

interface Grid {
  readonly rows: number;
  readonly columns: number;
  readonly page: number;
  readonly at: Place;
  /** Of the row that one is on: whether it is open, where it can be; and the row of its group, or −1. */
  readonly open: boolean | null;
  readonly parent: number;
  readonly move: (to: Place, extend: boolean) => void;
  readonly choose: (at: Place) => void;
  readonly setOpen: (open: boolean) => void;
  /** Locks what is selected, or unlocks it. */
  readonly lock: () => void;
}

type Where = Pick<Grid, "rows" | "columns" | "page" | "at">;

const row = ({ at, rows }: Where, to: number): Place => ({ ...at, row: Math.max(0, Math.min(rows - 1, to)) });
const column = ({ at, columns }: Where, to: number): Place => ({
  ...at,
  column: Math.max(-1, Math.min(columns - 1, to)),
});

/** Where each key leads; `wide` is with Ctrl. */
const moves: Readonly<Record<string, (of: Where, wide: boolean) => Place>> = {
  ArrowUp: (of, wide) => row(of, wide ? 0 : of.at.row - 1),
  ArrowDown: (of, wide) => row(of, wide ? of.rows - 1 : of.at.row + 1),
  ArrowLeft: (of, wide) => column(of, wide ? -1 : of.at.column - 1),
  ArrowRight: (of, wide) => column(of, wide ? of.columns - 1 : of.at.column + 1),
  PageUp: (of) => row(of, of.at.row - of.page),
  PageDown: (of) => row(of, of.at.row + of.page),
  Home: (of, wide) => (wide ? { row: 0, column: -1 } : column(of, -1)),
  End: (of, wide) => (wide ? { row: of.rows - 1, column: of.columns - 1 } : column(of, of.columns - 1)),
};

/** Where a key leads, or null where it is not one that moves. */
export const destination = (key: string, wide: boolean, of: Where): Place | null =>
  moves[key]?.(of, wide) ?? null;

/** What a key does to a group on whose name one is: opens it, closes it, goes out to the group above, or nothing. */
export function unfolding(key: string, { at, open, parent }: Pick<Grid, "at" | "open" | "parent">) {
  if (at.column !== -1) return null;
  if (key === "ArrowRight" && open === false) return "open";
  if (key === "ArrowLeft" && open === true) return "close";
  if (key === "ArrowLeft" && parent >= 0) return "out";
  return null;
}

export function useGridKeys(grid: Grid): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.altKey || grid.rows === 0) return;
    if ((event.target as HTMLElement).closest("button, input, select")) return;
    const wide = event.ctrlKey || event.metaKey;
    const fold = wide || event.shiftKey ? null : unfolding(event.key, grid);
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (grid.at.column === -1 && grid.open !== null) grid.setOpen(!grid.open);
      else grid.choose(grid.at);
      return;
    }
    if (event.key.toLowerCase() === "l" && !wide) return grid.lock();
    const to = fold === "out" ? { row: grid.parent, column: -1 } : destination(event.key, wide, grid);
    if (!to) return;
    event.preventDefault();
    if (fold === "open" || fold === "close") grid.setOpen(fold === "open");
    else grid.move(to, event.shiftKey);
  };
}
