// The comparison in words.

import type { CompareReport } from "@bitscape/engine";
import { DataMark } from "../open/DataMark.tsx";
import { formatCount, formatDivergenceFinding, formatPercent } from "../ui/numbers.ts";
import { Term } from "../ui/Term.tsx";

export function Summary({ report }: { readonly report: CompareReport }) {
  const { flips, broken, mended, divergence, metric, n, data } = report;
  return (
    <div className="compare-summary">
      <DataMark data={data} />
      {flips && (
        <p>
          <strong>
            {formatPercent(flips.value)} % ({formatPercent(flips.low)} to {formatPercent(flips.high)})
          </strong>{" "}
          of {formatCount(n)} samples get <Term of="flips">another answer</Term>.
        </p>
      )}
      {broken !== null && mended !== null && (
        <p>
          {broken + mended === 0
            ? "None went from right to wrong, or back."
            : `${formatCount(broken)} were right and are wrong now, ${formatCount(mended)} the other way round.`}
        </p>
      )}
      <p>
        {metric === "kl" ? (
          <>
            <Term of="kl">KL</Term> to float: {formatDivergenceFinding(divergence)} nats
          </>
        ) : (
          <>Relative squared error: {formatDivergenceFinding(divergence)}</>
        )}
        , measured, n={formatCount(n)}.
      </p>
    </div>
  );
}
