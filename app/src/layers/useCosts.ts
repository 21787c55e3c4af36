// The costs that the rows show, and what is said of them; the same map for the same recipe, whoever asks.

import type { Recipe } from "@bitscape/engine";
import { bitOperations, type Cost, type RowCost, timesOf } from "../state/budget/costs.ts";
import { useBudget } from "../state/budget/store.ts";
import { useArrangement } from "../state/rows/grouping.ts";
import { type State, useStore } from "../state/store.ts";
import { formatLarge } from "../ui/numbers.ts";

export interface CostWords {
  /** Of the menu, and of the head on hover. */
  readonly title: string;
  /** Of the head. */
  readonly unit: string;
  readonly write: (value: number) => string;
}

export const costWords: Readonly<Record<Exclude<Cost, "none">, CostWords>> = {
  bops: { title: "Bit operations", unit: "BOPs", write: (value) => formatLarge(value) },
  time: { title: "Time", unit: "ms", write: (value) => ms(1000 * value) },
};

const ms = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(2));

export interface Costs {
  readonly cost: Exclude<Cost, "none">;
  readonly rows: ReadonlyMap<string, RowCost>;
  readonly words: CostWords;
  /** Where the numbers come from, as a sentence. */
  readonly source: string;
}

/** Null where no cost is shown. */
export function useCosts(): Costs | null {
  const cost = useArrangement((state) => state.cost);
  const recipe = useStore((state) => state.recipe);
  const model = useStore((state) => state.model);
  const times = useBudget((state) => state.times);
  return found(cost, recipe, model, times);
}

type Times = ReturnType<typeof useBudget.getState>["times"];
let last: { readonly of: readonly unknown[]; readonly value: Costs | null } | undefined;

/** Many rows ask about one recipe. */
function found(cost: Cost, recipe: Recipe, model: State["model"], times: Times): Costs | null {
  const of = [cost, recipe, model, times];
  if (last?.of.every((each, i) => each === of[i])) return last.value;
  last = { of, value: costsOf(cost, recipe, model, times) };
  return last.value;
}

function costsOf(cost: Cost, recipe: Recipe, model: State["model"], times: Times): Costs | null {
  if (cost === "none" || !model) return null;
  const words = costWords[cost];
  if (cost === "bops") {
    const source = "Multiply-adds × bits of weights × bits of inputs, float and now; counted, not measured.";
    return { cost, words, source, rows: bitOperations(model.layers, recipe) };
  }
  const source = times
    ? `Milliseconds of one run, with float weights and now: each layer ${times.from}.`
    : "No layer's time is known yet: measure under Limits in the budget, or give a table there.";
  return { cost, words, source, rows: times ? timesOf(model.layers, recipe, times.times) : new Map() };
}
