// The budget: the front of size and loss, a slider along it, what limits the choice, and whether its prediction can be
// believed. Loaded when there is room for it; solving is not here (state/budget/solving.ts).

import { useEffect } from "react";
import { DataMark } from "../open/DataMark.tsx";
import { startBudgeting } from "../state/budget/solving.ts";
import { useBudget } from "../state/budget/store.ts";
import { useStore } from "../state/store.ts";
import { BudgetAmount } from "./BudgetAmount.tsx";
import { BudgetSlider } from "./BudgetSlider.tsx";
import { FrontView } from "./FrontView.tsx";
import { GoalMenu } from "./GoalMenu.tsx";
import { LimitsForm } from "./LimitsForm.tsx";
import { Standing } from "./Standing.tsx";
import { useOwn, useRecipeKey, useSliding } from "./useSliding.ts";
import "./budget.css";

export function BudgetPanel() {
  useEffect(() => startBudgeting(), []);
  const model = useStore((state) => state.model);
  const known = useBudget((state) => state.fronts !== null);
  const fault = useBudget((state) => state.fault);
  return (
    <section className="panel budget" aria-label="Budget">
      <header className="budget-head">
        <h2>
          Budget <DataMark />
        </h2>
        {known && <Goals />}
      </header>
      {fault !== null && (
        <p className="budget-fault" role="alert">
          {fault}
        </p>
      )}
      {!known && fault === null && (
        <p className="quiet">
          {model
            ? "The front appears with the first predictions of the layers."
            : "Open a model to choose bits under a budget."}
        </p>
      )}
      {known && <Budgeted />}
      {model && <LimitsForm />}
    </section>
  );
}

function Goals() {
  const sliding = useSliding();
  if (!sliding) return null;
  return (
    <>
      <GoalMenu goal={sliding.goal} />
      <BudgetAmount key={sliding.goal} {...sliding} />
    </>
  );
}

function Budgeted() {
  const own = useOwn();
  const sliding = useSliding();
  const key = useRecipeKey();
  const labelled = useStore((state) => state.data?.labelled === true);
  return (
    <>
      <FrontView own={own} />
      {sliding && <BudgetSlider key={sliding.goal} {...sliding} />}
      {sliding?.goal === "loss" && !labelled && (
        <p className="quiet">Without labels there is no accuracy to limit: the loss stands for it.</p>
      )}
      <Standing own={own} recipeKey={key} />
    </>
  );
}
