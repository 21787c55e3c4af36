// What the selected layer's present scheme costs and saves.

import { type LayerSummary, recipeKey, schemeFor, type Target } from "@bitscape/engine";
import { bitsOf, cellScheme, floating, sameValues } from "../state/edits.ts";
import { cellKey, failureOf, isFailed, shown } from "../state/known.ts";
import { useStore } from "../state/store.ts";
import { formatBytes, formatCount, formatDivergenceFinding, formatExactBytes } from "../ui/numbers.ts";
import { Term } from "../ui/Term.tsx";
import { formatTitle } from "./formats.ts";
import { rowSizes } from "./rowSizes.ts";
import { dropWords, metricName, sourceWords } from "./words.ts";

export function Consequences({ layer, target }: { readonly layer: LayerSummary; readonly target: Target }) {
  return (
    <section className="consequences" aria-label="What it costs and saves">
      <div>
        <h3>Costs</h3>
        <Cost layer={layer} target={target} />
      </div>
      {target === "weight" && (
        <div>
          <h3>Saves</h3>
          <Saving layer={layer} />
        </div>
      )}
    </section>
  );
}

function Cost({ layer, target }: { readonly layer: LayerSummary; readonly target: Target }) {
  const recipe = useStore((state) => state.recipe);
  const scheme = schemeFor(recipe, layer.id, target);
  const bits = bitsOf(scheme);
  const cell = useStore((state) => shown(cellKey(layer.id, target, bits), state.cells, state.predictions));
  const estimator = useStore((state) => state.estimator);
  const metric = useStore((state) => state.float?.metric ?? "kl");
  const synthetic = useStore((state) => state.data?.kind === "synthetic");
  if (bits === floating) return <p>Nothing: it stays in floating point.</p>;
  if (!cell) return <p className="quiet">Not yet known at {formatTitle(bits)}.</p>;
  if (isFailed(cell)) return <p className="failure">{failureOf(cell)}</p>;
  const { finding } = cell;
  const drop = dropWords(cell);
  return (
    <p>
      <strong>
        {metric === "mse" ? metricName(metric) : <Term of="kl">KL</Term>} {formatDivergenceFinding(finding)}
        {metric === "mse" ? "" : " nats"}
      </strong>
      <span className="consequences-line quiet">
        {drop && (
          <>
            <Term of="drop">{drop}</Term>
            {", "}
          </>
        )}
        {sourceWords(finding, estimator)} alone, n={formatCount(finding.n)}
      </span>
      {synthetic && (
        <span className="badge" data-kind="warn">
          synthetic data
        </span>
      )}
      {!sameValues(scheme, cellScheme(recipe, target, bits)) && (
        <span className="consequences-note">The cell's scheme differs from this one beyond its format.</span>
      )}
    </p>
  );
}

function Saving({ layer }: { readonly layer: LayerSummary }) {
  const size = useStore((state) => state.size);
  const key = useStore((state) => recipeKey(state.recipe));
  const { float, now } = rowSizes([layer], size?.value ?? null).get(layer.id) ?? {
    float: 0,
    now: Number.NaN,
  };
  if (Number.isNaN(now)) return <p className="quiet">…</p>;
  return (
    <p
      data-stale={size?.key !== key || undefined}
      title={`${formatExactBytes(float)} → ${formatExactBytes(now)}`}
    >
      <strong>{formatBytes(float - now)}</strong> of {formatBytes(float)}{" "}
      <span className="consequences-line quiet">{formatBytes(now)} left, scales included</span>
    </p>
  );
}
