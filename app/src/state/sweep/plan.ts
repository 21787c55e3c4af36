// The plan: asked × known → jobs still to run, in order: predictions of all cells, then measurement where it decides.
// Pure; sweeps.ts runs them. Which cells get how many samples in a measurement is the engine's scheduler's business.

import type {
  Column,
  Estimator,
  LayerSummary,
  PredictRequest,
  Remade,
  SweepRequest,
  Target,
} from "@bitscape/engine";
import { has, targets } from "../edits.ts";
import { type Cells, cellKey, isFailed, type NamedCell, type Predictions } from "./known.ts";

export interface Asked {
  readonly layers: readonly LayerSummary[];
  /** Columns in the order to measure them. */
  readonly bits: Readonly<Record<Target, readonly Column[]>>;
  readonly estimator: Estimator;
  /** Samples of the predictions: a first impression, then finer. */
  readonly passes: readonly number[];
  /** The first predictions are of weights, and those of activations, which calibration must come before, a job of their own. */
  readonly apart: boolean;
  /** Samples that no measured cell gets more of. */
  readonly most: number;
  /** Evaluation samples there are; nothing asks for more. */
  readonly available: number;
  /** What the columns have besides their width. */
  readonly schemes: NonNullable<SweepRequest["schemes"]>;
  /** What the recipe makes of the network before anything is quantized. */
  readonly remade: Remade;
  /** Rows to measure first. */
  readonly first: readonly string[];
  /** The column whose pairs of layers somebody wants to see, unless they are known. */
  readonly pairs: Column | null;
  readonly paused: boolean;
}

export type Job =
  | { readonly kind: "predict"; readonly request: PredictRequest; readonly cells: readonly NamedCell[] }
  | { readonly kind: "pairs"; readonly request: PredictRequest; readonly cells: readonly NamedCell[] }
  | { readonly kind: "measure"; readonly request: SweepRequest; readonly cells: readonly NamedCell[] };

// A first impression of every cell should be there in about this many seconds, even of a network that takes its time,
// and the finer one in so many.
const impression = 2;
const refinement = 15;
// What predicting one sample takes, in runs of the float network: forward, backward, and the steps of every width.
const runsPerSample = 12;
const few = 4;
const coarse = 32;
const fine = 128;

// Multiply-adds a second that a browser's one thread is good for, on the careful side; before the network has been timed.
const macsPerSecond = 5e9;

/** What one sample may take the float network, in seconds, from its multiply-adds alone. */
export const reckonedPace = (layers: readonly LayerSummary[]) =>
  layers.reduce((sum, { macs }) => sum + (macs ?? 0), 0) / macsPerSecond;

/** Whether a first impression is so soon there that everything else can wait for it. */
export const isQuick = (secondsPerSample: number) => runsPerSample * few * secondsPerSample <= impression;

/** Samples of the predictions: as many as give a first impression soon, at least a few. */
export function predictionPasses(secondsPerSample: number): number[] {
  const within = (seconds: number) => Math.floor(seconds / (runsPerSample * secondsPerSample));
  const first = Math.max(few, Math.min(coarse, within(impression)));
  return [first, Math.max(first, Math.min(fine, within(refinement)))];
}

const asking = new WeakMap<readonly LayerSummary[], Map<string, readonly NamedCell[]>>();

/** Every cell that there is: each layer that has weights or activations, once per column. The same array for the same layers. */
export function askedCells({ layers, bits }: Pick<Asked, "layers" | "bits">): readonly NamedCell[] {
  const known = asking.get(layers) ?? new Map<string, readonly NamedCell[]>();
  asking.set(layers, known);
  const columns = targets.map((target) => bits[target].join()).join("|");
  const cells =
    known.get(columns) ??
    targets.flatMap((target) =>
      layers.flatMap((layer) => {
        const { id } = layer;
        if (!has(layer, target)) return [];
        return bits[target].map((column) => ({
          layer: id,
          target,
          bits: column,
          key: cellKey(id, target, column),
        }));
      }),
    );
  // Only the latest: a recipe with other formats has other columns.
  known.clear();
  known.set(columns, cells);
  return cells;
}

/** Jobs still to run, each made when it is asked for; each leaves out what is known well enough or has no answer. */
export function* plan(asked: Asked, cells: Cells, predictions: Predictions): Generator<Job, void> {
  if (asked.available < 1) return;
  // Somebody looks at the pairs, whatever else was cancelled.
  yield* pairs(asked);
  if (asked.paused) return;
  yield* prediction(asked, predictions);
  yield* measurement(asked, cells);
}

function* prediction(asked: Asked, known: Predictions): Generator<Job, void> {
  const passes = [...new Set(asked.passes.map((samples) => Math.min(samples, asked.available)))];
  passes.sort((a, b) => a - b);
  for (const [i, samples] of passes.entries()) {
    for (const of of i === 0 && asked.apart ? targets.map((target) => [target]) : [targets]) {
      const { request, cells } = wanted(
        asked,
        (cell) => of.includes(cell.target) && predictedOn(cell, known) < samples,
      );
      if (cells.length === 0) continue;
      yield { kind: "predict", request: { ...request, samples, estimator: asked.estimator }, cells };
    }
  }
}

/** Samples that a prediction rests on; where the estimator had no answer, more samples do not give one. */
function predictedOn({ key }: NamedCell, known: Predictions): number {
  const predicted = known.get(key);
  if (!predicted) return 0;
  return predicted.cell ? predicted.asked : Number.POSITIVE_INFINITY;
}

function* pairs(asked: Asked): Generator<Job, void> {
  const { pairs, layers, available, schemes, remade, passes } = asked;
  if (pairs === null) return;
  const cells = layers
    .filter((layer) => has(layer, "weight"))
    .map(
      ({ id }) => ({ layer: id, target: "weight", bits: pairs, key: cellKey(id, "weight", pairs) }) as const,
    );
  if (cells.length === 0) return;
  const samples = Math.min(Math.max(...passes), available);
  // Only the Gauss-Newton form has a sign for each layer and sample, and so a product of two layers.
  const estimator = "gauss-newton";
  const bits = [pairs];
  const request: PredictRequest = { bits, targets: ["weight"], samples, estimator, schemes, remade, pairs };
  yield { kind: "pairs", request, cells };
}

function* measurement(asked: Asked, known: Cells): Generator<Job, void> {
  const samples = Math.min(asked.most, asked.available);
  const { request, cells } = wanted(asked, ({ key }) => {
    const measured = known.get(key);
    return !measured || (!isFailed(measured.cell) && measured.asked < samples);
  });
  if (cells.length === 0) return;
  yield { kind: "measure", request: { ...request, samples, first: asked.first, anytime: true }, cells };
}

/**
 * The cells that a job is about, and what its request has for exactly those. One request has the same columns for both targets,
 * so a column that only one of them asks for is skipped for the other.
 */
function wanted(
  asked: Asked,
  want: (cell: NamedCell) => boolean,
): {
  readonly cells: readonly NamedCell[];
  readonly request: Pick<SweepRequest, "bits" | "targets" | "schemes" | "remade"> & {
    readonly skip: readonly string[];
  };
} {
  const all = askedCells(asked);
  const cells = all.filter(want);
  const columns = new Set<Column>();
  const used = new Set<Target>();
  for (const { bits, target } of cells) {
    columns.add(bits);
    used.add(target);
  }
  const chosen = targets.filter((target) => used.has(target));
  const bits = [...new Set(chosen.flatMap((target) => asked.bits[target]))].filter((column) =>
    columns.has(column),
  );
  const skip: string[] = [];
  if (cells.length < all.length) {
    const missing = new Set(cells);
    for (const cell of all) {
      if (used.has(cell.target) && columns.has(cell.bits) && !missing.has(cell)) skip.push(cell.key);
    }
  }
  for (const target of chosen) {
    for (const column of bits.filter((each) => !asked.bits[target].includes(each))) {
      for (const layer of asked.layers) {
        if (has(layer, target)) skip.push(cellKey(layer.id, target, column));
      }
    }
  }
  const { schemes, remade } = asked;
  return { cells, request: { bits, targets: chosen, skip, schemes, remade } };
}
