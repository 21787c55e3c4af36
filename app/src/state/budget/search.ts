// The search that measures: for the least loss within the budgets, or for the smallest file within a fall of accuracy. The engine
// searches (searchCalls.ts); what is best by then is the recipe, so that it can be exported at any moment. Cancelling keeps it.

import { type Budgets, type Recipe, recipeKey, type TriedRecipe } from "@bitscape/engine";
import { engine, jobName, sameStudy } from "../connection.ts";
import { isLost, sentenceOf } from "../notices.ts";
import { get } from "../store.ts";
import { endGesture } from "../study.ts";
import { keepJoint, knownJoints } from "./joints.ts";
import { apply, budgetsWith, settingNow } from "./solving.ts";
import { budget, type Search, setBudget } from "./store.ts";

/** Joint recipes to measure; as many as the command line does. */
const evaluations: Readonly<Record<Search["kind"], number>> = { loss: 20, drop: 24 };

let stop: (() => void) | null = null;
let searches = 0;

/** Ends the search; the best so far stays. */
export const stopSearch = () => stop?.();

/** What is searched under: the budgets that hold, or the present size where none does. */
export function searchedBudgets(): Budgets | null {
  const { limits, size } = get();
  if (Object.keys(limits.most).length > 0) return limits.most;
  return size ? budgetsWith("bytes", size.value.bytes) : null;
}

export async function searchOn(): Promise<void> {
  const budgets = searchedBudgets();
  const { recipe, size } = get();
  if (stop || !budgets || !size) return;
  const job = jobName("search");
  const gesture = `search ${++searches}`;
  const kind = budgets.drop === undefined ? "loss" : "drop";
  const same = sameStudy();
  let asked = false;
  stop = () => {
    asked = true;
    engine()
      .cancel(job)
      .catch(() => {});
  };
  let present: Recipe = recipe;
  let search: Search = {
    kind,
    tried: 0,
    of: evaluations[kind],
    first: null,
    best: null,
    running: true,
    end: null,
  };
  const show = (change: Partial<Search>) => {
    search = { ...search, ...change };
    setBudget({ search });
  };
  const take = (best: TriedRecipe) => {
    if (recipeKey(best.recipe) === recipeKey(present)) return;
    apply(best.recipe, gesture);
    present = get().recipe;
  };
  show({});
  let end = "stopped";
  try {
    const setting = await settingNow();
    if (!setting || !same()) return;
    const fits = size.value.bytes <= (budgets.bytes ?? Number.POSITIVE_INFINITY);
    const request = {
      ...{ setting, budgets, evaluations: evaluations[kind], known: knownJoints(get()) },
      ...(kind === "loss" && fits && { first: recipe }),
    };
    const found = await engine().search(job, request, (tried, best) => {
      if (!same() || asked) return;
      // Meanwhile somebody may have edited by hand: that counts.
      if (get().recipe !== present) return stop?.();
      note(tried);
      if (best) take(best);
      show({ tried: search.tried + 1, first: search.first ?? tried, best });
    });
    if (!same() || found === "cancelled") return;
    if (found.best && get().recipe === present) take(found.best);
    show({ tried: found.tried, best: found.best });
    end = found.stopped ? "stopped" : found.best ? "nothing better left to try" : "none of them keeps it";
    if (!found.stopped && found.tried >= evaluations[kind]) end = "all were measured";
  } catch (error) {
    end = isLost(error) ? "the engine stopped" : sentenceOf(error);
  } finally {
    stop = null;
    endGesture();
    if (same() && budget().search) show({ running: false, end });
  }
}

/** What was measured through teaches, and is a mark on the chart. */
function note({ recipe, bytes, divergence, cut }: TriedRecipe): void {
  const { float, data } = get();
  if (cut) return;
  const score = {
    ...{ metric: float?.metric ?? "kl", divergence, top1: null, done: true },
    data: data?.kind ?? ("real" as const),
  };
  keepJoint({ recipe, bytes, score });
}
