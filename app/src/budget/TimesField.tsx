// Time as a cost: measured on this device, or from a table; and how far the sum of layers is from a whole run.

import { chooseFiles } from "../open/chooseFiles.ts";
import { useBudget } from "../state/budget/store.ts";
import { cancelTiming, measureTimes, readTimes } from "../state/budget/timing.ts";
import { useStore } from "../state/store.ts";
import { Button } from "../ui/Button.tsx";
import { Meter } from "../ui/Meter.tsx";

export function TimesField() {
  const times = useBudget((state) => state.times);
  const timing = useBudget((state) => state.timing);
  const known = useBudget((state) => state.fronts?.ends.seconds);
  const cannotRun = useStore((state) => state.data?.cannotRun !== undefined);
  return (
    <fieldset>
      <legend>Time of a run</legend>
      {timing ? (
        <div className="limits-timing" role="status">
          <span>Timing layers on this device</span>
          <Meter label="Layers timed" done={timing.done} total={timing.total} />
          <Button size="small" onClick={cancelTiming}>
            Cancel
          </Button>
        </div>
      ) : (
        <div className="limits-timing">
          <Button size="small" disabled={cannotRun} onClick={() => void measureTimes()}>
            Measure on this device
          </Button>
          <Button
            size="small"
            onClick={() => void chooseFiles().then(([file]) => file && readTimes(file))}
            title="JSON or CSV: layer (or op and shape), scheme, ms"
          >
            Use a table…
          </Button>
        </div>
      )}
      {times && (
        <p className="quiet">
          {known
            ? `Each layer ${times.from}${times.float === null ? "" : `; the float network takes ${ms(times.float)}`}. A whole run takes ${times.factor.toFixed(2)} × the sum of its layers.`
            : "The columns have changed since times were known: measure again."}
        </p>
      )}
    </fieldset>
  );
}

const ms = (seconds: number) => `${(1000 * seconds).toPrecision(3)} ms`;
