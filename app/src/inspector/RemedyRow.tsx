// One remedy: what it gains, measured, with its interval; what it takes; the way to apply it.

import { type RemediesReport, schemeFor, type Target, type TriedRemedy, verdictOf } from "@bitscape/engine";
import { sameValues } from "../state/edits.ts";
import { useStore } from "../state/store.ts";
import { chooseScheme } from "../state/study.ts";
import { Button } from "../ui/Button.tsx";
import { formatBytes, formatDivergenceFinding } from "../ui/numbers.ts";

interface Props {
  readonly tried: TriedRemedy;
  readonly report: RemediesReport;
  /** All rows, for the scale of the picture. */
  readonly best: readonly TriedRemedy[];
  readonly ids: readonly string[];
  readonly target: Target;
}

export function RemedyRow({ tried, report, best, ids, target }: Props) {
  const { remedy, bytes, gain, failure } = tried;
  const scheme = remedy.scheme === "float" ? undefined : remedy.scheme;
  const applied = useStore(({ recipe }) =>
    ids.every((id) => sameValues(schemeFor(recipe, id, target), scheme)),
  );
  const verdict = gain && verdictOf(gain);
  return (
    <li className="remedy" data-verdict={verdict ?? undefined}>
      <span className="remedy-title">{remedy.title}</span>
      <span className="remedy-gain">
        {failure !== undefined ? (
          <span className="failure">{failure}</span>
        ) : gain ? (
          <>
            <Interval gain={gain} best={best} />
            <span>
              {gainWords(gain, report)} <span className="quiet">n={gain.n}</span>
            </span>
          </>
        ) : (
          <span className="quiet">waiting…</span>
        )}
      </span>
      <span className="remedy-bytes quiet">
        {bytes === null ? "" : bytesWords(bytes - report.present.bytes)}
      </span>
      {applied ? (
        <span className="remedy-applied">applied</span>
      ) : (
        <Button
          size="small"
          disabled={failure !== undefined}
          aria-label={`Apply: ${remedy.title}`}
          onClick={() => chooseScheme(ids, target, scheme)}
        >
          Apply
        </Button>
      )}
    </li>
  );
}

/** "saves 0.0012 ±0.0003 (38 %)", "within noise", "adds 0.002 ±0.001". */
export function gainWords(
  gain: NonNullable<TriedRemedy["gain"]>,
  { present }: Pick<RemediesReport, "present">,
): string {
  const verdict = verdictOf(gain);
  const { value, low, high } = gain;
  if (verdict === "worse")
    return `adds ${formatDivergenceFinding({ ...gain, value: -value, low: -high, high: -low })}`;
  const share =
    verdict === "better" && present.loss && present.loss.value > 0
      ? ` (${Number(((100 * value) / present.loss.value).toPrecision(2))} %)`
      : "";
  return verdict === "better"
    ? `saves ${formatDivergenceFinding(gain)}${share}`
    : `within noise: ${formatDivergenceFinding(gain)}`;
}

const bytesWords = (change: number) =>
  change === 0 ? "same bytes" : `${change > 0 ? "+" : "−"}${formatBytes(Math.abs(change))}`;

const width = 56;
const height = 12;

/** The gain and its interval on a scale that all rows share; zero is the line. */
function Interval({
  gain,
  best,
}: {
  readonly gain: NonNullable<TriedRemedy["gain"]>;
  readonly best: Props["best"];
}) {
  const most = best.reduce((reach, each) => Math.max(reach, Math.abs(each.gain?.value ?? 0)), 0) || 1;
  const x = (value: number) => width / 2 + Math.max(-1, Math.min(1, value / most)) * (width / 2 - 3);
  return (
    <svg className="remedy-interval" width={width} height={height} aria-hidden="true">
      <line className="chart-zero" x1={width / 2} x2={width / 2} y1={0} y2={height} />
      <line className="remedy-line" x1={x(gain.low)} x2={x(gain.high)} y1={height / 2} y2={height / 2} />
      <circle className="remedy-dot" cx={x(gain.value)} cy={height / 2} r={3} />
    </svg>
  );
}
