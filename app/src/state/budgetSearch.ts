// The search that goes on from a measured recipe: propose, measure, learn, propose again. Anytime: the best so far is the
// recipe, so that it can be exported at any moment; cancelling keeps it, and starting again goes on from what is known.

import { type Recipe, recipeKey, type Score } from "@bitscape/engine";
import { adopt, budgetsWith, sizeOf, solver } from "./budgetSolving.ts";
import { budget, type Search, setBudget } from "./budgetStore.ts";
import { engine, jobName, sameStudy } from "./connection.ts";
import { noteScore } from "./measure.ts";
import { isLost, sentenceOf } from "./notices.ts";
import { get, set } from "./store.ts";
import { endGesture } from "./study.ts";

// Proposals in a row that improve nothing.
const PATIENCE = 8;
const MOST = 40;

let stop: (() => void) | null = null;
let searches = 0;

/** Ends the search; the best so far stays. */
export const stopSearch = () => stop?.();

/** Searches under the present budgets, or at the present size where none is set. */
export async function searchOn(): Promise<void> {
  const { measured, size, limits } = get();
  if (stop || !measured?.value.done || !size) return;
  const budgets = Object.keys(limits.most).length > 0 ? limits.most : budgetsWith("bytes", size.value.bytes);
  const gesture = `search ${++searches}`;
  const controller = new AbortController();
  const same = sameStudy();
  let job: string | null = null;
  stop = () => {
    controller.abort();
    if (job !== null)
      void engine()
        .cancel(job)
        .catch(() => {});
  };
  const first = measured.value.divergence.value;
  let search: Search = { tried: 0, best: first, first, running: true, end: null };
  let present = get().recipe;
  const show = (change: Partial<Search>) => {
    search = { ...search, ...change };
    setBudget({ search });
  };
  const goesOn = () => !controller.signal.aborted && same() && get().recipe === present;
  show({});
  let idle = 0;
  let end = "stopped";
  try {
    while (goesOn() && idle < PATIENCE && search.tried < MOST) {
      const found = await solver().propose(budgets, taught(), sizeOf);
      if (!goesOn()) break;
      if (!found) {
        end = "nothing new left near the optimum";
        break;
      }
      job = jobName("evaluate");
      const score = await engine().evaluate(job, found.recipe, () => {});
      if (score === "cancelled" || !goesOn()) break;
      note(found.recipe, found.bytes, score);
      const { value } = score.divergence;
      if (value < search.best) {
        idle = 0;
        adopt(found, gesture);
        present = get().recipe;
      } else idle++;
      show({ tried: search.tried + 1, best: Math.min(search.best, value) });
    }
    if (idle >= PATIENCE) end = `${PATIENCE} in a row improved nothing`;
    if (search.tried >= MOST) end = `${MOST} were measured`;
  } catch (error) {
    end = isLost(error) ? "the engine stopped" : sentenceOf(error);
  } finally {
    stop = null;
    endGesture();
    if (same() && budget().search) show({ running: false, end });
  }
}

/** Recipes measured so far, within these budgets or not: all say something of the layers. */
const taught = () => get().joints.map(({ recipe, score }) => ({ recipe, value: score.divergence.value }));

function note(recipe: Recipe, bytes: number, score: Score): void {
  noteScore(recipe, score);
  const { joints } = get();
  const key = recipeKey(recipe);
  if (!joints.some((joint) => recipeKey(joint.recipe) === key))
    set({ joints: [...joints, { recipe, bytes, score }] });
}
