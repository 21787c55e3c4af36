// One layer: its name and size, and a transparent cell over each box that the canvas shows.

// biome-ignore-all lint/a11y/useSemanticElements: the cells lie over a canvas, which a table's layout does not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus moves among the cells and names

import type { Estimator, LayerSummary } from "@bitscape/engine";
import { memo } from "react";
import { type Bits, floating, has } from "../state/edits.ts";
import { type Cells, cellKey, type Predictions, shown } from "../state/known.ts";
import { formatBytes } from "../ui/numbers.ts";
import { type Layout, rowHeight } from "./columns.ts";
import type { RowSize } from "./rowSizes.ts";
import { SizeCell } from "./SizeCell.tsx";
import { cellName } from "./words.ts";

interface Props {
  readonly layer: LayerSummary;
  readonly row: number;
  readonly layout: Layout;
  readonly cells: Cells;
  readonly predictions: Predictions;
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
}

/** Drawn again only when one of its own cells has changed, not whenever any cell has. */
export const HeatmapRow = memo(Row, (before, after) => {
  const { cells: _, predictions: __, ...others } = after;
  for (const key of Object.keys(others) as (keyof typeof others)[]) {
    if (before[key] !== after[key]) return false;
  }
  return after.layout.columns.every(({ target, bits }) => {
    if (bits === floating) return true;
    const key = cellKey(after.layer.id, target, bits);
    return shown(key, before.cells, before.predictions) === shown(key, after.cells, after.predictions);
  });
});

function Row(props: Props) {
  const { layer, row, layout, cells, predictions, active, selected, size } = props;
  const chosen = { weight: props.chosenWeight, activation: props.chosenActivation };
  return (
    <div
      className="heat-row"
      role="row"
      aria-rowindex={row + 2}
      aria-selected={selected}
      data-selected={selected || undefined}
      data-sharing={(props.sharing && !selected) || undefined}
      style={{ height: rowHeight }}
    >
      <div
        className="heat-name"
        role="rowheader"
        aria-label={`${layer.id}, ${layer.op}${size ? `, ${formatBytes(size.float)} float, ${formatBytes(size.now)} now` : ""}`}
        tabIndex={active === -1 ? 0 : -1}
        data-row={row}
        data-column={-1}
      >
        <span className="heat-id" title={layer.id}>
          <bdi>{layer.id}</bdi>
        </span>
        <span className="heat-op">
          {layer.depthwise ? "depthwise " : ""}
          {layer.op}
        </span>
      </div>
      <SizeCell size={size} largest={props.largest} />
      <div className="heat-cells" style={{ width: layout.width }}>
        {layout.columns.map((column, i) => {
          const { target, bits } = column;
          const enabled = has(layer, target);
          const cell =
            bits === floating ? undefined : shown(cellKey(layer.id, target, bits), cells, predictions);
          return (
            <div
              key={`${target}${bits}`}
              className="heat-cell"
              role="gridcell"
              aria-label={cellName(layer, column, cell, props)}
              aria-selected={enabled && chosen[target] === bits}
              aria-disabled={!enabled || undefined}
              tabIndex={active === i ? 0 : -1}
              data-row={row}
              data-column={i}
              style={{ left: layout.lefts[i], width: layout.widths[i] }}
            />
          );
        })}
      </div>
    </div>
  );
}
