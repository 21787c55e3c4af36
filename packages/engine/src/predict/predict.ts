// Prediction: a request → cells, by the estimator asked for. What the study, and so the worker and the command line, call.
// Source of the estimators: parts (Gauss-Newton and Fisher), trace (HAWQ).

import type { Cell, Estimator, PredictReport, PredictRequest } from "../cells/calls.ts";
import { type CellKey, cellName, cellsOf } from "../cells/sensitivity.ts";
import type { Ranges } from "../plan/plan.ts";
import type { Probe } from "../probe/probe.ts";
import type { Reference } from "../score/reference.ts";
import type { Derived } from "./derivatives.ts";
import { type Guess, interactions, meanSquare, predictedFinding, SPREADS } from "./estimate.ts";
import type { Form } from "./formulation.ts";
import { hawqCells } from "./hawq.ts";
import type { Without } from "./obstacle.ts";
import type { Predictor } from "./predictor.ts";
import { type Slots, slotsOf } from "./slots.ts";

export interface PredictJob {
  readonly predictor: Predictor;
  readonly reference: Reference;
  readonly probe: Probe;
  readonly request: PredictRequest;
  /** Samples that the request's number stands for. */
  readonly samples: readonly number[];
  readonly ranges: Ranges | undefined;
  readonly between: (done: number, total: number) => Promise<void>;
  readonly onCells: (cells: readonly Cell[]) => void;
}

/** What an estimator found beside the cells it gave. */
interface Outcome {
  readonly without: readonly Without[];
  readonly forwardPasses: number;
  readonly pairs?: PredictReport["pairs"];
}

const estimators: Readonly<
  Record<Estimator, (job: PredictJob, keys: readonly CellKey[]) => Promise<Outcome>>
> = {
  "gauss-newton": (job, keys) => bySlots(job, keys, "directional"),
  fisher: (job, keys) => bySlots(job, keys, "diagonal"),
  hawq: byTrace,
};

/** Predicts the cells of a request. */
export async function predictCells(job: PredictJob): Promise<PredictReport> {
  const { reference, request, samples } = job;
  const started = performance.now();
  const skip = new Set(request.skip);
  const keys = cellsOf(reference.network, request.bits, request.targets).filter(
    (key) => !skip.has(cellName(key)),
  );
  const { without, forwardPasses, pairs } = await estimators[request.estimator](job, keys);
  const seconds = (performance.now() - started) / 1000;
  const { estimator } = request;
  return {
    estimator,
    n: samples.length,
    seconds,
    forwardPasses,
    without: distinct(without),
    ...(pairs && { pairs }),
  };
}

async function bySlots(job: PredictJob, keys: readonly CellKey[], form: Form): Promise<Outcome> {
  const { predictor, reference, probe, request, samples, ranges, between, onCells } = job;
  const importance = await reference.importance(samples, probe, (done) => between(done, 2 * samples.length));
  const slots = slotsOf(samples, importance);
  // Runs with a gradient come after as many without.
  const step = (done: number, total: number) =>
    between(samples.length * (1 + done / Math.max(total, 1)), 2 * samples.length);
  const derive = (cells: readonly CellKey[], as: Form, on: (cells: readonly Derived[]) => void) =>
    predictor.derive(
      { keys: cells, form: as, slots: slots.slots, schemes: request.schemes, ranges, between: step },
      on,
    );
  const { factor } = predictor;
  const { without } = await derive(keys, form, (cells) =>
    onCells(
      cells.map((cell) => ({
        ...cell.key,
        finding: predictedFinding(cell, slots, factor, cellName(cell.key), SPREADS[request.estimator]),
        drop: null,
      })),
    ),
  );
  const forwardPasses = samples.length + slots.slots.length;
  const { pairs: bits } = request;
  if (bits === undefined) return { without, forwardPasses };
  // Only a derivative has a sign for each layer and sample, and so a product of two layers.
  const found = new Map<string, Derived>();
  const pairKeys = cellsOf(reference.network, [bits], ["weight"]);
  await derive(pairKeys, "directional", (cells) => {
    for (const cell of cells) found.set(cellName(cell.key), cell);
  });
  const cells = pairKeys.flatMap((key) => found.get(cellName(key)) ?? []);
  const layers = cells.map(({ key }) => key.layer);
  return { without, forwardPasses, pairs: { bits, layers, matrix: interactions(cells, slots, factor) } };
}

async function byTrace(job: PredictJob, keys: readonly CellKey[]): Promise<Outcome> {
  const { predictor, request, samples, ranges, between, onCells } = job;
  const { schemes } = request;
  const { terms, traces, without } = await predictor.traces({
    keys,
    indices: samples,
    schemes,
    ranges,
    between,
  });
  onCells(
    hawqCells(terms, traces, samples.length).map(({ key, finding }) => ({ ...key, finding, drop: null })),
  );
  const probes = [...traces.values()][0]?.probes ?? 0;
  return { without, forwardPasses: probes === 0 ? 0 : samples.length + 2 * Math.max(probes, samples.length) };
}

/** Predictions of cells as a scheduler needs them, by cell name; those without one are left out. */
export async function guessCells(
  job: Pick<PredictJob, "predictor" | "ranges" | "between"> & {
    readonly schemes?: PredictRequest["schemes"] | undefined;
  },
  keys: readonly CellKey[],
  slots: Slots,
): Promise<Map<string, Guess>> {
  const { predictor, ranges, between, schemes } = job;
  const found = new Map<string, Guess>();
  await predictor.derive({ keys, slots: slots.slots, schemes, ranges, between }, (cells) => {
    for (const { key, derivatives } of cells)
      found.set(cellName(key), meanSquare(derivatives, slots, predictor.factor));
  });
  return found;
}

function distinct(without: readonly Without[]): Without[] {
  return [...new Map(without.map((each) => [each.layer, each])).values()];
}
