// How a long call stands, in one line: what it is doing, with Cancel; that it was cancelled or failed, with another try;
// that what is shown is of another recipe.

import type { Task } from "../state/landscape/landscape.ts";
import { Button } from "../ui/Button.tsx";
import { Meter } from "../ui/Meter.tsx";

interface Props {
  readonly task: Pick<Task<unknown>, "phase" | "progress" | "sentence" | "value">;
  /** "Drawing the slice". */
  readonly what: string;
  readonly stale: boolean;
  /** Why what is shown is stale. */
  readonly staleWords?: string;
  /** "Draw". */
  readonly action: string;
  readonly onAsk: () => void;
  readonly onCancel: () => void;
}

export function TaskState({ task, what, stale, staleWords, action, onAsk, onCancel }: Props) {
  const { phase, progress, sentence, value } = task;
  if (phase === "running") {
    const { done = 0, total = 0 } = progress ?? {};
    return (
      <div className="task" role="status">
        {stale && value !== null && (
          <span className="badge" data-kind="warn">
            stale
          </span>
        )}
        <Meter label={what} done={done} total={total} />
        <span className="quiet">
          {what}
          {total > 0 && `, ${Math.floor((100 * done) / total)} %`}
        </span>
        <Button size="small" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    );
  }
  if (phase === "failed") {
    return (
      <div className="task" role="status">
        <span className="failure">{sentence}</span>
        <Button size="small" onClick={onAsk}>
          Try again
        </Button>
      </div>
    );
  }
  if (stale && value !== null) {
    return (
      <div className="task" role="status">
        <span className="badge" data-kind="warn">
          stale
        </span>
        <span className="quiet">{staleWords ?? "The recipe has changed since."}</span>
        <Button size="small" onClick={onAsk}>
          {action} again
        </Button>
      </div>
    );
  }
  if (phase === "cancelled") {
    return (
      <div className="task" role="status">
        <span className="quiet">{value === null ? "Cancelled." : "Cancelled: what is known is shown."}</span>
        <Button size="small" onClick={onAsk}>
          Go on
        </Button>
      </div>
    );
  }
  return null;
}
