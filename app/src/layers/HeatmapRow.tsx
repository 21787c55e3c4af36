// One layer: its name and size, and a transparent cell over each box that the canvas shows.

// biome-ignore-all lint/a11y/useSemanticElements: the cells lie over a canvas, which a table's layout does not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus moves among the cells and names

import type { LayerSummary, Recipe } from "@bitscape/engine";
import { chosenBits, has } from "../state/edits.ts";
import { type Cells, cellKey } from "../state/known.ts";
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
  readonly recipe: Recipe;
  readonly synthetic: boolean;
  readonly metric: string;
  /** The column that Tab leads to, −1 for the name; null where that is in another row. */
  readonly active: number | null;
  readonly selected: boolean;
  readonly size: RowSize | undefined;
  readonly largest: number;
}

export function HeatmapRow(props: Props) {
  const { layer, row, layout, cells, recipe, active, selected, size } = props;
  const chosen = {
    weight: chosenBits(recipe, layer.id, "weight"),
    activation: chosenBits(recipe, layer.id, "activation"),
  };
  return (
    <div
      className="heat-row"
      role="row"
      aria-rowindex={row + 2}
      aria-selected={selected}
      data-selected={selected || undefined}
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
        <span className="heat-id">{layer.id}</span>
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
          const cell = bits === "fp" ? undefined : cells.get(cellKey(layer.id, target, bits))?.cell;
          return (
            <div
              key={`${target}${bits}`}
              className="heat-cell"
              role="gridcell"
              aria-label={cellName(layer, column, cell, props.synthetic, props.metric)}
              aria-selected={enabled && chosen[target] === bits}
              aria-disabled={!enabled || undefined}
              tabIndex={active === i ? 0 : -1}
              data-row={row}
              data-column={i}
              style={{ left: layout.lefts[i], width: layout.cellWidth }}
            />
          );
        })}
      </div>
    </div>
  );
}
