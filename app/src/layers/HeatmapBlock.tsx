// Some rows of the heatmap: their cells on one canvas, and over it the names, sizes and the cells that can be reached.

// biome-ignore-all lint/a11y/useSemanticElements: the cells lie over a canvas, which a table's layout does not allow

import type { Estimator } from "@bitscape/engine";
import { memo, useLayoutEffect, useRef } from "react";
import { RuledOut } from "../budget/RuledOut.tsx";
import { chosenBits } from "../state/edits.ts";
import { layersIn, type Row } from "../state/rows/rows.ts";
import type { Known } from "./boxes.ts";
import type { Bracket } from "./brackets.ts";
import { Changes } from "./Changes.tsx";
import { type Layout, rowHeight } from "./columns.ts";
import { HeatmapGroup } from "./HeatmapGroup.tsx";
import { HeatmapRow } from "./HeatmapRow.tsx";
import { paint } from "./paint.ts";
import { type RowSize, sizeTogether } from "./rowSizes.ts";
import type { Place } from "./useGridKeys.ts";

interface Props {
  /** Index of the first row among all that are shown. */
  readonly from: number;
  readonly rows: readonly Row[];
  readonly layout: Layout;
  readonly known: Known;
  readonly dark: boolean;
  readonly synthetic: boolean;
  readonly metric: string;
  readonly estimator: Estimator;
  /** The place that Tab leads to, where it is in this block. */
  readonly at: Place | null;
  readonly selected: ReadonlySet<string>;
  readonly sizes: ReadonlyMap<string, RowSize>;
  readonly largest: number;
  readonly brackets: readonly Bracket[];
  /** The row whose bracket stands out, and those that share its activations. */
  readonly active: number | null;
  readonly sharing: ReadonlySet<number>;
  /** Rows are a tree. */
  readonly grouped: boolean;
}

export const HeatmapBlock = memo(function HeatmapBlock(props: Props) {
  const { from, rows, layout, known, dark, at, brackets, active, sizes, largest, grouped } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    if (canvas.current) paint(canvas.current, { rows, layout, ...known, dark, from, brackets, active });
  }, [rows, layout, known, dark, from, brackets, active]);
  const { synthetic, metric, estimator } = props;
  return (
    <div
      className="heat-block"
      role="rowgroup"
      style={{ top: from * rowHeight, height: rows.length * rowHeight }}
    >
      <canvas
        ref={canvas}
        className="heat-canvas"
        style={{ width: layout.width, height: rows.length * rowHeight }}
      />
      <RuledOut rows={rows} layout={layout} />
      <Changes rows={rows} cells={known.cells} layout={layout} />
      {rows.map((row, i) => {
        const index = from + i;
        const each = { index, layout, known, synthetic, metric, estimator };
        const reached = at?.row === index ? at.column : null;
        const selected = layersIn(row).every(({ id }) => props.selected.has(id));
        if (row.kind === "group") {
          const size = sizeTogether(row.layers, sizes);
          return (
            <HeatmapGroup
              key={row.key}
              {...each}
              row={row}
              active={reached}
              selected={selected}
              size={size}
            />
          );
        }
        const { id } = row.layer;
        return (
          <HeatmapRow
            // biome-ignore lint/suspicious/noArrayIndexKey: elements are used again for whatever row comes
            key={i}
            {...each}
            row={row}
            largest={largest}
            chosenWeight={chosenBits(known.recipe, id, "weight")}
            chosenActivation={chosenBits(known.recipe, id, "activation")}
            active={reached}
            selected={selected}
            size={sizes.get(id)}
            sharing={props.sharing.has(index)}
            grouped={grouped}
          />
        );
      })}
    </div>
  );
});
