// Where the recipe stands: what it takes, what it is predicted to lose beside what it was measured to lose, whether a better
// one is known, and the search that goes on from there.

import { type Draft, type JointLoss, type Part, placed } from "@bitscape/engine";
import { useEffect, useMemo } from "react";
import { dearest, verdictOf } from "../state/belief.ts";
import { searchOn, stopSearch } from "../state/budgetSearch.ts";
import { budgetsWith, settle } from "../state/budgetSolving.ts";
import { useBudget } from "../state/budgetStore.ts";
import { columnsOf, storageBits } from "../state/edits.ts";
import { useStore } from "../state/store.ts";
import { askPairs } from "../state/sweeps.ts";
import { Button } from "../ui/Button.tsx";
import { formatBytes, formatDivergence, formatLarge } from "../ui/numbers.ts";
import { beliefWords, interactionWords, interval } from "./beliefWords.ts";
import { goals } from "./goals.ts";

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
  const better = useBetter(own);
  const unknown = useBudget((state) => state.unknown);
  return (
    <div className="standing">
      {refused !== null && (
        <p className="budget-fault" role="alert">
          {refused}
        </p>
      )}
      <p className="standing-now">
        {draft ? (
          <output aria-label="Draft" aria-live="off" data-of={JSON.stringify(draft.of)}>
            <span>{takes(draft.value.bytes, draft.value)}</span>
            <span>loss {interval(draft.value.predicted)} predicted</span>
          </output>
        ) : (
          <>
            <output aria-label="Recipe">
              {own && expected
                ? takes(own.bytes, expected)
                : "Not everything about this recipe is known yet."}
            </output>
            {solving && <span className="quiet">proving the optimum…</span>}
            {!solving && own && better ? (
              <span className="standing-dominated">
                Dominated: the front now has {formatDivergence(better.value)} in {formatBytes(better.bytes)}.{" "}
                <Button size="small" onClick={() => void settle(budgetsWith("bytes", own.bytes))}>
                  Take it
                </Button>
              </span>
            ) : (
              !solving && answered && <span className="quiet">{proof(answered)}</span>
            )}
          </>
        )}
      </p>
      {unknown > 0 && (
        <p className="quiet">
          {unknown} {unknown === 1 ? "layer is" : "layers are"} left as {unknown === 1 ? "it is" : "they are"}
          : nothing is known of {unknown === 1 ? "it" : "them"}.
        </p>
      )}
      {!draft && expected && <Belief recipeKey={key} predicted={expected.predicted} parts={expected.parts} />}
      <SearchOn recipeKey={key} />
    </div>
  );
}

const takes = (bytes: number, { bits, bops }: { readonly bits: number; readonly bops: number }) =>
  `${formatBytes(bytes)}, ${bits.toFixed(2)} bits on average, ${formatLarge(bops)}BOPs`;

function proof({ gap, by, moves }: Pick<Draft, "gap" | "by" | "moves">): string {
  const near = gap === 0 ? "proven optimal" : `within ${(100 * gap).toPrecision(2)} % of the optimum`;
  const way = by === "integer program" ? "by HiGHS" : `by ${by}`;
  return `${near} (${way}${moves > 0 ? `, then ${moves} moves for interactions` : ""})`;
}

/** The front's point that takes no more and loses less; what is within a hair of the front is on it. */
function useBetter(own: Props["own"]) {
  const front = useBudget((state) => state.fronts?.front);
  return useMemo(() => {
    if (!own) return null;
    const { dominatedBy } = placed(
      "own",
      own.bytes,
      { ...own, low: own.value, high: own.value },
      front ?? [],
    );
    return dominatedBy && dominatedBy.value < 0.97 * own.value ? dominatedBy : null;
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

function SearchOn({ recipeKey: key }: { readonly recipeKey: string }) {
  const search = useBudget((state) => state.search);
  const limits = useStore((state) => state.limits);
  const ready = useStore((state) => state.measured?.key === key && state.measured.value.done);
  const under = Object.entries(limits.most)
    .map(([goal, value]) => goals[goal as keyof typeof goals]?.text(value))
    .filter(Boolean);
  return (
    <div className="standing-search">
      {search?.running ? (
        <Button size="small" onClick={stopSearch}>
          Cancel the search
        </Button>
      ) : (
        <Button size="small" disabled={!ready} onClick={() => void searchOn()}>
          Search on
        </Button>
      )}
      <span className="quiet" role="status">
        {search
          ? `${search.tried} more measured, ${formatDivergence(search.best)} the best (${formatDivergence(search.first)} at first)${search.running ? "…" : `: ${search.end}`}`
          : `Measures better recipes under ${under.length > 0 ? under.join(" and ") : "the present size"}; what is measured corrects the model.`}
      </span>
    </div>
  );
}
