// Why the selected tensor is fragile, and which other treatment measured best, with a button that applies it.

import {
  byBytes,
  byGain,
  type LayerSummary,
  type RemediesReport,
  recipeKey,
  type Target,
} from "@bitscape/engine";
import { useEffect, useState } from "react";
import { metricName } from "../layers/words.ts";
import { DataMark } from "../open/DataMark.tsx";
import type { Scheme } from "../state/edits.ts";
import { isLost, sentenceOf } from "../state/notices.ts";
import {
  cancelRemedies,
  diagnosis,
  type Tried,
  tensorOf,
  tryRemedies,
  useRemedies,
} from "../state/remedies.ts";
import { useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { formatDivergenceFinding } from "../ui/numbers.ts";
import { Segments } from "../ui/Segments.tsx";
import { RemedyRow } from "./RemedyRow.tsx";
import "./remedies.css";

interface Props {
  readonly ids: readonly string[];
  readonly layer: LayerSummary;
  readonly target: Target;
  readonly scheme: Scheme | undefined;
}

export function Remedies({ ids, layer, target, scheme }: Props) {
  const cannotRun = useStore((state) => state.data?.cannotRun);
  const tried = useRemedies((state) => state.tried.get(tensorOf(layer.id, target)));
  const key = useStore((state) => recipeKey(state.recipe));
  return (
    <section className="remedies" aria-label="Why it is fragile, and what would help">
      <div className="values-head">
        <h3>Why it is fragile, and what would help</h3>
        {scheme && cannotRun === undefined && (
          <TryButton
            running={tried?.phase === "running"}
            again={tried !== undefined}
            layer={layer}
            target={target}
          />
        )}
      </div>
      {scheme ? (
        <>
          <Troubles layer={layer} target={target} scheme={scheme} />
          {cannotRun !== undefined && <p className="quiet">Remedies cannot be measured: {cannotRun}</p>}
          {tried && <Trial ids={ids} target={target} tried={tried} stale={tried.key !== key} />}
        </>
      ) : (
        <p className="quiet">It is float: nothing to remedy.</p>
      )}
    </section>
  );
}

function TryButton({
  running,
  again,
  layer,
  target,
}: Pick<Props, "layer" | "target"> & { readonly running: boolean; readonly again: boolean }) {
  if (running)
    return (
      <Button size="small" onClick={cancelRemedies}>
        Cancel
      </Button>
    );
  return (
    <Button size="small" onClick={() => void tryRemedies(layer.id, target)}>
      {again ? "Try again" : "Try remedies"}
    </Button>
  );
}

function Troubles({ layer, target, scheme }: Omit<Props, "ids"> & { readonly scheme: Scheme }) {
  const absent = useStore(({ opening, lost }) => opening !== null || (lost !== null && !lost.back));
  const data = useStore((state) => state.data);
  const key = JSON.stringify([layer.id, target, scheme]);
  const [found, setFound] = useState<{ key: string; sentences: readonly string[]; failed: boolean }>();
  useEffect(() => {
    if (absent || !data) return;
    let current = true;
    const [id, of, with_] = JSON.parse(key) as [string, Target, Scheme];
    const timer = setTimeout(() => {
      diagnosis(id, of, with_).then(
        ({ troubles }) =>
          current && setFound({ key, sentences: troubles.map(({ sentence }) => sentence), failed: false }),
        (error) =>
          current && !isLost(error) && setFound({ key, sentences: [sentenceOf(error)], failed: true }),
      );
    }, 150);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [key, absent, data]);
  const sameTensor = found?.key.startsWith(JSON.stringify([layer.id, target]).slice(0, -1));
  if (!found || !sameTensor) return <p className="quiet">Looking at the values…</p>;
  if (found.failed) return <p className="failure">{found.sentences}</p>;
  if (found.sentences.length === 0)
    return <p className="quiet">Nothing stands out: no outliers, no dead range, little clipped.</p>;
  return (
    <ul className="troubles" data-stale={found.key !== key || undefined}>
      {found.sentences.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}

const orders = { gain: byGain, bytes: byBytes };

/** Rows shown until somebody wants all. */
const FEW = 5;

function Trial({
  ids,
  target,
  tried,
  stale,
}: {
  readonly ids: readonly string[];
  readonly target: Target;
  readonly tried: Tried;
  readonly stale: boolean;
}) {
  const [order, setOrder] = useState<keyof typeof orders>("gain");
  const [all, setAll] = useState(false);
  const { report, phase, progress, sentence } = tried;
  const rows = report ? [...report.tried].sort(orders[order]) : [];
  const shown = all ? rows : rows.slice(0, FEW);
  return (
    <div className="trial" data-stale={stale || undefined}>
      {phase === "failed" && <p className="failure">{sentence}</p>}
      {!report && phase === "running" && <p className="quiet">Measuring the recipe as it is…</p>}
      {!report && phase === "cancelled" && <p className="quiet">Cancelled before anything was measured.</p>}
      {report && (
        <>
          <div className="values-head">
            <p className="quiet" role="status">
              {standing(report, phase, stale, progress)} <DataMark />
            </p>
            <Segments
              label="Order of remedies"
              value={order}
              options={[
                { value: "gain", text: "gain" },
                { value: "bytes", text: "bytes" },
              ]}
              onChange={(value) => setOrder(value as keyof typeof orders)}
            />
          </div>
          <ol className="remedy-list" aria-label="Remedies">
            {shown.map((each) => (
              <RemedyRow
                key={each.remedy.id}
                tried={each}
                report={report}
                best={rows}
                ids={ids}
                target={target}
              />
            ))}
          </ol>
          {rows.length > FEW && (
            <Button size="small" kind="plain" onClick={() => setAll(!all)}>
              {all ? "Show the first few" : `Show all ${rows.length}`}
            </Button>
          )}
        </>
      )}
    </div>
  );
}

function standing(
  { present, metric }: RemediesReport,
  phase: Tried["phase"],
  stale: boolean,
  progress: Tried["progress"],
): string {
  const loss = present.loss
    ? `The recipe loses ${formatDivergenceFinding(present.loss)} ${metric === "mse" ? `(${metricName(metric)})` : "nats"}, n=${present.loss.n}.`
    : "";
  if (stale) return `${loss} The recipe has changed since: try again for what holds now.`;
  if (phase === "running")
    return `${loss} Trying remedies${progress ? `, ${progress.done} of ${progress.total}` : ""}…`;
  if (phase === "cancelled") return `${loss} Cancelled: this is what was measured.`;
  return `${loss} Gains are paired on the same samples.`;
}
