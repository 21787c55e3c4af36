// Float beside quantized, while somebody looks: asked of the engine when the recipe rests, the latest recipe wins. Then how
// far each layer is off, on a few samples.

import { type CompareReport, type LayersReport, type Recipe, recipeKey } from "@bitscape/engine";
import { create } from "zustand";
import { engine, jobName, sameStudy } from "./connection.ts";
import { latest } from "./latest.ts";
import { isLost, sentenceOf } from "./notices.ts";
import { type About, canAsk, get, type State, useStore } from "./store.ts";

/** Samples shown one by one. */
const SHOWN = 48;
/** Samples on which layers are compared: their values all come out of the session. */
const LAYER_SAMPLES = 8;

export interface Comparing {
  readonly report: About<CompareReport> | null;
  readonly layers: About<LayersReport> | null;
  readonly running: boolean;
  readonly failure: string | null;
}

const nothing: Comparing = { report: null, layers: null, running: false, failure: null };

export const useComparing = create<Comparing>()(() => nothing);
const { setState, getState } = useComparing;

const run = latest<Recipe>(async (recipe, signal) => {
  const same = sameStudy();
  const key = recipeKey(recipe);
  if (getState().report?.key === key && getState().report?.value.done && getState().layers?.key === key)
    return;
  const job = jobName("compare");
  signal.addEventListener("abort", () => void engine().cancel(job).catch(ignored));
  const current = () => same() && !signal.aborted;
  let answered = false;
  setState({ running: true, failure: null });
  try {
    const value = await engine().compare(
      job,
      { recipe, show: SHOWN },
      // Running reports come by a channel of their own: the last may be behind the answer.
      (running) => current() && !answered && setState({ report: { key, value: running } }),
      ignored,
    );
    answered = true;
    if (!current() || value === "cancelled") return;
    setState({ report: { key, value } });
    const layers = await engine().layerDivergence(job, recipe, LAYER_SAMPLES, ignored);
    if (current() && layers !== "cancelled") setState({ layers: { key, value: layers } });
  } catch (error) {
    if (current() && !isLost(error)) setState({ failure: sentenceOf(error) });
  } finally {
    setState({ running: false });
  }
}, 400);

/** After a failure: the same once more. */
export function compareAgain(): void {
  setState({ failure: null });
  run.ask(get().recipe);
}

/** Compares as long as somebody looks: the present recipe, and whatever it becomes. Returns what ends it. */
export function keepComparing(): () => void {
  const ask = () => {
    if (canAsk() && ready(get()) && get().data?.cannotRun === undefined) run.ask(get().recipe);
  };
  ask();
  const off = useStore.subscribe((state, before) => {
    const other = state.data !== before.data || state.model !== before.model;
    if (other) {
      run.stop();
      setState(nothing);
    }
    if (other || state.recipe !== before.recipe || ready(state) !== ready(before)) ask();
  });
  return () => {
    off();
    run.stop();
  };
}

/** The float network's own score comes first: everything on the screen waits for it. */
const ready = ({ opening, judging, lost }: State) =>
  opening === null && !judging && (lost === null || lost.back);

const ignored = () => {};
