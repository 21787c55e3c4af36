// How well the float network does on these data: first of all numbers, because it shows whether the data are understood.

import { type DataPart, openDataDialog } from "../state/dataDialog.ts";
import { useStore } from "../state/store.ts";
import { formatAccuracyFinding, formatCount } from "../ui/numbers.ts";
import { Term } from "../ui/Term.tsx";
import { floatHint } from "./floatHint.ts";

export function FloatScore() {
  const float = useStore((state) => state.float);
  const data = useStore((state) => state.data);
  if (!data) return null;
  if (!float) return <span className="float-score">running the float network…</span>;
  const hint = float.done ? floatHint(float.top1, data) : null;
  const made = data.labelOrigin === "answers";
  return (
    <span className="float-score">
      {float.top1 ? (
        <span>
          {made ? (
            "agrees with labels made from its own answers: "
          ) : (
            <>
              float <Term of="top1">top-1</Term>{" "}
            </>
          )}
          <strong>{formatAccuracyFinding(float.top1)}</strong> (n={formatCount(float.top1.n)})
          {float.done ? "" : "…"}
          {made && ", no accuracy"}
        </span>
      ) : (
        <span>{data.labelProblem ? "" : "no labels: "}compared by divergence from the float network</span>
      )}
      {hint && <Hint text={hint} part={data.preprocess ? "preprocessing" : "labels"} />}
      {data.labelProblem && (
        <Hint text="labels do not fit the network" whole={data.labelProblem} part="labels" />
      )}
    </span>
  );
}

interface HintProps {
  readonly text: string;
  /** All that is known, on hover. */
  readonly whole?: string;
  readonly part: DataPart;
}

/** A sentence, and the way to where it can be mended. */
function Hint({ text, whole, part }: HintProps) {
  return (
    <span role="status">
      <button type="button" className="float-hint" title={whole ?? text} onClick={() => openDataDialog(part)}>
        {text}
      </button>
    </span>
  );
}
