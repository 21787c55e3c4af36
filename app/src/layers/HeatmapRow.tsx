// One layer: its name and size, and a transparent cell over each box that the canvas shows.

// biome-ignore-all lint/a11y/useSemanticElements: the cells lie over a canvas, which a table's layout does not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus moves among the cells and names

import type { Estimator } from "@bitscape/engine";
import { memo } from "react";
import { LockToggle } from "../budget/LockToggle.tsx";
import { type Bits, floating } from "../state/edits.ts";
import type { LayerRow } from "../state/rows/rows.ts";
import { cellKey, shown } from "../state/sweep/known.ts";
import { formatBytes } from "../ui/numbers.ts";
import type { Known } from "./boxes.ts";
import { CostCell } from "./CostCell.tsx";
import type { Layout } from "./columns.ts";
import { RowCells } from "./RowCells.tsx";
import type { RowSize } from "./rowSizes.ts";
import { SizeCell } from "./SizeCell.tsx";
import { treePlace } from "./treePlace.ts";
import { cellName } from "./words.ts";

interface Props {
  readonly row: LayerRow;
  readonly index: number;
  readonly layout: Layout;
  readonly known: Known;
  readonly chosenWeight: Bits;
  readonly chosenActivation: Bits;
  readonly synthetic: boolean;
  readonly metric: string;
  readonly estimator: Estimator;
  /** The column that Tab leads to, −1 for the name; null where that is in another row. */
  readonly active: number | null;
  readonly selected: boolean;
  readonly size: RowSize | undefined;
  readonly largest: number;
  /** It shares its activations with the row that is looked at. */
  readonly sharing: boolean;
  /** Rows are a tree. */
  readonly grouped: boolean;
}

/** Drawn again only when one of its own cells has changed, not whenever any cell has. */
export const HeatmapRow = memo(Row, (before, after) => {
  const { known, row, ...others } = after;
  for (const key of Object.keys(others) as (keyof typeof others)[]) {
    if (before[key] !== after[key]) return false;
  }
  const same = (key: "label" | "layer" | "place") => before.row[key] === row[key];
  if (!same("label") || !same("layer") || !sameValues(before.row.place, row.place)) return false;
  return after.layout.columns.every(({ target, bits }) => {
    if (bits === floating) return true;
    const key = cellKey(row.layer.id, target, bits);
    const { cells, predictions } = before.known;
    return shown(key, cells, predictions) === shown(key, known.cells, known.predictions);
  });
});

const sameValues = (a: object, b: object) =>
  a === b || Object.entries(a).every(([key, value]) => value === b[key as keyof typeof b]);

function Row(props: Props) {
  const { row, index, layout, active, selected, size, grouped } = props;
  const { layer } = row;
  return (
    <div
      className="heat-row"
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-selected={selected || undefined}
      data-sharing={(props.sharing && !selected) || undefined}
      {...treePlace(row, grouped)}
    >
      <div
        className="heat-name"
        role="rowheader"
        aria-label={`${layer.id}, ${layer.op}${size ? `, ${formatBytes(size.float)} float, ${formatBytes(size.now)} now` : ""}`}
        tabIndex={active === -1 ? 0 : -1}
        data-row={index}
        data-column={-1}
      >
        <span className="heat-id" title={layer.id}>
          <bdi>{grouped ? row.label : layer.id}</bdi>
        </span>
        <span className="heat-op">
          {layer.depthwise ? "depthwise " : ""}
          {layer.op}
        </span>
        <LockToggle layer={layer.id} />
      </div>
      <SizeCell size={size} largest={props.largest} />
      <CostCell name={layer.id} layers={[layer]} />
      <RowCells
        row={row}
        index={index}
        layout={layout}
        known={props.known}
        active={active}
        name={(column, { cell }) => cellName(layer, column, cell, props)}
      />
    </div>
  );
}
