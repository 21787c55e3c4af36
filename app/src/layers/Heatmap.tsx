// The heatmap that is the control: rows are layers, columns bit-widths, colour is how much the output changes, and choosing
// a cell sets that layer's bits. Drawing is paint.ts; pointer and keyboard are usePainting.ts and useGridKeys.ts.

// biome-ignore-all lint/a11y/useSemanticElements: the cells lie over a canvas, which a table's layout does not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus moves among the cells and names

import { useEffect, useMemo, useRef, useState } from "react";
import { useStore } from "../state/store.ts";
import { chooseBits, endGesture, matching, select, selectedIds, showTarget } from "../state/study.ts";
import { useDark } from "../ui/theme.ts";
import { bracketsOf } from "./brackets.ts";
import { CellTip } from "./CellTip.tsx";
import { blockRows, columnsFor, layoutFor, rowHeight } from "./columns.ts";
import { HeatmapBlock } from "./HeatmapBlock.tsx";
import { HeatmapHead } from "./HeatmapHead.tsx";
import { rowSizes } from "./rowSizes.ts";
import { useBox } from "./useBox.ts";
import { type Place, useGridKeys } from "./useGridKeys.ts";
import { placeOf, usePainting } from "./usePainting.ts";
import "./heatmap.css";

const noLayers: never[] = [];
/** Name and size columns, and the scroll bar. */
const besides = (width: number) => (width < 720 ? 264 : 364);

export function Heatmap() {
  const layers = useStore((state) => state.model?.layers ?? noLayers);
  const recipe = useStore((state) => state.recipe);
  const cells = useStore((state) => state.cells);
  const predictions = useStore((state) => state.predictions);
  const estimator = useStore((state) => state.estimator);
  const filter = useStore((state) => state.filter);
  const selected = useStore((state) => state.selected);
  const rangeEnd = useStore((state) => state.rangeEnd);
  const report = useStore((state) => state.size?.value ?? null);
  const synthetic = useStore((state) => state.data?.kind === "synthetic");
  const metric = useStore((state) => state.float?.metric ?? "kl");
  const dark = useDark();
  const scroller = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const box = useBox(scroller);
  const [column, setColumn] = useState(-1);
  const [tip, setTip] = useState<Place | null>(null);
  const [wantsFocus, setWantsFocus] = useState(false);

  const rows = useMemo(() => matching(layers, filter), [layers, filter]);
  const ids = useMemo(() => layers.map(({ id }) => id), [layers]);
  const columns = useMemo(() => columnsFor(recipe, ids), [recipe, ids]);
  const layout = useMemo(() => layoutFor(columns, box.width - besides(box.width)), [columns, box.width]);
  const sizes = useMemo(() => rowSizes(layers, report), [layers, report]);
  const brackets = useMemo(() => bracketsOf(rows), [rows]);
  const largest = useMemo(() => Math.max(1, ...[...sizes.values()].map(({ float }) => float)), [sizes]);
  const chosen = useMemo(() => new Set(selectedIds(rows, selected, rangeEnd)), [rows, selected, rangeEnd]);
  const activeRow = Math.max(
    0,
    rows.findIndex(({ id }) => id === (rangeEnd ?? selected)),
  );
  const at = useMemo(
    () => ({ row: activeRow, column: Math.min(column, columns.length - 1) }),
    [activeRow, column, columns.length],
  );

  const active = columns[at.column]?.target === "activation" ? activeRow : null;
  const sharing = useMemo(
    () =>
      new Set(
        active === null ? [] : brackets.flatMap(({ members }) => (members.includes(active) ? members : [])),
      ),
    [brackets, active],
  );

  const goTo = (to: Place, extend: boolean) => {
    setColumn(to.column);
    const target = columns[to.column]?.target;
    if (target) showTarget(target);
    const layer = rows[to.row];
    if (layer) select(layer.id, extend);
  };
  const keys = useGridKeys({
    rows: rows.length,
    columns: columns.length,
    page: Math.max(1, Math.floor(box.height / rowHeight) - 2),
    at,
    move(to, extend) {
      goTo(to, extend && to.row !== at.row);
      setTip(to);
      setWantsFocus(true);
      show(to.row);
    },
    choose({ column: index }) {
      const { target, bits } = columns[index] ?? {};
      if (target && bits) chooseBits([...chosen], target, bits);
    },
  });
  const painting = usePainting({
    body,
    rows: rows.length,
    pick: goTo,
    paintRows(from, to, index, gesture) {
      const { target, bits } = columns[index] ?? {};
      const painted = rows.slice(Math.min(from, to), Math.max(from, to) + 1).map(({ id }) => id);
      if (target && bits) chooseBits(painted, target, bits, gesture);
    },
    done: endGesture,
  });

  /** Brings a row into view below the head. */
  function show(row: number) {
    const element = scroller.current;
    if (!element) return;
    const [top, room] = [row * rowHeight, element.clientHeight - headHeight];
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight > element.scrollTop + room) element.scrollTop = top + rowHeight - room;
  }

  useEffect(() => {
    if (!wantsFocus) return;
    setWantsFocus(false);
    body.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus({ preventScroll: true });
  }, [wantsFocus]);

  const first = Math.max(0, Math.floor(box.scrollTop / rowHeight / blockRows) - 1);
  const last = Math.floor((box.scrollTop + box.height) / rowHeight / blockRows) + 1;
  const blocks = Array.from({ length: Math.ceil(rows.length / blockRows) }, (_, i) => i).filter(
    (i) => (i >= first && i <= last) || i === Math.floor(at.row / blockRows),
  );

  return (
    <div className="heat-scroll" ref={scroller} data-narrow={box.width < 720 || undefined}>
      <div
        role="grid"
        className="heat"
        aria-label="Sensitivity of each layer to its bit-width"
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable="true"
        tabIndex={-1}
        onKeyDown={keys}
        onFocus={(event) => setTip(event.target.matches(":focus-visible") ? placeOf(event.target) : null)}
        onBlur={() => setTip(null)}
        onPointerOver={(event) => {
          const to = placeOf(event.target);
          setTip((before) => (before?.row === to?.row && before?.column === to?.column ? before : to));
        }}
        onPointerLeave={() => setTip(null)}
        {...painting}
      >
        <HeatmapHead layout={layout} />
        <div className="heat-body" ref={body} style={{ height: rows.length * rowHeight }}>
          {blocks.map((i) => (
            <HeatmapBlock
              key={i}
              from={i * blockRows}
              rows={blockOf(rows, i)}
              layout={layout}
              cells={cells}
              predictions={predictions}
              estimator={estimator}
              recipe={recipe}
              dark={dark}
              synthetic={synthetic}
              metric={metric}
              at={Math.floor(at.row / blockRows) === i ? at : null}
              selected={chosen}
              sizes={sizes}
              largest={largest}
              brackets={brackets}
              active={active}
              sharing={sharing}
            />
          ))}
          {tip && rows[tip.row] && columns[tip.column] && (
            <CellTip
              layer={rows[tip.row] as (typeof rows)[number]}
              column={columns[tip.column] as (typeof columns)[number]}
              anchor={
                body.current?.querySelector(`[data-row="${tip.row}"][data-column="${tip.column}"]`) ?? null
              }
            />
          )}
        </div>
      </div>
      {rows.length === 0 && layers.length > 0 && (
        <p className="heat-none">No layer's name or operator contains “{filter}”.</p>
      )}
    </div>
  );
}

const headHeight = 48;

const sliced = new WeakMap<object, Map<number, readonly never[]>>();

/** The rows of a block; the same array for the same rows, so that unchanged blocks need not be drawn again. */
function blockOf<T>(rows: readonly T[], block: number): readonly T[] {
  const known = sliced.get(rows) ?? new Map<number, readonly never[]>();
  sliced.set(rows, known);
  const found = known.get(block) ?? (rows.slice(block * blockRows, (block + 1) * blockRows) as never[]);
  known.set(block, found as readonly never[]);
  return found as readonly T[];
}
