// How well the network does: float → predicted for the recipe → measured for the recipe; by divergence without labels.

import { type Finding, recipeKey } from "@bitscape/engine";
import { useMemo } from "react";
import { predict } from "../state/prediction.ts";
import { useStore } from "../state/store.ts";
import { ArrowIcon } from "../ui/icons.tsx";
import { formatAccuracyFinding, formatCount, formatDivergenceFinding, formatPercent } from "../ui/numbers.ts";
import { Term } from "../ui/Term.tsx";
import { Tip } from "../ui/Tip.tsx";

export function QualityReadout() {
  const model = useStore((state) => state.model);
  const recipe = useStore((state) => state.recipe);
  const cells = useStore((state) => state.cells);
  const float = useStore((state) => state.float);
  const measured = useStore((state) => state.measured);
  const measuring = useStore((state) => state.measuring);
  const synthetic = useStore((state) => state.data?.kind === "synthetic");
  const key = useMemo(() => recipeKey(recipe), [recipe]);
  const prediction = useMemo(
    () => (model ? predict(model.layers, recipe, cells, float, key) : null),
    [model, recipe, cells, float, key],
  );
  if (!model || !prediction) return null;
  const byTop1 = Boolean(float?.top1);
  const write = byTop1 ? formatAccuracyFinding : formatDivergenceFinding;
  const predicted = byTop1 ? prediction.top1 : prediction.divergence;
  const found = byTop1 ? measured?.value.top1 : measured?.value.divergence;
  const stale = measured !== null && measured.key !== key;
  const metric = float?.metric === "mse" ? "mse" : "kl";
  return (
    <section className="readout" aria-label={byTop1 ? "Top-1 accuracy" : "Divergence"}>
      <span className="readout-label">
        {byTop1 ? (
          <Term of="top1">Top-1</Term>
        ) : (
          <Term of={metric}>{metric === "mse" ? "Relative squared error" : "KL to float, nats"}</Term>
        )}
        {synthetic && (
          <span className="badge" data-kind="warn">
            synthetic data
          </span>
        )}
      </span>
      <span className="readout-row">
        {byTop1 && (
          <>
            <Value
              text={float?.top1 ? `${formatPercent(float.top1.value)} %` : "…"}
              note="float"
              tip={
                float?.top1 ? `Float network: ${describe(float.top1, write)}` : "Running the float network"
              }
            />
            <ArrowIcon />
          </>
        )}
        <Value
          text={predicted ? write(predicted) : "…"}
          note={prediction.unknown ? `predicted (${prediction.unknown} unknown)` : "predicted"}
          kind="predicted"
          tip={predictionTip(predicted, write, prediction)}
        />
        <ArrowIcon />
        <Value
          text={found ? write(found) : "…"}
          note={measuredNote(found ?? null, stale, measuring, measured?.value.done ?? false)}
          stale={stale}
          tip={
            found
              ? `${stale ? "Of an earlier recipe" : "The whole recipe simulated"}: ${describe(found, write)}`
              : "The whole recipe has not been measured yet"
          }
        />
      </span>
    </section>
  );
}

interface ValueProps {
  readonly text: string;
  readonly note: string;
  readonly tip: string;
  readonly kind?: "predicted";
  readonly stale?: boolean;
}

function Value({ text, note, tip, kind, stale }: ValueProps) {
  return (
    <Tip text={tip}>
      <button type="button" className="readout-value" data-kind={kind} data-stale={stale || undefined}>
        {text} <span className="readout-note">{note}</span>
      </button>
    </Tip>
  );
}

const describe = (finding: Finding, write: (finding: Finding) => string) =>
  `${write(finding)}, 95 % interval, n=${formatCount(finding.n)}`;

function measuredNote(found: Finding | null, stale: boolean, measuring: boolean, done: boolean): string {
  if (!found) return measuring ? "measuring" : "measured";
  if (stale) return "stale";
  return `${done ? "measured" : "measuring"} n=${formatCount(found.n)}`;
}

function predictionTip(
  predicted: Finding | null,
  write: (finding: Finding) => string,
  { unknown, departing }: { unknown: number; departing: number },
): string {
  if (!predicted) return "Predicted once the chosen cells are measured";
  const parts = [
    `Predicted: ${write(predicted)}, 95 % interval, n≥${formatCount(predicted.n)}: the sum of what each chosen cell costs alone. Layers interact, so it is measured too.`,
  ];
  if (unknown) parts.push(`${unknown} chosen cells are not known yet and left out.`);
  if (departing) parts.push(`${departing} schemes differ from the measured cells' beyond their bits.`);
  return parts.join(" ");
}
