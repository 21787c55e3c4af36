// What one layer has to do with the recipe's loss: only this layer, and all but this layer, measured while somebody looks,
// once the heatmap has come to rest. Kept by recipe and layer, so that undo shows it at once.

import {
  allButRow,
  type LayerSummary,
  onlyRow,
  type Recipe,
  recipeKey,
  type ShareReport,
} from "@bitscape/engine";
import { create } from "zustand";
import { engine, jobName, sameStudy } from "./connection.ts";
import { latest } from "./latest.ts";
import { isLost, sentenceOf } from "./notices.ts";
import { type About, canAsk, get, type State, useStore } from "./store.ts";
import { edit } from "./study.ts";

const SAMPLES = 256;
const KEPT = 32;
/** A recipe that is being edited is not measured at each step. */
const REST_MS = 500;

export interface ShareState {
  readonly share: About<ShareReport> | null;
  readonly running: boolean;
  /** The engine is busy with the heatmap: it is measured then, or when somebody insists. */
  readonly waiting: boolean;
  readonly failure: About<string> | null;
}

const nothing: ShareState = { share: null, running: false, waiting: false, failure: null };

export const useShares = create<ShareState>()(() => nothing);
const { setState } = useShares;
const known = new Map<string, ShareReport>();

export const shareKey = (recipe: Recipe, layer: string) => `${layer} ${recipeKey(recipe)}`;

const measure = latest<{ readonly recipe: Recipe; readonly layer: string }>(
  async ({ recipe, layer }, signal) => {
    const same = sameStudy();
    const key = shareKey(recipe, layer);
    const job = jobName("shares");
    signal.addEventListener("abort", () => void engine().cancel(job).catch(ignored));
    const current = () => same() && !signal.aborted;
    let answered = false;
    setState({ running: true, waiting: false, failure: null });
    try {
      const value = await engine().shares(job, { recipe, layer, samples: SAMPLES }, (running) => {
        if (current() && !answered) setState({ share: { key, value: running } });
      });
      answered = true;
      if (!same() || value === "cancelled") return;
      known.set(key, value);
      if (known.size > KEPT) known.delete(known.keys().next().value as string);
      if (current()) setState({ share: { key, value } });
    } catch (error) {
      if (current() && !isLost(error)) setState({ failure: { key, value: sentenceOf(error) } });
    } finally {
      setState({ running: false });
    }
  },
  REST_MS,
);

/** Measures a layer's share as long as somebody looks. Returns what ends it. */
export function keepSharing(layer: string): () => void {
  const ask = () => {
    const state = get();
    if (!canAsk() || state.data?.cannotRun !== undefined) return;
    const key = shareKey(state.recipe, layer);
    const value = known.get(key);
    if (value) {
      measure.stop();
      return setState({ share: { key, value }, waiting: false, failure: null });
    }
    if (busy(state)) {
      measure.stop();
      return setState({ waiting: true });
    }
    measure.ask({ recipe: state.recipe, layer });
  };
  ask();
  const off = useStore.subscribe((state, before) => {
    if (state.data !== before.data || state.model !== before.model) {
      known.clear();
      setState(nothing);
    }
    if (state.recipe !== before.recipe || state.data !== before.data || busy(state) !== busy(before)) ask();
  });
  return () => {
    off();
    measure.stop();
  };
}

/** Measures now, though the heatmap is not through. */
export const insist = (layer: string): void => measure.ask({ recipe: get().recipe, layer });

const busy = ({ sweep, judging, measuring, opening, lost }: State) =>
  sweep !== null || judging || measuring || opening !== null || (lost !== null && !lost.back);

/** Makes "only this layer" the recipe: one step of undo. */
export function adoptOnly(layer: LayerSummary): void {
  const { recipe, model } = get();
  if (model) edit(onlyRow(recipe, model.layers, layer));
}

/** Makes "all but this layer" the recipe: one step of undo. */
export const adoptAllBut = (layer: LayerSummary): void => edit(allButRow(get().recipe, layer));

const ignored = () => {};
