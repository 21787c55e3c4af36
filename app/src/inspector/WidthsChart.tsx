// What each width, and each other format, would cost the selected layer.

import type { LayerSummary, Target } from "@bitscape/engine";
import { useMemo, useRef } from "react";
import { BitsChart, type BitsPoint } from "../charts/BitsChart.tsx";
import { formatTitle } from "../layers/formats.ts";
import { chosenBits, columnsOf, floating, storageBits, targets } from "../state/edits.ts";
import { useStore } from "../state/store.ts";
import { cellKey, isFailed, shown } from "../state/sweep/known.ts";
import { SaveWidths } from "./SaveWidths.tsx";

export function WidthsChart({ layer, target }: { readonly layer: LayerSummary; readonly target: Target }) {
  const section = useRef<HTMLElement>(null);
  const cells = useStore((state) => state.cells);
  const predictions = useStore((state) => state.predictions);
  const layers = useStore((state) => state.model?.layers);
  const recipe = useStore((state) => state.recipe);
  const chosen = useStore((state) => chosenBits(state.recipe, layer.id, target));
  const metric = useStore((state) => state.float?.metric ?? "kl");
  const points = useMemo(() => {
    const ids = (layers ?? []).map(({ id }) => id);
    const columns = new Set(targets.flatMap((each) => columnsOf(recipe, ids, each)));
    return [...columns]
      .sort((a, b) => storageBits(a) - storageBits(b))
      .map((bits): BitsPoint => {
        const found = targets.flatMap((each) => {
          const cell = shown(cellKey(layer.id, each, bits), cells, predictions);
          return cell && !isFailed(cell) ? [[each, cell.finding] as const] : [];
        });
        const name = typeof bits === "string" ? formatTitle(bits) : null;
        return { bits: storageBits(bits), name, ...Object.fromEntries(found) };
      });
  }, [cells, predictions, layer.id, layers, recipe]);
  const known = points.some(({ weight, activation }) => weight || activation);
  return (
    <section ref={section} aria-label="Cost of each width">
      <div className="values-head">
        <h3>Cost of each width, alone</h3>
        <span className="widths-key">
          <i data-of="weight" /> weights <i data-of="activation" /> activations
          {known && <SaveWidths layer={layer.id} points={points} of={section} />}
        </span>
      </div>
      {known ? (
        <BitsChart
          points={points}
          chosen={chosen === floating ? null : storageBits(chosen)}
          unit={metric === "mse" ? "relative error" : "KL, nats"}
        />
      ) : (
        <div className="widths-empty quiet">Not yet known</div>
      )}
    </section>
  );
}
