// The keyboard in the heatmap: arrows move, Enter or Space chooses, shift selects a range of rows.

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
  readonly move: (to: Place, extend: boolean) => void;
  readonly choose: (at: Place) => void;
}

/** Where a key leads, or null where it is not one that moves. */
export function destination(
  key: string,
  wide: boolean,
  { rows, columns, page, at }: Pick<Grid, "rows" | "columns" | "page" | "at">,
): Place | null {
  const row = (to: number) => ({ ...at, row: Math.max(0, Math.min(rows - 1, to)) });
  const column = (to: number) => ({ ...at, column: Math.max(-1, Math.min(columns - 1, to)) });
  switch (key) {
    case "ArrowUp":
      return row(wide ? 0 : at.row - 1);
    case "ArrowDown":
      return row(wide ? rows - 1 : at.row + 1);
    case "ArrowLeft":
      return column(wide ? -1 : at.column - 1);
    case "ArrowRight":
      return column(wide ? columns - 1 : at.column + 1);
    case "PageUp":
      return row(at.row - page);
    case "PageDown":
      return row(at.row + page);
    case "Home":
      return wide ? { row: 0, column: -1 } : column(-1);
    case "End":
      return wide ? { row: rows - 1, column: columns - 1 } : column(columns - 1);
    default:
      return null;
  }
}

export function useGridKeys(grid: Grid): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.altKey || grid.rows === 0) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      grid.choose(grid.at);
      return;
    }
    const to = destination(event.key, event.ctrlKey || event.metaKey, grid);
    if (!to) return;
    event.preventDefault();
    grid.move(to, event.shiftKey);
  };
}
