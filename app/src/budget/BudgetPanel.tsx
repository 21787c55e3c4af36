// The budget: the front of size and loss, a slider along it, what limits the choice, and whether its prediction can be
// believed. Loaded when there is room for it; solving is not here (state/budgetSolving.ts).

import { type Goal, recipeKey } from "@bitscape/engine";
import { useEffect, useMemo } from "react";
import { DraftMark, FrontChart, type FrontMark, type FrontScale, LimitMark } from "../charts/FrontChart.tsx";
import { limit, setMost } from "../state/budget.ts";
import { budgetsWith, settle, startBudgeting } from "../state/budgetSolving.ts";
import { useBudget } from "../state/budgetStore.ts";
import { useStore } from "../state/store.ts";
import { BudgetSlider } from "./BudgetSlider.tsx";
import { goals } from "./goals.ts";
import { LimitsForm } from "./LimitsForm.tsx";
import { Standing } from "./Standing.tsx";
import "./budget.css";

export function BudgetPanel() {
  useEffect(() => startBudgeting(), []);
  const model = useStore((state) => state.model);
  const fronts = useBudget((state) => state.fronts);
  const fault = useBudget((state) => state.fault);
  return (
    <section className="panel budget" aria-label="Budget">
      <h2>Budget</h2>
      {fault !== null && (
        <p className="budget-fault" role="alert">
          {fault}
        </p>
      )}
      {!fronts && fault === null && (
        <p className="quiet">
          {model
            ? "The front appears with the first predictions of the layers."
            : "Open a model to choose bits under a budget."}
        </p>
      )}
      {fronts && <Budgeted />}
      {model && <LimitsForm />}
    </section>
  );
}

/** What moves with the slider, drawn by itself. */
function Moving({ scale }: { readonly scale: FrontScale }) {
  const draft = useBudget((state) => state.draft?.value ?? null);
  const dragged = useBudget((state) => state.dragged);
  const most = useStore((state) => state.limits.most);
  const { bytes } = dragged ?? most;
  return (
    <>
      {bytes !== undefined && <LimitMark bytes={bytes} scale={scale} />}
      {draft && <DraftMark bytes={draft.bytes} value={draft.predicted.value} scale={scale} />}
    </>
  );
}

function Budgeted() {
  const fronts = useBudget((state) => state.fronts);
  const expected = useBudget((state) => state.expected);
  const recipe = useStore((state) => state.recipe);
  const size = useStore((state) => state.size);
  const joints = useStore((state) => state.joints);
  const model = useStore((state) => state.model);
  const limits = useStore((state) => state.limits);
  const float = useBudget((state) => state.times?.float);
  const metric = useStore((state) => (state.float?.metric === "mse" ? "MSE" : "KL"));
  const key = useMemo(() => recipeKey(recipe), [recipe]);
  const uniform = useMemo(
    () =>
      (fronts?.uniform ?? []).flatMap(({ name, bytes, predicted }) =>
        predicted ? [{ name: name.replace("uniform ", ""), bytes, value: predicted.value }] : [],
      ),
    [fronts],
  );
  const measured = useMemo(
    () => joints.map(({ bytes, score }) => ({ bytes, value: score.divergence.value })),
    [joints],
  );
  if (!fronts || !model) return null;
  const known = expected?.key === key ? expected.value : null;
  const bytes = size?.key === key ? size.value.bytes : null;
  const own = known && bytes !== null ? { bytes, value: known.predicted.value } : null;
  // Time may not be known any more.
  const goal = fronts.ends[limits.goal] ? limits.goal : "bytes";
  const words = goals[goal];
  const range = fronts.ends[goal];
  const now: Partial<Record<Goal, number | null>> = {
    bytes,
    bits: known?.bits ?? null,
    bops: known?.bops ?? null,
    loss: known?.predicted.value ?? null,
    seconds: known?.seconds ?? null,
  };
  const most = fronts.ends[goal]?.most ?? 1;
  const whole = goal === "bytes" ? model.bytes : goal === "seconds" ? (float ?? most) : most;
  const pick = (point: FrontMark) => {
    // A little more than the point's own estimate, so that its own recipe keeps it.
    const most = Math.ceil(point.bytes) + 64;
    limit({ goal: "bytes" });
    setMost("bytes", most);
    void settle(budgetsWith("bytes", most));
  };
  return (
    <>
      <FrontChart
        front={fronts.front}
        uniform={uniform}
        measured={measured}
        own={own}
        moving={Moving}
        unit={metric}
        onPick={pick}
      />
      <p className="front-legend">Line: the front, predicted. □ uniform bits, ● measured, ○ this recipe</p>
      {words && range && (
        <BudgetSlider
          key={goal}
          goal={goal}
          words={words}
          range={range}
          now={now[goal] ?? null}
          whole={whole}
        />
      )}
      <Standing own={own} recipeKey={key} />
    </>
  );
}
