// What the budget panel shows of an allocation under way: the front, the draft of a drag, what came of it. Only times and a
// search's end are kept; what the user asked for is in the one store (limits).

import type { Budgets, Draft, Expected, Fronts, Times, TriedRecipe } from "@bitscape/engine";
import { create } from "zustand";
import type { RuleState } from "../rules.ts";
import type { About } from "../store.ts";
import { keepView } from "../views.ts";

export interface Answered {
  readonly gap: number;
  readonly by: Draft["by"];
  readonly bits: number;
  readonly bops: number;
  readonly moves: number;
}

export interface Search {
  /** For the least loss within budgets, or for the smallest file within a fall of accuracy. */
  readonly kind: "loss" | "drop";
  /** Recipes measured so far, of how many at most. */
  readonly tried: number;
  readonly of: number;
  readonly first: TriedRecipe | null;
  /** Null while none keeps the fall. */
  readonly best: TriedRecipe | null;
  readonly running: boolean;
  /** How it ended, as a sentence. */
  readonly end: string | null;
}

/** What layers take of a run. */
export interface Timed {
  /** Of the costs that it was asked with. */
  readonly key: string;
  readonly times: Times;
  /** A whole run by the sum of its layers alone. */
  readonly factor: number;
  /** Of the float network, seconds; null where that is not known. */
  readonly float: number | null;
  /** Where it comes from, in words. */
  readonly from: string;
}

export interface BudgetState {
  /** Null until enough is known to choose from. */
  readonly fronts: Fronts | null;
  readonly rules: readonly RuleState[];
  readonly unknown: number;
  /** Why nothing can be chosen, as a sentence. */
  readonly fault: string | null;
  /** While the slider is moved: what it asks for, and what came of it. */
  readonly dragged: Budgets | null;
  readonly draft: { readonly of: Budgets; readonly value: Draft } | null;
  /** By how much the budgets cannot be kept. */
  readonly refused: string | null;
  /** The answer is being proven. */
  readonly solving: boolean;
  /** About the recipe of its key. */
  readonly answered: About<Answered> | null;
  readonly expected: About<Expected | null> | null;
  readonly search: Search | null;
  readonly ruledOut: ReadonlySet<string>;
  readonly times: Timed | null;
  /** Times are being measured. */
  readonly timing: { readonly done: number; readonly total: number } | null;
}

export const initialBudget: BudgetState = {
  fronts: null,
  rules: [],
  unknown: 0,
  fault: null,
  dragged: null,
  draft: null,
  refused: null,
  solving: false,
  answered: null,
  expected: null,
  search: null,
  ruledOut: new Set(),
  times: null,
  timing: null,
};

export const useBudget = create<BudgetState>()(() => initialBudget);
export const budget = () => useBudget.getState();
export const setBudget = (change: Partial<BudgetState>) => useBudget.setState(change);

keepView<Pick<BudgetState, "times" | "search">>("budget", {
  read: () => {
    const { times, search } = budget();
    return { times, search: search && { ...search, running: false, end: search.end ?? "the page was left" } };
  },
  give: setBudget,
  watch: (changed) =>
    useBudget.subscribe((now, before) => {
      if (now.times !== before.times || now.search !== before.search) changed();
    }),
});
