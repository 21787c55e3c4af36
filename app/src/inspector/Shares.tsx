// Only this layer, and all but this layer: what each would lose, measured, and the way to make it the recipe.

import { type Finding, type LayerSummary, type ShareReport, verdictOf } from "@bitscape/engine";
import { type ReactNode, useEffect } from "react";
import { metricName } from "../layers/words.ts";
import { DataMark } from "../open/DataMark.tsx";
import { chosenBits, floating, has, targets } from "../state/edits.ts";
import { adoptAllBut, adoptOnly, insist, keepSharing, shareKey, useShares } from "../state/shares.ts";
import { useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { formatCount, formatDivergenceFinding } from "../ui/numbers.ts";

export function Shares({ layer }: { readonly layer: LayerSummary }) {
  const float = useStore(({ recipe }) =>
    targets.every((target) => !has(layer, target) || chosenBits(recipe, layer.id, target) === floating),
  );
  return (
    <section className="shares" aria-label="Share of the loss">
      <div className="values-head">
        <h3>Share of the loss</h3>
        <DataMark />
      </div>
      {float ? (
        <p className="quiet">This layer is float: it adds nothing to the loss.</p>
      ) : (
        <Measured layer={layer} />
      )}
    </section>
  );
}

function Measured({ layer }: { readonly layer: LayerSummary }) {
  useEffect(() => keepSharing(layer.id), [layer.id]);
  const key = useStore(({ recipe }) => shareKey(recipe, layer.id));
  const { share, running, waiting, failure } = useShares();
  const cannotRun = useStore((state) => state.data?.cannotRun);
  const about = share?.key.startsWith(`${layer.id} `) ? share : null;
  const stale = about !== null && about.key !== key;
  const report = about?.value ?? null;
  if (cannotRun !== undefined) return <p className="quiet">{cannotRun}</p>;
  return (
    <>
      <div className="shares-pair" data-stale={stale || undefined}>
        <Choice
          name="Only this layer"
          help="Everything else float: one step, can be undone"
          onAdopt={() => adoptOnly(layer)}
          finding={report?.only ?? null}
        >
          {report && shareWords(report.only.value, report.total.value)}
        </Choice>
        <Choice
          name="All but this layer"
          help="This layer float: one step, can be undone"
          onAdopt={() => adoptAllBut(layer)}
          finding={report?.allBut ?? null}
        >
          {report && savedWords(report)}
        </Choice>
      </div>
      <p className="shares-note quiet">
        {failure?.key === key ? (
          <span className="failure">{failure.value}</span>
        ) : waiting && (!report || stale) ? (
          <>
            Measured once the heatmap rests.{" "}
            <button type="button" className="term" onClick={() => insist(layer.id)}>
              Measure now
            </button>
          </>
        ) : report ? (
          `${metricName(report.metric)}${report.metric === "kl" ? ", nats" : ""}, measured on ${formatCount(report.total.n)} samples each${report.done && !stale ? "" : " so far"}; the recipe loses ${formatDivergenceFinding(report.total)}.`
        ) : running ? (
          "Measuring…"
        ) : (
          "Not yet measured."
        )}
      </p>
    </>
  );
}

function Choice({
  name,
  help,
  onAdopt,
  finding,
  children,
}: {
  readonly name: string;
  readonly help: string;
  readonly onAdopt: () => void;
  readonly finding: Finding | null;
  readonly children: ReactNode;
}) {
  return (
    <div className="shares-choice">
      <Button size="small" title={help} onClick={onAdopt}>
        {name}
      </Button>
      <strong>{finding ? formatDivergenceFinding(finding) : "…"}</strong>
      <span className="quiet">{children || "\u00a0"}</span>
    </div>
  );
}

/** "12 % of the total". */
function shareWords(part: number, total: number): string {
  if (!(total > 0)) return "the recipe loses nothing";
  return `${Number(((100 * part) / total).toPrecision(2))} % of the total, alone`;
}

function savedWords({ saved, total }: ShareReport): string {
  const verdict = verdictOf(saved);
  if (verdict === "noise") return "float here saves nothing that is seen";
  const share = Number(((100 * Math.abs(saved.value)) / total.value).toPrecision(2));
  return verdict === "better"
    ? `float here saves ${share} % of the total`
    : `float here adds ${share} %: errors cancel`;
}
