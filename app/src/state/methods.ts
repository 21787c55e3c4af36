// Methods tried on the present recipe: each proposes another, and both are measured on the same held-out samples. What is known
// stays until the study changes; whether it is about the present recipe is said by its key.

import { type Contrast, type Recipe, type Repairable, recipeKey } from "@bitscape/engine";
import { create } from "zustand";
import type { Method, MethodInput } from "../methods/method.ts";
import { engine, jobName, sameStudy } from "./connection.ts";
import { noteScore } from "./measure.ts";
import { isLost, sentenceOf } from "./notices.ts";
import { canAsk, get, type State, useStore } from "./store.ts";
import { edit, endGesture } from "./study.ts";
import { flushing } from "./sweep/flushing.ts";
import { Pace } from "./sweep/pace.ts";

export interface Trial {
  readonly phase: "proposing" | "measuring" | "done" | "failed" | "cancelled";
  /** Of the recipe that it was tried on. */
  readonly key: string;
  /** How far the step at hand is, 0 to 1. */
  readonly share: number;
  /** Seconds until what it proposes is known; null, or absent, while too little is known of its pace. */
  readonly left?: number | null;
  /** What the method proposes; null until it has. */
  readonly after: Recipe | null;
  /** Running until it says that it is done. */
  readonly contrast: Contrast | null;
  /** Why it failed. */
  readonly sentence: string | null;
}

export interface Methods {
  readonly trials: Readonly<Record<string, Trial>>;
  /** Ids that wait for their turn, and whether all of them were asked for at once. */
  readonly queue: readonly string[];
  readonly all: boolean;
  /** Order of the rows after all were tried: the best first. */
  readonly ranked: readonly string[] | null;
  readonly repairable: Repairable | null;
}

const nothing: Methods = { trials: {}, queue: [], all: false, ranked: null, repairable: null };

export const useMethods = create<Methods>()(() => nothing);
const { setState, getState } = useMethods;

let running: { readonly id: string; readonly controller: AbortController } | null = null;

/** What methods find at present; null where there is no study to try them on. */
export function inputOf(
  { recipe, model, data, size }: State,
  repairable: Repairable | null,
): MethodInput | null {
  if (!model || !data || data.cannotRun !== undefined) return null;
  return { recipe, model, data, bytes: size?.value.bytes ?? model.bytes, repairable };
}

/** Tries some methods one after the other, each on the recipe as it then is. */
export async function tryMethods(methods: readonly Method[]): Promise<void> {
  const all = methods.length > 1;
  const fresh = methods.filter(({ id }) => running?.id !== id && !getState().queue.includes(id));
  setState(({ queue }) => ({
    queue: [...queue, ...fresh.map(({ id }) => id)],
    ...(all && { all, ranked: null }),
  }));
  waiting.push(...fresh);
  if (running) return;
  for (let method = waiting.shift(); method; method = waiting.shift()) {
    const next = method;
    setState(({ queue }) => ({ queue: queue.filter((id) => id !== next.id) }));
    await tryOne(next);
  }
  if (getState().all) setState({ all: false, ranked: rankedBy(getState().trials, recipeKey(get().recipe)) });
}

const waiting: Method[] = [];

async function tryOne(method: Method): Promise<void> {
  const same = sameStudy();
  const { recipe } = get();
  const key = recipeKey(recipe);
  const controller = new AbortController();
  const { signal } = controller;
  running = { id: method.id, controller };
  const put = (part: Partial<Trial>) => {
    if (!same() || running?.controller !== controller) return;
    setState(({ trials }) => ({
      trials: { ...trials, [method.id]: { ...(trials[method.id] as Trial), ...part } },
    }));
  };
  setState(({ trials }) => ({
    trials: {
      ...trials,
      [method.id]: { phase: "proposing", key, share: 0, after: null, contrast: null, sentence: null },
    },
  }));
  let come: Partial<Trial> = {};
  const flushed = flushing(() => put(come));
  const soon = (part: Partial<Trial>) => {
    come = { ...come, ...part };
    flushed.ask();
  };
  try {
    const input = inputOf(get(), getState().repairable);
    if (!input) throw new Error("study: no model or data, expected both to try a method on");
    const bytes = (await engine().size(recipe)).bytes;
    const pace = new Pace();
    const after = await method.propose({ ...input, recipe, bytes }, signal, (share) => {
      pace.step(performance.now(), share, 1);
      soon({ share, left: pace.secondsLeft() });
    });
    signal.throwIfAborted();
    if (recipeKey(after) === key) throw new Error(`${method.title}: what it proposes is the recipe as it is`);
    flushed.end();
    come = {};
    put({ phase: "measuring", share: 0, after });
    const job = jobName("contrast");
    signal.addEventListener("abort", () => void engine().cancel(job).catch(ignored));
    let answered = false;
    const contrast = await engine().contrast(
      job,
      { before: recipe, after },
      (report) => !answered && soon({ contrast: report }),
      (_, done, total) => !answered && total > 0 && soon({ share: done / total }),
    );
    answered = true;
    flushed.end();
    if (contrast === "cancelled") return put({ phase: "cancelled" });
    noteScore(recipe, contrast.before);
    noteScore(after, contrast.after);
    put({ phase: "done", share: 1, contrast });
  } catch (error) {
    flushed.end();
    if (signal.aborted) put({ phase: "cancelled" });
    else if (isLost(error)) put({ phase: "failed", sentence: "The engine stopped while working on this." });
    else put({ phase: "failed", sentence: sentenceOf(error) });
  } finally {
    if (running?.controller === controller) running = null;
  }
}

const ignored = () => {};

/** Ends what is tried and what waits; what is known stays. */
export function stopMethods(): void {
  waiting.length = 0;
  setState({ queue: [], all: false });
  running?.controller.abort();
}

/** Ends one method, whether it runs or waits. */
export function stopMethod(id: string): void {
  const at = waiting.findIndex((method) => method.id === id);
  if (at >= 0) waiting.splice(at, 1);
  setState(({ queue }) => ({ queue: queue.filter((each) => each !== id) }));
  if (running?.id === id) running.controller.abort();
}

/** Makes what a method proposes the present recipe: one step of undo. */
export function applyTrial({ after }: Trial): void {
  if (!after) return;
  edit(after);
  endGesture();
}

/** Methods tried on a recipe, those that gain most first; the others are not in it. */
export function rankedBy(trials: Readonly<Record<string, Trial>>, key: string): string[] {
  const gain = (id: string) => trials[id]?.contrast?.divergence.value ?? Number.NEGATIVE_INFINITY;
  return Object.keys(trials)
    .filter((id) => trials[id]?.phase === "done" && trials[id]?.key === key)
    .sort((a, b) => gain(b) - gain(a));
}

/** How a trial stands to the present recipe. */
export function standingOfTrial(trial: Trial, key: string): "fresh" | "applied" | "stale" {
  if (trial.after && recipeKey(trial.after) === key) return "applied";
  return trial.key === key ? "fresh" : "stale";
}

/** Asks what the study allows, as long as somebody looks; another study makes all that is known void. */
export function keepMethods(): () => void {
  const ask = async () => {
    const state = get();
    if (!canAsk() || !state.model || !state.data || state.data.cannotRun !== undefined) return;
    if (state.opening || state.judging || getState().repairable) return;
    const same = sameStudy();
    const repairable = await engine()
      .repairable()
      .catch(() => null);
    if (same() && repairable) setState({ repairable });
  };
  void ask();
  return useStore.subscribe((state, before) => {
    if (state.data !== before.data || state.model !== before.model) {
      stopMethods();
      setState(nothing);
    }
    if (state.opening !== before.opening || state.judging !== before.judging || state.data !== before.data)
      void ask();
  });
}
