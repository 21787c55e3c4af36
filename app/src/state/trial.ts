// A scheme under consideration: an option that is pointed at, or clips that are being dragged. Nothing is edited; what it would
// cost is asked for, the latest wins: exact bytes, and the loss of this tensor alone on a few samples.

import { type Finding, type SizeReport, schemeFor, type Target } from "@bitscape/engine";
import { create } from "zustand";
import { engine, jobName, sameStudy } from "./connection.ts";
import { bitsOf, cellScheme, floating, type Scheme, sameScheme, sameValues, withScheme } from "./edits.ts";
import { latest } from "./latest.ts";
import { canAsk, get, useStore } from "./store.ts";
import { cellKey, isFailed, shown } from "./sweep/known.ts";

/** Samples of a first measurement: enough to tell orders of magnitude, quick enough to wait for. */
const SAMPLES = 32;

export interface Trial {
  readonly layer: string;
  readonly target: Target;
  /** Undefined for float. */
  readonly scheme: Scheme | undefined;
  readonly by: "option" | "clip";
}

export interface TrialState {
  readonly trial: Trial | null;
  /** Of the trial; null until known. */
  readonly size: SizeReport | null;
  readonly loss: Finding | null;
  /** Why one of them cannot be had. */
  readonly failure: string | null;
}

const none: TrialState = { trial: null, size: null, loss: null, failure: null };

export const useTrial = create<TrialState>()(() => none);

const weigh = latest<Trial>(async (trial) => {
  const same = sameStudy();
  const { model, recipe } = get();
  const layers = model?.layers.filter(({ id }) => id === trial.layer) ?? [];
  try {
    const size = await engine().size(withScheme(recipe, layers, trial.target, trial.scheme));
    if (same() && useTrial.getState().trial === trial) useTrial.setState({ size });
  } catch (error) {
    // A format that does not fit this layer says so here, before it is chosen.
    if (same() && useTrial.getState().trial === trial)
      useTrial.setState({ failure: (error as Error).message });
  }
}, 60);

const measure = latest<Trial>(async (trial, signal) => {
  const { layer, target, scheme } = trial;
  if (!scheme) return;
  const same = sameStudy();
  const job = jobName("alone");
  signal.addEventListener("abort", () => void engine().cancel(job).catch(ignored));
  try {
    const loss = await engine().alone(job, { layer, target, scheme, samples: SAMPLES });
    if (same() && loss !== "cancelled" && useTrial.getState().trial === trial) useTrial.setState({ loss });
  } catch {
    // The size has said why.
  }
}, 250);

/** Considers a scheme; null ends it. */
export function consider(trial: Trial | null): void {
  const before = useTrial.getState().trial;
  if (trial && before && sameTrial(trial, before)) return;
  if (!trial) {
    weigh.stop();
    measure.stop();
    if (before) useTrial.setState(none);
    return;
  }
  const known = knownLoss(trial);
  useTrial.setState({ ...none, trial, loss: known });
  if (!canAsk()) return;
  weigh.ask(trial);
  if (!known && get().data?.cannotRun === undefined) measure.ask(trial);
  else measure.stop();
}

const sameTrial = (a: Trial, b: Trial) =>
  a.layer === b.layer && a.target === b.target && a.by === b.by && sameScheme(a.scheme, b.scheme);

/** The loss that a cell of the heatmap knows of a scheme. */
export function knownLoss({ layer, target, scheme }: Omit<Trial, "by">): Finding | null {
  const { recipe, cells, predictions } = get();
  const bits = bitsOf(scheme);
  if (bits === floating || !sameValues(scheme, cellScheme(recipe, target, bits))) return null;
  const cell = shown(cellKey(layer, target, bits), cells, predictions);
  return cell && !isFailed(cell) ? cell.finding : null;
}

/** The scheme that a tensor is shown with: what is considered, else what the recipe has. */
export function useShownScheme(layer: string, target: Target): Scheme | undefined {
  const own = useStore((state) => state.recipe);
  const trial = useTrial((state) => state.trial);
  const about = trial?.layer === layer && trial.target === target ? trial : null;
  return about ? about.scheme : schemeFor(own, layer, target);
}

// Another recipe, layer or target: what was considered is no longer what somebody looks at.
useStore.subscribe((state, before) => {
  const moved =
    state.recipe !== before.recipe ||
    state.selected !== before.selected ||
    state.rangeEnd !== before.rangeEnd;
  if (moved || state.target !== before.target || state.data !== before.data) consider(null);
});

const ignored = () => {};
