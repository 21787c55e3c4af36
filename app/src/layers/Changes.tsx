// A moment's motion over a block's cells: hatching goes where a prediction was measured, a ring closes on what a budget has chosen.
// Nothing is told by it alone, and nobody who prefers none sees it.

import { useEffect, useRef, useState } from "react";
import type { Row } from "../state/rows/rows.ts";
import { useStore } from "../state/store.ts";
import type { Cells } from "../state/sweep/known.ts";
import { type Change, changesOf, type Seen } from "./cellChanges.ts";
import { type Layout, rowHeight } from "./columns.ts";
import "./changes.css";

interface Props {
  readonly rows: readonly Row[];
  readonly cells: Cells;
  readonly layout: Layout;
}

interface Moving extends Change {
  readonly id: number;
}

const still = window.matchMedia?.("(prefers-reduced-motion: reduce)");
let count = 0;

export function Changes({ rows, cells, layout }: Props) {
  // What is decided, not what a slider drafts while it is dragged.
  const recipe = useStore((state) => state.recipe);
  const before = useRef<Seen>({ rows, cells, recipe });
  const [moving, setMoving] = useState<readonly Moving[]>([]);
  useEffect(() => {
    const now = { rows, cells, recipe };
    const found = still?.matches ? [] : changesOf(before.current, now, layout);
    before.current = now;
    if (found.length > 0)
      setMoving((others) => [...others, ...found.map((change) => ({ ...change, id: count++ }))]);
  }, [rows, cells, recipe, layout]);
  if (moving.length === 0) return null;
  return (
    <div className="heat-changes" aria-hidden="true" style={{ width: layout.width }}>
      {moving.map(({ id, kind, row, column }) => (
        <i
          key={id}
          data-kind={kind}
          style={{
            top: row * rowHeight + 2,
            height: rowHeight - 4,
            left: (layout.lefts[column] as number) + 2,
            width: (layout.widths[column] as number) - 4,
          }}
          onAnimationEnd={() => setMoving((others) => others.filter((other) => other.id !== id))}
        />
      ))}
    </div>
  );
}
