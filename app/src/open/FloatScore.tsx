// How well the float network does on these data: first of all numbers, because it shows whether the data are understood.

import { type DataPart, openDataDialog } from "../state/dataDialog.ts";
import { useStore } from "../state/store.ts";
import { formatAccuracyFinding, formatCount } from "../ui/numbers.ts";
import { Term } from "../ui/Term.tsx";
import { floatHint } from "./floatHint.ts";

/** @param brief where there is little room */
export function FloatScore({ brief = false }: { readonly brief?: boolean }) {
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
        <Hint text={brief ? "labels do not fit the network" : data.labelProblem} part="labels" />
      )}
    </span>
  );
}

/** A sentence, and the way to where it can be mended. */
function Hint({ text, part }: { readonly text: string; readonly part: DataPart }) {
  return (
    <span role="status">
      <button type="button" className="float-hint" onClick={() => openDataDialog(part)}>
        {text}
      </button>
    </span>
  );
}
