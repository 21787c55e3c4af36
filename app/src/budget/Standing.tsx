// Where the recipe stands: what it takes, what it is predicted to lose beside what it was measured to lose, whether a better
// one is known, and the search that goes on from there.

import { type Draft, type Expected, type JointLoss, type Part, placed } from "@bitscape/engine";
import { useEffect, useMemo } from "react";
import { dearest, verdictOf } from "../state/budget/belief.ts";
import { budgetsWith, settle } from "../state/budget/solving.ts";
import { useBudget } from "../state/budget/store.ts";
import { columnsOf, storageBits } from "../state/edits.ts";
import { useStore } from "../state/store.ts";
import { askPairs } from "../state/sweep/sweeps.ts";
import { Button } from "../ui/Button.tsx";
import { formatBytes, formatDivergence, formatLarge } from "../ui/numbers.ts";
import { Tip } from "../ui/Tip.tsx";
import { beliefWords, fallWords, interactionWords, interval, measuredFall } from "./beliefWords.ts";
import { SearchLine } from "./SearchLine.tsx";

interface Props {
  readonly own: { readonly bytes: number; readonly value: number } | null;
  readonly recipeKey: string;
}

export function Standing({ own, recipeKey: key }: Props) {
  const draft = useBudget((state) => state.draft);
  const refused = useBudget((state) => state.refused);
  const solving = useBudget((state) => state.solving);
  const answered = useBudget((state) => (state.answered?.key === key ? state.answered.value : null));
  const expected = useBudget((state) => (state.expected?.key === key ? state.expected.value : null));
  const better = useBetter(expected);
  const unknown = useBudget((state) => state.unknown);
  return (
    <div className="standing">
      {refused !== null && (
        <p className="budget-fault" role="alert">
          {refused}
        </p>
      )}
      <div className="standing-now">
        {draft ? (
          <output aria-label="Draft" aria-live="off" data-of={JSON.stringify(draft.of)}>
            <span>{takes(draft.value.bytes, draft.value)}</span>
            <span>
              loss {interval(draft.value.predicted)} predicted
              {draft.value.drop && <>; {fallWords(draft.value.drop)}</>}
            </span>
          </output>
        ) : (
          <p>
            <output aria-label="Recipe">
              {expected
                ? takes(own?.bytes ?? null, expected)
                : "Not everything about this recipe is known yet."}
            </output>{" "}
            {solving && <span className="quiet">proving the optimum…</span>}
            {!solving && !better && answered && <Proof of={answered} />}
          </p>
        )}
        {!draft && !solving && own && better && (
          <p className="standing-dominated">
            The front has {formatDivergence(better.value)} in {formatBytes(better.bytes)}.{" "}
            <Button size="small" onClick={() => void settle(budgetsWith("bytes", own.bytes))}>
              Take it
            </Button>
          </p>
        )}
      </div>
      {unknown > 0 && (
        <p className="quiet">
          {unknown} {unknown === 1 ? "layer is" : "layers are"} left as {unknown === 1 ? "it is" : "they are"}
          : nothing is known of {unknown === 1 ? "it" : "them"}.
        </p>
      )}
      {!draft && expected && <Belief recipeKey={key} predicted={expected.predicted} parts={expected.parts} />}
      {!draft && expected?.drop && <FallLine recipeKey={key} drop={expected.drop} />}
      <SearchLine />
    </div>
  );
}

/** Its exact size comes a moment after the rest. */
const takes = (bytes: number | null, { bits, bops }: { readonly bits: number; readonly bops: number }) =>
  `${bytes === null ? "…" : formatBytes(bytes)}, ${bits.toFixed(2)} bits on average, ${formatLarge(bops)}BOPs`;

/** How near the optimum it is; how that is known, on hover and focus. */
function Proof({ of: { gap, by, moves } }: { readonly of: Pick<Draft, "gap" | "by" | "moves"> }) {
  const near = gap === 0 ? "proven optimal" : `within ${(100 * gap).toPrecision(2)} % of the optimum`;
  const way = `by ${by === "integer program" ? "HiGHS, an integer program's solver" : by}`;
  const after = moves > 0 ? `; then ${moves} moves for what is known of interactions` : "";
  return (
    <Tip text={`Of all recipes within the budgets, by what the layers lose alone: ${way}${after}.`}>
      <button type="button" className="standing-proof">
        {near}
      </button>
    </Tip>
  );
}

/** What the loss says of accuracy, beside what was measured of it. */
function FallLine({ recipeKey: key, drop }: { readonly recipeKey: string; readonly drop: JointLoss }) {
  const float = useStore((state) => state.float?.top1?.value ?? null);
  const top1 = useStore((state) => (state.measured?.key === key ? state.measured.value.top1 : null));
  return (
    <p className="standing-fall">
      {fallWords(drop)}
      {float !== null && top1 !== null && `, ${measuredFall(float, top1.value)}`}.
    </p>
  );
}

/** The front's point that takes no more and loses less; what is within a hair of the front is on it. */
function useBetter(own: Expected | null) {
  const front = useBudget((state) => state.fronts?.front);
  return useMemo(() => {
    if (!own) return null;
    // By what the front's sizes are made of: the words of the recipe are in no point of it.
    const { dominatedBy } = placed("own", own.bytes, own.predicted, front ?? []);
    return dominatedBy && dominatedBy.value < 0.97 * own.predicted.value ? dominatedBy : null;
  }, [own, front]);
}

interface BeliefProps {
  readonly recipeKey: string;
  readonly predicted: JointLoss;
  readonly parts: readonly Part[];
}

function Belief({ recipeKey: key, predicted, parts }: BeliefProps) {
  const score = useStore((state) => (state.measured?.key === key ? state.measured.value : null));
  const pairs = useStore((state) => state.pairs);
  const pairing = useStore((state) => state.pairsAsked !== null && state.pairs === null);
  const verdict = verdictOf(predicted, score?.divergence ?? null, score?.done ?? false);
  const broken = (verdict.kind === "more" || verdict.kind === "less") && score?.done === true;
  const asked = broken && !pairs;
  useEffect(() => {
    if (asked) askPairs(widestUsed());
  }, [asked]);
  return (
    <p className="standing-belief" data-kind={verdict.kind}>
      {beliefWords(predicted, verdict)}
      {broken && (
        <>
          {" "}
          {pairs
            ? interactionWords(parts, pairs, verdict.kind as "more" | "less")
            : pairing
              ? "Which layers interact is being worked out…"
              : `The dearest of its layers: ${dearest(parts).join(", ")}.`}
        </>
      )}
    </p>
  );
}

/** The most telling of the narrow columns: errors keep their direction at others. */
function widestUsed() {
  const { recipe, model } = useStore.getState();
  const columns = columnsOf(recipe, model?.layers.map(({ id }) => id) ?? [], "weight");
  return columns.find((column) => storageBits(column) === 4) ?? columns[0] ?? 4;
}
