// The heatmap that is the control: rows are layers, columns bit-widths, colour is how much the output changes, and choosing
// a cell sets that layer's bits. Drawing is paint.ts; pointer and keyboard are usePainting.ts and useGridKeys.ts.

// biome-ignore-all lint/a11y/useSemanticElements: the cells lie over a canvas, which a table's layout does not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus moves among the cells and names
// biome-ignore-all lint/a11y/noStaticElementInteractions: the role is one of two
// biome-ignore-all lint/a11y/useAriaPropsSupportedByRole: the role is one of two

import { useEffect, useMemo, useRef, useState } from "react";
import { useAddedColumns } from "../state/addedColumns.ts";
import { toggleLocks } from "../state/budget/budget.ts";
import { useBudget } from "../state/budget/store.ts";
import { isGrouped, setOpen, useArranged, useArrangement } from "../state/rows/grouping.ts";
import { paintedIds, type Row } from "../state/rows/rows.ts";
import { useStore } from "../state/store.ts";
import { chooseBits, endGesture, showTarget } from "../state/study.ts";
import { useDark } from "../ui/theme.ts";
import { bracketsOf } from "./brackets.ts";
import { CellTip } from "./CellTip.tsx";
import { costWidth } from "./CostCell.tsx";
import { blockRows, type Column, columnsFor, layoutFor, rowHeight } from "./columns.ts";
import { HeatmapBlock } from "./HeatmapBlock.tsx";
import { HeatmapHead } from "./HeatmapHead.tsx";
import { rowSizes } from "./rowSizes.ts";
import { useBox } from "./useBox.ts";
import { useCursor } from "./useCursor.ts";
import { type Place, useGridKeys } from "./useGridKeys.ts";
import { usePainting } from "./usePainting.ts";
import { useTip } from "./useTip.ts";
import { visibleBlocks } from "./visibleBlocks.ts";
import "./heatmap.css";

const noLayers: never[] = [];
/** Name and size columns, and the scroll bar. */
const besides = (width: number, cost: boolean) =>
  (width < 720 ? 264 : 364) + (cost ? costWidth(width < 720) : 0);

export function Heatmap() {
  const layers = useStore((state) => state.model?.layers ?? noLayers);
  const asked = useStore((state) => state.recipe);
  // While a budget is dragged, what it would choose.
  const recipe = useBudget((state) => state.draft?.value.recipe) ?? asked;
  const cells = useStore((state) => state.cells);
  const predictions = useStore((state) => state.predictions);
  const estimator = useStore((state) => state.estimator);
  const filter = useStore((state) => state.filter);
  const report = useStore((state) => state.size?.value ?? null);
  const synthetic = useStore((state) => state.data?.kind === "synthetic");
  const metric = useStore((state) => state.float?.metric ?? "kl");
  const dark = useDark();
  const scroller = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const box = useBox(scroller);
  const [column, setColumn] = useState(-1);
  const { tip, showTip, handlers } = useTip(box.scrollTop);
  const [wantsFocus, setWantsFocus] = useState(false);

  const arrangement = useArrangement();
  const { sharing: groupsShow } = arrangement;
  const costed = arrangement.cost !== "none";
  const grouped = isGrouped(arrangement, layers);
  const arranged = useArranged();
  const { rows } = arranged;
  const cursor = useCursor(arranged, show);
  const ids = useMemo(() => layers.map(({ id }) => id), [layers]);
  const added = useAddedColumns();
  // biome-ignore lint/correctness/useExhaustiveDependencies: columns are also those that were added
  const columns = useMemo(() => columnsFor(asked, ids), [asked, ids, added]);
  const layout = useMemo(
    () => layoutFor(columns, box.width - besides(box.width, costed)),
    [columns, box.width, costed],
  );
  const sizes = useMemo(() => rowSizes(layers, report), [layers, report]);
  const brackets = useMemo(() => bracketsOf(rows), [rows]);
  const largest = useMemo(() => Math.max(1, ...[...sizes.values()].map(({ float }) => float)), [sizes]);
  const known = useMemo(
    () => ({ cells, predictions, recipe, sharing: groupsShow }),
    [cells, predictions, recipe, groupsShow],
  );
  const { row: activeRow, chosen } = cursor;
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
    cursor.goTo(to.row, extend);
  };
  const here = rows[activeRow];
  const keys = useGridKeys({
    rows: rows.length,
    columns: columns.length,
    page: Math.max(1, Math.floor(box.height / rowHeight) - 2),
    at,
    open: here?.kind === "group" ? here.open : null,
    parent: here?.place.parent ?? -1,
    move(to, extend) {
      goTo(to, extend && to.row !== at.row);
      showTip(to);
      setWantsFocus(true);
      show(to.row);
    },
    choose({ column: index }) {
      const { target, bits } = columns[index] ?? {};
      if (target && bits) chooseBits([...chosen], target, bits);
    },
    setOpen(open) {
      if (here?.kind !== "group") return;
      cursor.goTo(activeRow, false);
      setOpen(here.path, open);
    },
    lock: () => toggleLocks([...chosen]),
  });
  const painting = usePainting({
    body,
    rows: rows.length,
    pick: goTo,
    paintRows(from, to, index, gesture, begun) {
      const { target, bits } = columns[index] ?? {};
      if (target && bits) chooseBits(paintedIds(rows, from, to, begun), target, bits, gesture);
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

  const blocks = visibleBlocks(box, rows.length, at.row);

  return (
    <div
      className="heat-scroll"
      ref={scroller}
      data-narrow={box.width < 720 || undefined}
      data-cost={costed || undefined}
    >
      <div
        role={grouped ? "treegrid" : "grid"}
        className="heat"
        aria-label="Sensitivity of each layer to its bit-width"
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable="true"
        tabIndex={-1}
        onKeyDown={keys}
        {...handlers}
        onPointerDown={painting.onPointerDown}
        onPointerMove={(event) => {
          painting.onPointerMove(event);
          handlers.onPointerMove(event);
        }}
        onPointerUp={painting.onPointerUp}
        onPointerCancel={painting.onPointerCancel}
      >
        <HeatmapHead layout={layout} />
        <div className="heat-body" ref={body} style={{ height: rows.length * rowHeight }}>
          {blocks.map(({ index, key }) => (
            <HeatmapBlock
              key={key}
              from={index * blockRows}
              rows={blockOf(rows, index)}
              layout={layout}
              known={known}
              estimator={estimator}
              dark={dark}
              synthetic={synthetic}
              metric={metric}
              at={Math.floor(at.row / blockRows) === index ? at : null}
              selected={chosen}
              sizes={sizes}
              largest={largest}
              brackets={brackets}
              active={active}
              sharing={sharing}
              grouped={grouped}
            />
          ))}
          {tip && rows[tip.row] && columns[tip.column] && (
            <CellTip
              row={rows[tip.row] as Row}
              column={columns[tip.column] as Column}
              known={known}
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
