// What a recipe weighs and how well it does: asked of the engine after each edit, the latest recipe wins.
// Answers are kept by recipe, so that undo shows them at once.

import { type Recipe, recipeKey, type Score, type SizeReport } from "@bitscape/engine";
import { engine, jobName, sameStudy } from "./connection.ts";
import { latest } from "./latest.ts";
import { report } from "./notices.ts";
import { canAsk, get, set } from "./store.ts";

const kept = 64;
const sizes = new Map<string, SizeReport>();
const scores = new Map<string, Score>();

const weigh = latest<Recipe>(async (recipe) => {
  const same = sameStudy();
  const key = recipeKey(recipe);
  try {
    const value = sizes.get(key) ?? (await engine().size(recipe));
    if (!same()) return;
    keep(sizes, key, value);
    set({ size: { key, value } });
  } catch (error) {
    if (same()) report(error);
  }
});

const score = latest<Recipe>(async (recipe, signal) => {
  const same = sameStudy();
  const key = recipeKey(recipe);
  const known = scores.get(key);
  if (known) return set({ measured: { key, value: known } });
  const job = jobName("evaluate");
  signal.addEventListener("abort", () => void engine().cancel(job).catch(ignored));
  set({ measuring: true });
  try {
    // Running scores come by a way of their own: the last may be behind the answer.
    let answered = false;
    const value = await engine().evaluate(job, recipe, (running) => {
      if (same() && !signal.aborted && !answered) set({ measured: { key, value: running } });
    });
    answered = true;
    if (!same() || value === "cancelled") return;
    keep(scores, key, value);
    set({ measured: { key, value } });
  } catch (error) {
    if (same()) report(error);
  } finally {
    set({ measuring: false });
  }
}, 200);

/** Asks for the present recipe's size. */
export function askSize(): void {
  if (canAsk()) weigh.ask(get().recipe);
}

/** Asks for the present recipe's measured score. */
export function askScore(): void {
  if (canAsk() && get().data?.cannotRun === undefined) score.ask(get().recipe);
}

/** Ends measuring the recipe; what is known stays. */
export function stopMeasuring(): void {
  score.stop();
}

/** Other data: scores are void, sizes are not. */
export function forgetScores(): void {
  score.stop();
  scores.clear();
  set({ measured: null });
}

/** Scores of recipes by their keys. */
export type Scores = ReadonlyMap<string, Score>;

/** A copy of what was measured of recipes on the present data, for when they come back. */
export const takeScores = (): Scores => new Map(scores);

/** What was measured on these data before. */
export function giveScores(given: Scores): void {
  for (const [key, value] of given) keep(scores, key, value);
}

/** Another model: nothing holds any more. */
export function forgetAll(): void {
  weigh.stop();
  sizes.clear();
  set({ size: null });
  forgetScores();
}

/** Keeps what somebody else had measured of a recipe. */
export const noteScore = (recipe: Recipe, value: Score) => keep(scores, recipeKey(recipe), value);

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > kept) map.delete(map.keys().next().value as string);
}

const ignored = () => {};
