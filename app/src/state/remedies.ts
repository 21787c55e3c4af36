// Why a tensor is fragile, and what would help: the diagnosis of what is looked at, and remedies tried one after the other
// when somebody asks. A trial is about the recipe that it began with; it is stale once that has changed.

import { type Diagnosis, type Recipe, type RemediesReport, recipeKey, type Target } from "@bitscape/engine";
import { create } from "zustand";
import { answers } from "./answers.ts";
import { engine, jobName, sameStudy } from "./connection.ts";
import type { Scheme } from "./edits.ts";
import { isLost, sentenceOf } from "./notices.ts";
import { get, type Progress, useStore } from "./store.ts";
import { flushing } from "./sweep/flushing.ts";

/** Samples that those in front are measured on. */
const SAMPLES = 512;
/** Tensors whose trials are kept. */
const KEPT = 16;

export interface Tried {
  /** Of the recipe that it is about. */
  readonly key: string;
  readonly phase: "running" | "done" | "cancelled" | "failed";
  readonly report: RemediesReport | null;
  readonly progress: Progress | null;
  readonly sentence: string | null;
}

export interface RemedyState {
  /** By tensor. */
  readonly tried: ReadonlyMap<string, Tried>;
}

export const useRemedies = create<RemedyState>()(() => ({ tried: new Map() }));

export const tensorOf = (layer: string, target: Target) => `${layer}|${target}`;

const diagnoses = answers<Diagnosis>(32);

/** What stands out about a tensor under a scheme, whatever the rest of the recipe. */
export const diagnosis = (layer: string, target: Target, scheme: Scheme): Promise<Diagnosis> =>
  diagnoses.of(JSON.stringify([layer, target, scheme]), async () => {
    const recipe: Recipe = { schema: "bitscape/recipe/1", layers: { [layer]: { [target]: scheme } } };
    return engine().diagnose({ recipe, layer, target });
  });

let running: { readonly job: string; readonly tensor: string } | null = null;

/** Tries every remedy of a tensor in the present recipe; one trial at a time. */
export async function tryRemedies(layer: string, target: Target): Promise<void> {
  cancelRemedies();
  const { recipe } = get();
  const tensor = tensorOf(layer, target);
  const mine = { job: jobName("remedies"), tensor };
  running = mine;
  const same = sameStudy();
  const blank: Tried = {
    ...{ key: recipeKey(recipe), phase: "running", report: null, progress: null, sentence: null },
  };
  let waiting: Partial<Tried> = {};
  const put = (change: Partial<Tried>) => {
    if (!same()) return;
    const tried = new Map(useRemedies.getState().tried);
    const before = tried.get(tensor) ?? blank;
    tried.delete(tensor);
    tried.set(tensor, { ...before, ...change });
    if (tried.size > KEPT) tried.delete(tried.keys().next().value as string);
    useRemedies.setState({ tried });
  };
  const flushed = flushing(() => {
    if (running === mine) put(waiting);
    waiting = {};
  });
  put(blank);
  try {
    const answer = await engine().remedies(
      mine.job,
      { recipe, layer, target, samples: SAMPLES },
      (report) => {
        waiting = { ...waiting, report };
        flushed.ask();
      },
      (what, done, total) => {
        waiting = { ...waiting, progress: { what, done, total } };
        flushed.ask();
      },
    );
    flushed.end();
    if (answer === "cancelled") put({ phase: "cancelled", progress: null });
    else put({ phase: "done", progress: null, report: answer });
  } catch (error) {
    flushed.end();
    const sentence = isLost(error)
      ? "The engine stopped while trying remedies. Try again."
      : sentenceOf(error);
    put({ phase: "failed", progress: null, sentence });
  } finally {
    if (running === mine) running = null;
  }
}

/** Ends the trial that runs; what it has measured stays. */
export function cancelRemedies(): void {
  if (!running) return;
  const { job } = running;
  running = null;
  engine()
    .cancel(job)
    .catch(() => {});
}

// Other data, or another network: what was tried says nothing any more.
useStore.subscribe((state, before) => {
  if (state.data === before.data && state.model === before.model) return;
  cancelRemedies();
  useRemedies.setState({ tried: new Map() });
});
