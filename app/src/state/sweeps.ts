// Runs the plan: one sweep after the other until nothing is left of it, cells flushed to the store a few times a second.

import type { Cell, Recipe, Target } from "@bitscape/engine";
import { engine, jobName, sameStudy } from "./connection.ts";
import { columnBase, columnKey, measuringOrder, targets } from "./edits.ts";
import type { KnownCell } from "./known.ts";
import { exchanged, withCells } from "./known.ts";
import { isLost, report } from "./notices.ts";
import { Pace } from "./pace.ts";
import { askedCells, firstPass, type Job, plan, work } from "./plan.ts";
import { canAsk, get, type State, set } from "./store.ts";

const flushEvery = 100;

let running: { readonly job: string; readonly ended: Promise<void> } | null = null;
let onFirstPass: (() => void) | null = null;

/** Calls back once when the next coarse pass is through, or when there is none to wait for. */
export function afterFirstPass(then: () => void): void {
  onFirstPass = then;
}

/** Widths of the present columns, in the order to measure them. */
function bitsOf({ model, recipe }: State): Record<Target, number[]> {
  const ids = model?.layers.map(({ id }) => id) ?? [];
  return {
    weight: measuringOrder(recipe, ids, "weight"),
    activation: measuringOrder(recipe, ids, "activation"),
  };
}

/** Samples a cell, coarse before fine; the small sample network can afford one more. */
function passesOf(state: State): number[] {
  const cells = askedCells({ layers: state.model?.layers ?? [], bits: bitsOf(state) }).length;
  return [firstPass(cells, state.secondsPerSample), 16, 64, ...(state.source?.sample ? [256] : [])];
}

/** What the present study asks to be measured. */
export function jobs(state: State): Job[] {
  const { model, data, cells, paused, selected, recipe } = state;
  if (!model || !data) return [];
  const { layers } = model;
  return plan(
    {
      layers,
      bits: bitsOf(state),
      passes: passesOf(state),
      available: data.evaluation,
      schemes: { weight: columnBase(recipe, "weight"), activation: columnBase(recipe, "activation") },
      first: selected && selected !== layers[0]?.id ? [selected] : [],
      paused,
    },
    cells,
  );
}

/** Goes on with the plan unless a sweep is running already. */
export function runPlan(): void {
  if (running || !canAsk()) return;
  const [job, ...later] = jobs(get());
  const coarse = Math.min(...passesOf(get()));
  if (!job || job.request.samples > coarse) firstPassDone();
  if (!job) {
    set({ sweep: null });
    return;
  }
  const name = jobName("sweep");
  const same = sameStudy();
  const ended = sweep(name, job, later, same).then((goOn) => {
    running = null;
    set({ sweep: null });
    if (goOn) runPlan();
  });
  running = { job: name, ended };
}

/** Ends the running sweep and waits for its end; what it measured stays. */
export async function stopSweep(): Promise<void> {
  if (!running) return;
  const { job, ended } = running;
  engine().cancel(job).catch(report);
  await ended;
}

/** The user's Cancel: stays ended until resumed. */
export function pause(): void {
  set({ paused: true });
  void stopSweep();
  firstPassDone();
}

export function resume(): void {
  set({ paused: false });
  runPlan();
}

/** Another preset has other columns: what is known of them is taken from the shelf, and the plan is made anew. */
export function followColumns(before: Recipe, after: Recipe): void {
  const changed = targets.filter((target) => !sameColumns(before, after, target));
  if (changed.length === 0) return;
  for (const target of changed) {
    const { cells, shelf } = get();
    set(exchanged(cells, shelf, target, columnKey(before, target), columnKey(after, target)));
  }
  void stopSweep().then(runPlan);
}

const sameColumns = (a: Recipe, b: Recipe, target: Target) => columnKey(a, target) === columnKey(b, target);

function firstPassDone(): void {
  const then = onFirstPass;
  onFirstPass = null;
  then?.();
}

/** One sweep. Resolves with whether the plan may go on. */
async function sweep(name: string, job: Job, later: readonly Job[], same: () => boolean): Promise<boolean> {
  const { samples } = job.request;
  const pace = new Pace();
  const arrived: KnownCell[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let done = 0;
  let ended = false;

  const { recipe } = get();

  const flush = () => {
    timer = undefined;
    if (!same()) return;
    const fresh = arrived.splice(0).filter(({ cell }) => sameColumns(recipe, get().recipe, cell.target));
    const known = withCells(get().cells, fresh);
    if (ended) {
      set({ cells: known });
      return;
    }
    const rest = (job.cells - done) * samples + work(later);
    const left = pace.secondsFor(rest / samples);
    set({
      cells: known,
      sweep: { what: "Measuring", done, total: job.cells, samples, left },
    });
  };
  const onCell = (cell: Cell) => {
    arrived.push({ cell, asked: samples });
    done++;
    pace.step(performance.now());
    timer ??= setTimeout(flush, flushEvery);
  };

  set({ sweep: { what: "Measuring", done: 0, total: job.cells, samples, left: null } });
  try {
    const end = await engine().sweep(name, job.request, onCell, () => {});
    // Cells come by a channel of their own: the last ones may be behind the answer.
    await new Promise((resolve) => setTimeout(resolve, 30));
    if (end === "done" && done === 0) {
      // Nothing came of what was asked: ending here is better than asking for ever.
      set({ paused: true });
      return false;
    }
    return end === "done" && same();
  } catch (error) {
    if (same() && !isLost(error)) {
      report(error);
      set({ paused: true });
    }
    return false;
  } finally {
    clearTimeout(timer);
    ended = true;
    flush();
  }
}
