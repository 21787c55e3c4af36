// How the float network does under other preprocessing: every preset when asked, then variants of the best of them; and what
// is being typed. Trials know nothing of the study but its images: they change nothing.

import {
  type Candidate,
  candidatesFor,
  type DataSummary,
  type Preprocess,
  samePreprocess,
  type TriedPreprocess,
  variantsOf,
} from "@bitscape/engine";
import { create } from "zustand";
import { engine, jobName, sameStudy } from "./connection.ts";
import { report } from "./notices.ts";
import { canAsk, get } from "./store.ts";

/** Images of a trial: few enough to try a dozen ways within seconds. */
export const TRIAL_SAMPLES = 96;
/** Images for what is being typed. */
const TYPED_SAMPLES = 48;

export interface TriedCandidate extends Candidate {
  readonly tried: TriedPreprocess | null;
}

interface TryingState {
  /** Of these data: other data make them void. */
  readonly of: DataSummary | null;
  readonly candidates: readonly TriedCandidate[];
  readonly running: boolean;
  readonly typed: { readonly preprocess: Preprocess; readonly tried: TriedPreprocess | null } | null;
}

const nothing: TryingState = { of: null, candidates: [], running: false, typed: null };

export const useTrying = create<TryingState>()(() => nothing);
const set = useTrying.setState;

let job: string | null = null;
let typedJob: string | null = null;
let typedTimer: ReturnType<typeof setTimeout> | undefined;

/** Trials stay when only the preprocessing was changed: they are of the same images. */
export function keepTrials(data: DataSummary | null): void {
  const { of } = useTrying.getState();
  if (of === data) return;
  const same = of !== null && data !== null && of.name === data.name && of.digest === data.digest;
  cancelTyped();
  if (!same) forgetTrials();
  set({ of: data });
}

/** Other labels make them void. */
export function forgetTrials(): void {
  cancelTrials();
  set(nothing);
}

/** Tries every preset that fits, then variants of the best; ranks as results come. */
export async function tryAll(): Promise<void> {
  const { model, data } = get();
  const shape = model?.inputs[0]?.shape;
  if (!canAsk() || !data || !shape || model.inputs.length !== 1) return;
  cancelTrials();
  const mine = jobName("trial");
  job = mine;
  set({ of: data, running: true, candidates: [] });
  try {
    const presets = candidatesFor(shape);
    if (!(await tryThese(mine, presets))) return;
    const best = ranked(useTrying.getState().candidates)[0];
    if (best && scoreOf(best.tried) > 0) await tryThese(mine, variantsOf(best.preprocess, shape));
  } catch (error) {
    report(error);
  } finally {
    if (job === mine) {
      job = null;
      set({ running: false });
    }
  }
}

async function tryThese(mine: string, more: readonly Candidate[]): Promise<boolean> {
  const before = useTrying.getState().candidates;
  const fresh = more.filter((each) => !before.some((old) => samePreprocess(old.preprocess, each.preprocess)));
  const from = before.length;
  set({ candidates: [...before, ...fresh.map((each) => ({ ...each, tried: null }))] });
  const same = sameStudy();
  const preprocess = fresh.map((each) => each.preprocess);
  const end = await engine().tryPreprocess(mine, preprocess, TRIAL_SAMPLES, (at, tried) => {
    if (job !== mine || !same()) return;
    const candidates = [...useTrying.getState().candidates];
    const place = candidates[from + at];
    if (place && !place.tried?.done) candidates[from + at] = { ...place, tried };
    set({ candidates });
  });
  if (end === "cancelled" || job !== mine) return false;
  // The last running results may still be on their way.
  const settled = fresh.map((each, i) => ({ ...each, tried: end[i] ?? null }));
  set({ candidates: [...before, ...settled] });
  return true;
}

export function cancelTrials(): void {
  if (job) engine().cancel(job).catch(report);
  job = null;
  // Those that were not reached are not waited for.
  const candidates = useTrying.getState().candidates.filter(({ tried }) => tried?.done);
  set({ running: false, candidates });
}

/** A moment after the last change, tries what is typed and not applied yet. */
export function tryTyped(preprocess: Preprocess): void {
  const { typed } = useTrying.getState();
  if (typed && samePreprocess(typed.preprocess, preprocess)) return;
  cancelTyped();
  set({ typed: { preprocess, tried: null } });
  typedTimer = setTimeout(() => void tryNow(preprocess), 350);
}

async function tryNow(preprocess: Preprocess): Promise<void> {
  if (!canAsk()) return;
  const mine = jobName("typed");
  typedJob = mine;
  try {
    await engine().tryPreprocess(mine, [preprocess], TYPED_SAMPLES, (_, tried) => {
      if (typedJob === mine) set({ typed: { preprocess, tried } });
    });
  } catch (error) {
    if (typedJob === mine) report(error);
  } finally {
    if (typedJob === mine) typedJob = null;
  }
}

export function cancelTyped(): void {
  clearTimeout(typedTimer);
  if (typedJob) engine().cancel(typedJob).catch(report);
  typedJob = null;
  set({ typed: null });
}

/** What candidates are ranked by: the accuracy, or without labels the network's confidence. */
export const scoreOf = (tried: TriedPreprocess | null) =>
  tried && tried.n > 0 && !tried.failure ? (tried.top1?.value ?? tried.confidence?.value ?? 0) : -1;

/** The best first. */
export const ranked = (candidates: readonly TriedCandidate[]): TriedCandidate[] =>
  [...candidates].sort((a, b) => scoreOf(b.tried) - scoreOf(a.tried));
