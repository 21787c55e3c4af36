// How far the heatmap has come: what is predicted and measured, time left, Cancel; afterwards what it rests on. And once:
// what cannot be predicted, and how far predictions can be trusted.

import { Suspense, useMemo, useState } from "react";
import { type SweepState, useStore } from "../state/store.ts";
import { agreement } from "../state/sweep/agreement.ts";
import { isFailed } from "../state/sweep/known.ts";
import { pause, resume } from "../state/sweep/sweeps.ts";
import { Button } from "../ui/Button.tsx";
import { late } from "../ui/late.ts";
import { Meter } from "../ui/Meter.tsx";
import { formatCount, formatSeconds } from "../ui/numbers.ts";
import { useCalm } from "../ui/useCalm.ts";
import { withoutWords } from "./words.ts";
import "./sweep.css";

const TrustDialog = late(async () => (await import("../trust/TrustDialog.tsx")).TrustDialog);

export function SweepProgress() {
  const sweep = useStore((state) => state.sweep);
  const paused = useStore((state) => state.paused);
  return (
    <div className="sweep">
      {sweep && (
        <Meter
          label={sweep.phase === "measuring" ? "Cells measured" : "Cells predicted"}
          done={sweep.done}
          total={sweep.total}
        />
      )}
      {!sweep && <Judging />}
      <span>{sweep ? <Running sweep={sweep} /> : <Known />}</span>
      <Trust />
      {sweep && (
        <Button size="small" onClick={pause}>
          Cancel
        </Button>
      )}
      {!sweep && paused && (
        <Button size="small" onClick={resume}>
          Resume
        </Button>
      )}
      <Without />
    </div>
  );
}

/** What is waited for before the first cells: the float network's own answers. */
function Judging() {
  const judging = useStore((state) => state.judging);
  const done = useStore((state) => state.float?.divergence.n ?? 0);
  const total = useStore((state) => state.data?.evaluation ?? 0);
  if (!judging) return null;
  return (
    <>
      <Meter label="Samples run through the float network" done={done} total={total} />
      <span>{`Running the float network first: ${formatCount(done)} of ${formatCount(total)} samples`}</span>
    </>
  );
}

function Running({ sweep }: { readonly sweep: SweepState }) {
  const left = sweep.left === null ? "" : ` · ${formatSeconds(sweep.left)} left`;
  return <>{`${words(sweep)}${left}`}</>;
}

function words({ phase, cells, come, predicted, samples = 0 }: SweepState): string {
  const of = `${formatCount(come)} of ${formatCount(cells)}`;
  if (phase === "pairing") return "Finding how layers interact";
  const all = predicted > 0 ? `Predicted all ${formatCount(predicted)} cells; ` : "";
  if (phase === "measuring") {
    if (come === cells) return `Measured all ${formatCount(cells)} cells; refining the disputed ones`;
    return all ? `${all}measuring the disputed ones: ${of}` : `Measuring: ${of} cells`;
  }
  const on = `on ${formatCount(samples)} samples`;
  return all ? `${all}again ${on}` : `Predicting ${formatCount(cells)} cells ${on}`;
}

function Known() {
  const cells = useStore((state) => state.cells);
  const predictions = useStore((state) => state.predictions);
  const paused = useStore((state) => state.paused);
  const text = useMemo(() => {
    const measured = [...cells.values()].map(({ cell }) => cell);
    const failed = measured.filter(isFailed).length;
    const least = measured.reduce((n, cell) => (isFailed(cell) ? n : Math.min(n, cell.finding.n)), Infinity);
    const rests = Number.isFinite(least) ? `, each on at least ${formatCount(least)} samples` : "";
    const rest = [...predictions].filter(([key, { cell }]) => cell && !cells.has(key)).length;
    return [
      measured.length > 0 && `${formatCount(measured.length - failed)} cells measured${rests}`,
      rest > 0 && `${formatCount(rest)} predicted`,
      failed > 0 && `${failed} failed`,
    ].filter(Boolean);
  }, [cells, predictions]);
  return <>{[...text, ...(paused ? ["cancelled"] : [])].join(" · ")}</>;
}

/** "Predictions agree: Spearman 0.94", which opens the evidence. */
function Trust() {
  const cells = useCalm(
    useStore((state) => state.cells),
    1000,
  );
  const predictions = useCalm(
    useStore((state) => state.predictions),
    1000,
  );
  const [open, setOpen] = useState(false);
  const [asked, setAsked] = useState(false);
  const found = useMemo(() => agreement(cells, predictions), [cells, predictions]);
  const any = useMemo(() => [...predictions.values()].some(({ cell }) => cell !== null), [predictions]);
  if (!any) return null;
  const { spearman } = found;
  return (
    <>
      <button
        type="button"
        className="trust"
        onClick={() => {
          setAsked(true);
          setOpen(true);
        }}
      >
        {trustWords(spearman)}
      </button>
      {asked && (
        <Suspense>
          <TrustDialog open={open} onOpenChange={setOpen} />
        </Suspense>
      )}
    </>
  );
}

function trustWords(spearman: number | null): string {
  if (spearman === null) return "How far to trust predictions";
  const how = spearman >= 0.75 ? "agree" : spearman >= 0.4 ? "agree roughly" : "disagree";
  return `Predictions ${how}: Spearman ${spearman.toFixed(2)}`;
}

function Without() {
  const without = useStore((state) => state.without[state.estimator]);
  if (!without || without.length === 0) return null;
  return (
    <span
      className="sweep-without"
      title={without.map(({ layer, reason }) => `${layer}: ${reason}`).join("\n")}
    >
      {withoutWords(without)}
    </span>
  );
}
