// Runs the plan: one job after the other until nothing is left of it. What a job is, and in which order, is plan.ts;
// what each of them does with the engine's answers is predicting.ts and measuring.ts.

import { type Column, type Estimator, type Recipe, remadeOf, type Target } from "@bitscape/engine";
import { engine, jobName, sameStudy } from "../connection.ts";
import {
  columnBase,
  columnKey,
  columnsOf,
  floating,
  measuringOrder,
  sameColumns,
  targets,
} from "../edits.ts";
import { isLost, report } from "../notices.ts";
import { canAsk, get, type State, set } from "../store.ts";
import { exchanged } from "./known.ts";
import { measure } from "./measuring.ts";
import { isQuick, type Job, plan, predictionPasses, reckonedPace } from "./plan.ts";
import { findPairs, predict } from "./predicting.ts";

let running: { readonly job: string; readonly ended: Promise<void> } | null = null;
let onFirstPass: (() => void) | null = null;

/** Calls back once when the first predictions are there, or when there are none to wait for. */
export function afterFirstPass(then: () => void): void {
  onFirstPass = then;
}

/** What the present study asks to be predicted or measured next. */
export function nextJob(state: State): Job | undefined {
  const { model, data, paused, selected, recipe, estimator, judging } = state;
  if (!model || !data || data.cannotRun !== undefined) return undefined;
  const { layers } = model;
  const ids = layers.map(({ id }) => id);
  const [job] = plan(
    {
      layers,
      bits: {
        weight: measuringOrder(recipe, ids, "weight"),
        activation: measuringOrder(recipe, ids, "activation"),
      },
      estimator,
      passes: predictionPasses(paceOf(state)),
      apart: !isQuick(paceOf(state)),
      // The small sample network can afford more.
      most: state.source?.sample ? 256 : 64,
      available: data.evaluation,
      schemes: { weight: columnBase(recipe, "weight"), activation: columnBase(recipe, "activation") },
      remade: remadeOf(recipe),
      first: selected && selected !== layers[0]?.id ? [selected] : [],
      pairs: pairsWanted(state),
      paused,
    },
    state.cells,
    state.predictions,
  );
  // Beside the float network's run there is room for the first impression only.
  return judging && job?.kind !== "predict" ? undefined : job;
}

const paceOf = ({ secondsPerSample, model }: State) => secondsPerSample ?? reckonedPace(model?.layers ?? []);

/** The first predictions, where they are soon there. Resolves once they are, or at once. */
export async function firstImpression(): Promise<void> {
  if (!isQuick(paceOf(get()))) return;
  runPlan();
  await running?.ended;
}

/** Goes on with the plan unless a job is running already. */
export function runPlan(): void {
  if (running || !canAsk()) return;
  const job = nextJob(get());
  if (!isFirst(job)) firstPassDone();
  if (!job) {
    set({ sweep: null });
    return;
  }
  const name = jobName(job.kind);
  const ended = run(name, job).then((goOn) => {
    running = null;
    set({ sweep: null });
    if (goOn) runPlan();
  });
  running = { job: name, ended };
}

/** One job. Resolves with whether the plan may go on. */
async function run(name: string, job: Job): Promise<boolean> {
  const same = sameStudy();
  try {
    const came =
      job.kind === "measure"
        ? await measure(name, job, same)
        : job.kind === "pairs"
          ? await findPairs(name, job, same)
          : await predict(name, job, same);
    if (came === "nothing" && same()) {
      // Nothing came of what was asked: ending here is better than asking for ever.
      set({ paused: true });
      return false;
    }
    return came === "done" && same();
  } catch (error) {
    if (same() && !isLost(error)) {
      report(error);
      set({ paused: true });
    }
    return false;
  }
}

/** Ends the running job and waits for its end; what came of it stays. */
export async function stopSweep(): Promise<void> {
  if (!running) return;
  const { job, ended } = running;
  engine().cancel(job).catch(report);
  await ended;
}

/** The user's Cancel: stays ended until resumed. */
export function pause(): void {
  set({ paused: true, pairsAsked: null });
  void stopSweep();
  firstPassDone();
}

export function resume(): void {
  set({ paused: false });
  runPlan();
}

/** Makes the plan anew: what is running may not be what matters most any more. */
export function replan(): void {
  void stopSweep().then(runPlan);
}

/**
 * Another preset has other columns: what is known of them is taken from the shelf, and the plan is made anew. So it is when
 * the recipe has a column that it did not have before.
 */
export function followColumns(before: Recipe, after: Recipe): void {
  const changed = exchangeColumns(before, after);
  const ids = get().model?.layers.map(({ id }) => id) ?? [];
  const added = targets.some((target) => {
    const had = new Set(columnsOf(before, ids, target));
    return columnsOf(after, ids, target).some((column) => !had.has(column));
  });
  if (changed || added) replan();
}

/** Puts away what is known of one recipe's columns and takes out what is of another's. Returns whether they are other columns. */
function exchangeColumns(before: Recipe, after: Recipe): boolean {
  const changed = targets.filter((target) => !sameColumns(before, after, target));
  for (const target of changed) {
    const [from, to] = [columnKey(before, target), columnKey(after, target)];
    const { cells, shelf, estimator } = get();
    set(exchanged(cells, shelf, target, from, to));
    exchangePredictions(target, `${estimator} ${from}`, `${estimator} ${to}`);
  }
  return changed.length > 0;
}

/** What is known was found with another recipe's columns, or predicted by another way: brings what is of the present ones. */
export function followFound(found: Pick<State, "recipe" | "estimator">): void {
  const { recipe, estimator } = get();
  if (found.estimator !== estimator) exchangeEstimators(found.recipe, found.estimator, estimator);
  exchangeColumns(found.recipe, recipe);
}

function exchangeEstimators(recipe: Recipe, from: Estimator, to: Estimator): void {
  for (const target of targets) {
    const key = columnKey(recipe, target);
    exchangePredictions(target, `${from} ${key}`, `${to} ${key}`);
  }
}

/** Predictions by another way: those of the present one are put away, and measured cells stay. Resumes what was cancelled. */
export function chooseEstimator(estimator: Estimator): void {
  const { recipe, estimator: before } = get();
  if (estimator === before) return;
  exchangeEstimators(recipe, before, estimator);
  set({ estimator, paused: false });
  replan();
}

/** Asks for the interactions of every two layers at a column; the answer comes into the store. */
export function askPairs(column: Column): void {
  if (column === floating) return;
  set({ pairsAsked: column });
  if (pairsWanted(get()) !== null) replan();
}

/** Nobody looks at them any more. */
export const endPairs = () => set({ pairsAsked: null });

/** The column whose pairs are still to be found. */
function pairsWanted({ pairsAsked, pairs, recipe }: State): Column | null {
  const known = pairs?.bits === pairsAsked && pairs?.key === columnKey(recipe, "weight");
  return known ? null : pairsAsked;
}

function exchangePredictions(target: Target, from: string, to: string): void {
  const { predictions, predictionShelf } = get();
  const { cells, shelf } = exchanged(predictions, predictionShelf, target, from, to);
  set({ predictions: cells, predictionShelf: shelf });
}

/** Whether a job gives the first impression of the heatmap. */
function isFirst(job: Job | undefined): boolean {
  const [first] = predictionPasses(paceOf(get()));
  return job?.kind === "predict" && job.request.samples <= (first ?? 0);
}

function firstPassDone(): void {
  const then = onFirstPass;
  onFirstPass = null;
  then?.();
}
