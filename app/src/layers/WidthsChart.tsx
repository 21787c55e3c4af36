// What each width would cost the selected layer. The chart itself is loaded when it is first shown.

import type { LayerSummary, Target } from "@bitscape/engine";
import { lazy, Suspense, useMemo } from "react";
import type { BitsPoint } from "../charts/BitsChart.tsx";
import { chosenBits, columnBits, targets } from "../state/edits.ts";
import { cellKey, isFailed } from "../state/known.ts";
import { useStore } from "../state/store.ts";

const BitsChart = lazy(async () => ({ default: (await import("../charts/BitsChart.tsx")).BitsChart }));

export function WidthsChart({ layer, target }: { readonly layer: LayerSummary; readonly target: Target }) {
  const cells = useStore((state) => state.cells);
  const chosen = useStore((state) => chosenBits(state.recipe, layer.id, target));
  const metric = useStore((state) => state.float?.metric ?? "kl");
  const points = useMemo(() => {
    const widths = new Set(targets.flatMap((each) => columnBits[each]));
    return [...widths]
      .sort((a, b) => a - b)
      .map((bits): BitsPoint => {
        const found = targets.flatMap((each) => {
          const cell = cells.get(cellKey(layer.id, each, bits))?.cell;
          return cell && !isFailed(cell) ? [[each, cell.finding] as const] : [];
        });
        return { bits, ...Object.fromEntries(found) };
      });
  }, [cells, layer.id]);
  const known = points.some(({ weight, activation }) => weight || activation);
  return (
    <section aria-label="Cost of each width">
      <div className="values-head">
        <h3>Cost of each width, this layer alone</h3>
        <span className="widths-key">
          <i data-of="weight" /> weights <i data-of="activation" /> activations
        </span>
      </div>
      {known ? (
        <Suspense fallback={<div className="widths-empty" />}>
          <BitsChart
            points={points}
            chosen={chosen}
            unit={metric === "mse" ? "relative error" : "KL, nats"}
            animate={false}
          />
        </Suspense>
      ) : (
        <div className="widths-empty quiet">Not yet known</div>
      )}
    </section>
  );
}
