// Some rows of the heatmap: their cells on one canvas, and over it the names, sizes and the cells that can be reached.

// biome-ignore-all lint/a11y/useSemanticElements: the cells lie over a canvas, which a table's layout does not allow

import type { Estimator, LayerSummary, Recipe } from "@bitscape/engine";
import { memo, useLayoutEffect, useRef } from "react";
import { chosenBits } from "../state/edits.ts";
import type { Cells, Predictions } from "../state/known.ts";
import type { Bracket } from "./brackets.ts";
import { type Layout, rowHeight } from "./columns.ts";
import { HeatmapRow } from "./HeatmapRow.tsx";
import { paint } from "./paint.ts";
import type { RowSize } from "./rowSizes.ts";
import type { Place } from "./useGridKeys.ts";

interface Props {
  /** Index of the first row among all that the filter leaves. */
  readonly from: number;
  readonly rows: readonly LayerSummary[];
  readonly layout: Layout;
  readonly cells: Cells;
  readonly predictions: Predictions;
  readonly recipe: Recipe;
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
}

export const HeatmapBlock = memo(function HeatmapBlock(props: Props) {
  const { from, rows, layout, cells, predictions, recipe, dark, at, brackets, active } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    if (!canvas.current) return;
    paint(canvas.current, { rows, layout, cells, predictions, recipe, dark, from, brackets, active });
  }, [rows, layout, cells, predictions, recipe, dark, from, brackets, active]);
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
      {rows.map((layer, i) => (
        <HeatmapRow
          key={layer.id}
          layer={layer}
          row={from + i}
          layout={layout}
          cells={cells}
          predictions={predictions}
          estimator={props.estimator}
          chosenWeight={chosenBits(recipe, layer.id, "weight")}
          chosenActivation={chosenBits(recipe, layer.id, "activation")}
          synthetic={props.synthetic}
          metric={props.metric}
          active={at?.row === from + i ? at.column : null}
          selected={props.selected.has(layer.id)}
          size={props.sizes.get(layer.id)}
          largest={props.largest}
          sharing={props.sharing.has(from + i)}
        />
      ))}
    </div>
  );
});
