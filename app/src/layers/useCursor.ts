// Where in the heatmap's rows somebody is: the row that Tab leads to and the layers that are selected. The selection is the
// page's (study.ts) and knows layers only; being on a group means that all of its layers are selected.

import { useEffect, useMemo, useRef, useState } from "react";
import { reveal } from "../state/rows/grouping.ts";
import { type Arranged, layersIn, type Row, spanOf } from "../state/rows/rows.ts";
import { useStore } from "../state/store.ts";
import { select, selectedIds } from "../state/study.ts";

export interface Cursor {
  /** Index of the row. */
  readonly row: number;
  /** Ids of the layers that are selected. */
  readonly chosen: ReadonlySet<string>;
  /** Goes to a row; with `extend` all rows from where the selection began are selected. */
  readonly goTo: (row: number, extend: boolean) => void;
}

/** @param show brings a row into view; called where the selection was changed from elsewhere. */
export function useCursor({ rows, order, rowOf }: Arranged, show: (row: number) => void): Cursor {
  const selected = useStore((state) => state.selected);
  const rangeEnd = useStore((state) => state.rangeEnd);
  // The keys of the rows where the selection begins and where it is now.
  const [ends, setEnds] = useState<{ readonly anchor: string; readonly at: string } | null>(null);
  const own = useRef<readonly [string | null, string | null]>([selected, rangeEnd]);
  const chosen = useMemo(() => new Set(selectedIds(order, selected, rangeEnd)), [order, selected, rangeEnd]);
  const last = rangeEnd ?? selected;
  const row = useMemo(() => {
    const kept = ends === null ? -1 : rows.findIndex(({ key }) => key === ends.at);
    if (kept >= 0 && last !== null && holds(rows[kept] as Row, last)) return kept;
    return (last === null ? undefined : rowOf.get(last)) ?? 0;
  }, [rows, rowOf, ends, last]);

  const shown = useRef(show);
  shown.current = show;
  const arrangedRows = useRef(rowOf);
  arrangedRows.current = rowOf;
  useEffect(() => {
    const elsewhere = own.current[0] !== selected || own.current[1] !== rangeEnd;
    own.current = [selected, rangeEnd];
    if (!elsewhere || selected === null) return;
    reveal(selected);
    // Once the groups above it are open.
    const frame = requestAnimationFrame(() => {
      const found = arrangedRows.current.get(selected);
      if (found !== undefined) shown.current(found);
    });
    return () => cancelAnimationFrame(frame);
  }, [selected, rangeEnd]);

  return {
    row,
    chosen,
    goTo(to, extend) {
      const target = rows[to];
      if (!target) return;
      const begun = extend && ends ? rows.findIndex(({ key }) => key === ends.anchor) : -1;
      const anchor = begun >= 0 ? begun : extend ? row : to;
      const span = spanOf(rows, anchor, to);
      if (!span) return;
      setEnds({ anchor: (rows[anchor] as Row).key, at: target.key });
      const [from, until] = span;
      own.current = [from, from === until ? null : until];
      select(from);
      if (until !== from) select(until, true);
    },
  };
}

const holds = (row: Row, id: string) => layersIn(row).some((layer) => layer.id === id);
