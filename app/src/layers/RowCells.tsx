// A row's cells: transparent, over the boxes that the canvas shows. They take the pointer and the focus and say what is there.

// biome-ignore-all lint/a11y/useSemanticElements: the cells lie over a canvas, which a table's layout does not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus moves among the cells and names

import { useBudget } from "../state/budget/store.ts";
import type { Row } from "../state/rows/rows.ts";
import { cellKey } from "../state/sweep/known.ts";
import { boxOf, type Known, type RowCell } from "./boxes.ts";
import type { Column, Layout } from "./columns.ts";

interface Props {
  readonly row: Row;
  readonly index: number;
  readonly layout: Layout;
  readonly known: Known;
  /** The column that Tab leads to, where it is in this row. */
  readonly active: number | null;
  readonly name: (column: Column, cell: RowCell) => string;
}

export function RowCells({ row, index, layout, known, active, name }: Props) {
  const out = useBudget((state) => state.ruledOut);
  const isOut = ({ target, bits }: Column) =>
    row.kind === "layer" && out.has(cellKey(row.layer.id, target, bits));
  return (
    <div className="heat-cells" style={{ width: layout.width }}>
      {layout.columns.map((column, i) => {
        const cell = boxOf(row, column, known);
        return (
          <div
            key={`${column.target}${column.bits}`}
            className="heat-cell"
            role="gridcell"
            aria-label={`${name(column, cell)}${isOut(column) ? ", ruled out by limits" : ""}`}
            aria-selected={cell.applies && cell.chosen === 1}
            aria-disabled={!cell.applies || undefined}
            tabIndex={active === i ? 0 : -1}
            data-row={index}
            data-column={i}
            style={{ left: layout.lefts[i], width: layout.widths[i] }}
          />
        );
      })}
    </div>
  );
}
