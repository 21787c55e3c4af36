// How well the float network does on these data: first of all numbers, because it shows whether the data are understood.

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
  return (
    <span className="float-score">
      {float.top1 ? (
        <span>
          float <Term of="top1">top-1</Term> <strong>{formatAccuracyFinding(float.top1)}</strong> (n=
          {formatCount(float.top1.n)}){float.done ? "" : "…"}
        </span>
      ) : (
        <span>no labels: compared by divergence from the float network</span>
      )}
      {hint && (
        <strong className="float-hint" role="status">
          {hint}
        </strong>
      )}
      {data.labelProblem && <strong className="float-hint">{data.labelProblem}</strong>}
    </span>
  );
}
