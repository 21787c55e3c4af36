// The right panel: what the selected layer's values look like, how they are quantized, what that costs and saves.

import { type LayerSummary, schemeFor, type Target } from "@bitscape/engine";
import { useDeferredValue, useMemo } from "react";
import { has } from "../state/edits.ts";
import { useArranged } from "../state/rows/grouping.ts";
import { useStore } from "../state/store.ts";
import { selectedIds, showTarget } from "../state/study.ts";
import { formatCount, formatLarge, formatShape } from "../ui/numbers.ts";
import { Segments } from "../ui/Segments.tsx";
import { Term } from "../ui/Term.tsx";
import { Consequences } from "./Consequences.tsx";
import { Remedies } from "./Remedies.tsx";
import { SchemeEditor } from "./SchemeEditor.tsx";
import { Shares } from "./Shares.tsx";
import { Values } from "./Values.tsx";
import { WidthsChart } from "./WidthsChart.tsx";
import "./inspector.css";

export function Inspector() {
  const open = useStore((state) => state.model?.layers);
  // As the heatmap: the first drawing lets clicks through.
  const layers = useDeferredValue(open !== undefined, false) ? open : undefined;
  const { order } = useArranged();
  const selected = useStore((state) => state.selected);
  const rangeEnd = useStore((state) => state.rangeEnd);
  const wanted = useStore((state) => state.target);
  const recipe = useStore((state) => state.recipe);
  const layer = layers?.find(({ id }) => id === (rangeEnd ?? selected));
  const ids = useMemo(() => selectedIds(order, selected, rangeEnd), [order, selected, rangeEnd]);
  if (!layer) {
    return (
      <section className="panel inspector" aria-label="Layer" tabIndex={-1}>
        <p className="quiet">
          {layers ? "Select a layer to look at its values and its scheme." : "No layer yet."}
        </p>
      </section>
    );
  }
  const target: Target = has(layer, wanted) ? wanted : has(layer, "weight") ? "weight" : "activation";
  const scheme = schemeFor(recipe, layer.id, target);
  return (
    <section className="panel inspector" aria-label="Layer" tabIndex={-1}>
      <header className="inspector-head">
        <div className="inspector-title">
          <h2 title={layer.id}>
            <bdi>{layer.id}</bdi>
          </h2>
          <Segments
            label="Weights or activations"
            value={target}
            options={[
              { value: "weight", text: "Weights", disabled: !has(layer, "weight") },
              { value: "activation", text: "Activations", disabled: !has(layer, "activation") },
            ]}
            onChange={(value) => showTarget(value as Target)}
          />
        </div>
        <LayerFacts layer={layer} />
        {ids.length > 1 && (
          <p className="inspector-many">
            {ids.length} layers selected: edits of the scheme apply to all of them.
          </p>
        )}
      </header>
      {has(layer, target) ? (
        <div className="inspector-body">
          <Values ids={ids} layer={layer} target={target} scheme={scheme} />
          <Consequences layer={layer} target={target} />
          <SchemeEditor ids={ids} layer={layer} target={target} />
          <Remedies ids={ids} layer={layer} target={target} scheme={scheme} />
          <Shares layer={layer} />
          <WidthsChart layer={layer} target={target} />
        </div>
      ) : (
        <p className="quiet">Nothing to quantize here.</p>
      )}
    </section>
  );
}

function LayerFacts({
  layer: { op, weights, macs, depthwise, sharedWith },
}: {
  readonly layer: LayerSummary;
}) {
  const elements = weights.reduce((sum, weight) => sum + weight.elements, 0);
  return (
    <p className="inspector-facts">
      <span>{depthwise ? `depthwise ${op}` : op}</span>
      {weights.map(({ name, shape }) => (
        <span key={name}>{formatShape(shape)}</span>
      ))}
      {elements > 0 && <span>{formatCount(elements)} weights</span>}
      {macs !== null && (
        <span>
          {formatLarge(macs)} <Term of="mac">MACs</Term>
        </span>
      )}
      {sharedWith.length > 0 && <span>shares activations with {sharedWith.join(", ")}</span>}
    </p>
  );
}
