// Verification in words: the file was opened again and compared with the float network and with the simulation.

import type { Verification } from "@bitscape/engine";
import { DataMark } from "../open/DataMark.tsx";
import { CheckIcon, WarningIcon } from "../ui/icons.tsx";
import {
  formatAccuracyFinding,
  formatCount,
  formatDivergenceFinding,
  formatPercent,
  formatValue,
} from "../ui/numbers.ts";
import { Term } from "../ui/Term.tsx";

export function VerificationReport({ verification }: { readonly verification: Verification }) {
  const { ok, n, runtime, agreement, score, sqnrDb, maxAbsDiff, simulated, sentence } = verification;
  const synthetic = score.data === "synthetic";
  const samples = `${formatCount(n)} ${synthetic ? "synthetic " : ""}samples`;
  return (
    <section className="verification" data-ok={ok} aria-label="Verification">
      <h3>
        {ok ? <CheckIcon /> : <WarningIcon />}
        {ok ? "Verified" : "Verification failed"}
        <DataMark data={score.data} />
      </h3>
      <p>{sentence}</p>
      <dl className="facts">
        <dt>Opened again in</dt>
        <dd>
          {runtime}, run on {samples}
        </dd>
        {agreement !== null && (
          <>
            <dt>Same answer as float</dt>
            <dd>
              {formatPercent(agreement)} % of {samples}
            </dd>
          </>
        )}
        {score.top1 && (
          <>
            <dt>
              <Term of="top1">Top-1</Term> of the file
            </dt>
            <dd>
              {formatAccuracyFinding(score.top1)} (n={formatCount(score.top1.n)})
            </dd>
          </>
        )}
        <dt>
          {score.metric === "mse" ? (
            <Term of="mse">Relative squared error</Term>
          ) : (
            <Term of="kl">KL to float</Term>
          )}
        </dt>
        <dd>
          {formatDivergenceFinding(score.divergence)}
          {score.metric === "mse" ? "" : " nats"} (n={formatCount(score.divergence.n)})
        </dd>
        <dt>
          <Term of="sqnr">SQNR</Term> to float
        </dt>
        <dd>
          {decibels(sqnrDb)}; largest difference {formatValue(maxAbsDiff)}
        </dd>
        <dt>Simulation and file</dt>
        <dd>
          largest difference {formatValue(simulated.maxAbsDiff)}, SQNR {decibels(simulated.sqnrDb)}
          {simulated.agreement !== null && `, ${formatPercent(simulated.agreement)} % same answer`}
        </dd>
      </dl>
    </section>
  );
}

const decibels = (value: number) =>
  value === Number.POSITIVE_INFINITY ? "∞ (identical)" : `${value.toFixed(1).replace("-", "−")} dB`;
