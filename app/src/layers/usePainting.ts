// The pointer in the heatmap: a press chooses a cell, a drag paints the same column down several rows, shift extends the
// selection of rows. One drag is one step of undo.

import { type PointerEvent, type RefObject, useRef } from "react";
import { rowHeight } from "./columns.ts";
import type { Place } from "./useGridKeys.ts";

interface Actions {
  /** The element whose top is the first row's. */
  readonly body: RefObject<HTMLElement | null>;
  readonly rows: number;
  readonly pick: (at: Place, extend: boolean) => void;
  /** @param begun the row that was pressed */
  readonly paintRows: (from: number, to: number, column: number, gesture: string, begun: number) => void;
  readonly done: () => void;
}

/** The cell an event's target stands for. */
export function placeOf(target: EventTarget): Place | null {
  const cell = (target as HTMLElement).closest<HTMLElement>("[data-column]");
  if (!cell) return null;
  return { row: Number(cell.dataset.row), column: Number(cell.dataset.column) };
}

let gestures = 0;

export function usePainting({ body, rows, pick, paintRows, done }: Actions) {
  const drag = useRef<{ from: Place; last: number; gesture: string } | null>(null);
  return {
    onPointerDown(event: PointerEvent) {
      if (event.button !== 0) return;
      const at = placeOf(event.target);
      if (!at) return;
      pick(at, event.shiftKey);
      if (at.column < 0 || event.shiftKey) return;
      const gesture = `drag ${++gestures}`;
      drag.current = { from: at, last: at.row, gesture };
      paintRows(at.row, at.row, at.column, gesture, at.row);
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    },
    onPointerMove(event: PointerEvent) {
      const under = drag.current;
      const top = body.current?.getBoundingClientRect().top;
      if (!under || top === undefined) return;
      const row = Math.max(0, Math.min(rows - 1, Math.floor((event.clientY - top) / rowHeight)));
      if (row === under.last) return;
      // Also the rows that a quick pointer jumped over.
      paintRows(under.last, row, under.from.column, under.gesture, under.from.row);
      under.last = row;
    },
    onPointerUp() {
      if (drag.current) done();
      drag.current = null;
    },
    onPointerCancel() {
      if (drag.current) done();
      drag.current = null;
    },
  };
}
