// What the optimiser found: loss before and after, on its own samples and on others; and what can be done with it.

import type { OptimizeReport } from "@bitscape/engine";
import { Button } from "../ui/Button.tsx";
import { formatDivergence, formatSeconds } from "../ui/numbers.ts";
import { changeWords, lossUnit } from "./readings.ts";

interface Props {
  readonly report: OptimizeReport;
  readonly standing: "fresh" | "applied" | "stale";
  readonly onApply: () => void;
  readonly onUndo: () => void;
  readonly onResume: () => void;
}

export function JointResult({ report, standing, onApply, onUndo, onResume }: Props) {
  const { loss, heldOut, starts, evaluations, seconds, stopped } = report;
  const worse = heldOut !== null && heldOut.after > heldOut.before;
  return (
    <section
      className="landscape-result"
      data-stale={standing === "stale" || undefined}
      aria-label="What was found"
    >
      <h3>
        {stopped ? "Paused: the best so far" : "Found"}{" "}
        {standing === "applied" && (
          <span className="badge" data-kind="good">
            applied
          </span>
        )}
      </h3>
      <table className="points-table">
        <thead>
          <tr>
            <th>{lossUnit(loss.metric)}, measured</th>
            <th>before</th>
            <th>after</th>
            <th />
          </tr>
        </thead>
        <tbody>
          <Row name={`calibration, n=${loss.n}`} {...loss} />
          {heldOut && <Row name={`held out, n=${heldOut.n}`} {...heldOut} />}
        </tbody>
      </table>
      {worse && (
        <p className="warning">On samples that it has not seen, the loss rose: this is not worth applying.</p>
      )}
      <p className="quiet">
        {evaluations} evaluations in {formatSeconds(seconds)}
        {starts.length > 0 && `; best start: ${bestStart(starts)}`}.
      </p>
      <div className="landscape-controls">
        {standing === "applied" ? (
          <Button size="small" onClick={onUndo}>
            Undo
          </Button>
        ) : (
          <Button size="small" kind="primary" disabled={standing === "stale"} onClick={onApply}>
            Apply to the recipe
          </Button>
        )}
        {stopped && (
          <Button size="small" disabled={standing === "stale"} onClick={onResume}>
            Resume
          </Button>
        )}
      </div>
    </section>
  );
}

function Row({
  name,
  before,
  after,
}: {
  readonly name: string;
  readonly before: number;
  readonly after: number;
}) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{formatDivergence(before)}</td>
      <td>{formatDivergence(after)}</td>
      <td>{changeWords(before, after)}</td>
    </tr>
  );
}

function bestStart(starts: OptimizeReport["starts"]): string {
  const best = starts.reduce((a, b) => (b.loss < a.loss ? b : a));
  return `${best.name} at ${formatDivergence(best.loss)}`;
}
