// How far the heatmap has come: cells done, time left, Cancel; afterwards what it rests on.

import { isFailed } from "../state/known.ts";
import { useStore } from "../state/store.ts";
import { pause, resume } from "../state/sweeps.ts";
import { Button } from "../ui/Button.tsx";
import { Meter } from "../ui/Meter.tsx";
import { formatCount, formatSeconds } from "../ui/numbers.ts";

export function SweepProgress() {
  const sweep = useStore((state) => state.sweep);
  const paused = useStore((state) => state.paused);
  const cells = useStore((state) => state.cells);
  if (sweep) {
    const left = sweep.left === null ? "" : ` · ${formatSeconds(sweep.left)} left`;
    return (
      <div className="sweep">
        <Meter label="Cells measured" done={sweep.done} total={sweep.total} />
        <span>
          Measuring on {sweep.samples} samples: {formatCount(sweep.done)} of {formatCount(sweep.total)} cells
          {left}
        </span>
        <Button size="small" onClick={pause}>
          Cancel
        </Button>
      </div>
    );
  }
  const known = [...cells.values()];
  const failed = known.filter(({ cell }) => isFailed(cell)).length;
  const least = Math.min(...known.filter(({ cell }) => !isFailed(cell)).map(({ cell }) => cell.finding.n));
  const rests = Number.isFinite(least) ? `each on at least ${formatCount(least)} samples` : "";
  return (
    <div className="sweep">
      <span>
        {known.length > 0 &&
          `${formatCount(known.length - failed)} cells measured${rests ? `, ${rests}` : ""}`}
        {failed > 0 && ` · ${failed} failed`}
        {paused && " · cancelled"}
      </span>
      {paused && (
        <Button size="small" onClick={resume}>
          Resume
        </Button>
      )}
    </div>
  );
}
