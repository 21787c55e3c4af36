// The plan: asked × known → jobs still to run, in order: predictions of all cells, then measurement where it decides.
// Pure; sweeps.ts runs them. Which cells get how many samples in a measurement is the engine's scheduler's business.

import type {
  CellKey,
  Column,
  Estimator,
  LayerSummary,
  PredictRequest,
  SweepRequest,
  Target,
} from "@bitscape/engine";
import { has, targets } from "./edits.ts";
import { type Cells, cellKey, isFailed, type Predictions } from "./known.ts";

export interface Asked {
  readonly layers: readonly LayerSummary[];
  /** Columns in the order to measure them. */
  readonly bits: Readonly<Record<Target, readonly Column[]>>;
  readonly estimator: Estimator;
  /** Samples of the predictions: a first impression, then finer. */
  readonly passes: readonly number[];
  /** Samples that no measured cell gets more of. */
  readonly most: number;
  /** Evaluation samples there are; nothing asks for more. */
  readonly available: number;
  /** What the columns have besides their width. */
  readonly schemes: NonNullable<SweepRequest["schemes"]>;
  /** Rows to measure first. */
  readonly first: readonly string[];
  /** The column whose pairs of layers somebody wants to see, unless they are known. */
  readonly pairs: Column | null;
  readonly paused: boolean;
}

export type Job =
  | { readonly kind: "predict"; readonly request: PredictRequest; readonly cells: readonly CellKey[] }
  | { readonly kind: "pairs"; readonly request: PredictRequest; readonly cells: readonly CellKey[] }
  | { readonly kind: "measure"; readonly request: SweepRequest; readonly cells: readonly CellKey[] };

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

/** Every cell that there is: each layer that has weights or activations, once per column. */
export function askedCells({ layers, bits }: Pick<Asked, "layers" | "bits">): CellKey[] {
  return targets.flatMap((target) =>
    layers.flatMap((layer) =>
      has(layer, target) ? bits[target].map((column) => ({ layer: layer.id, target, bits: column })) : [],
    ),
  );
}

/** Jobs still to run; each leaves out what is known well enough or has no answer. */
export function plan(asked: Asked, cells: Cells, predictions: Predictions): Job[] {
  if (asked.available < 1) return [];
  // Somebody looks at the pairs, whatever else was cancelled.
  if (asked.paused) return pairs(asked);
  return [...pairs(asked), ...prediction(asked, predictions), ...measurement(asked, cells)];
}

function prediction(asked: Asked, known: Predictions): Job[] {
  const passes = [...new Set(asked.passes.map((samples) => Math.min(samples, asked.available)))];
  passes.sort((a, b) => a - b);
  const done = new Map(askedCells(asked).map((cell) => [cell, predictedOn(cell, known)]));
  return passes.flatMap((samples): Job[] => {
    const cells = [...done].filter(([, asked]) => asked < samples).map(([cell]) => cell);
    for (const cell of cells) done.set(cell, samples);
    const request = { ...common(asked, cells), samples, estimator: asked.estimator };
    return cells.length === 0 ? [] : [{ kind: "predict", request, cells }];
  });
}

/** Samples that a prediction rests on; where the estimator had no answer, more samples do not give one. */
function predictedOn({ layer, target, bits }: CellKey, known: Predictions): number {
  const predicted = known.get(cellKey(layer, target, bits));
  if (!predicted) return 0;
  return predicted.cell ? predicted.asked : Number.POSITIVE_INFINITY;
}

function pairs(asked: Asked): Job[] {
  const { pairs, layers, available, schemes, passes } = asked;
  if (pairs === null) return [];
  const cells = askedCells({ layers, bits: { weight: [pairs], activation: [] } });
  if (cells.length === 0) return [];
  const samples = Math.min(Math.max(...passes), available);
  // Only the Gauss-Newton form has a sign for each layer and sample, and so a product of two layers.
  const estimator = "gauss-newton";
  const request: PredictRequest = { bits: [pairs], targets: ["weight"], samples, estimator, schemes, pairs };
  return [{ kind: "pairs", request, cells }];
}

function measurement(asked: Asked, known: Cells): Job[] {
  const samples = Math.min(asked.most, asked.available);
  const cells = askedCells(asked).filter(({ layer, target, bits }) => {
    const measured = known.get(cellKey(layer, target, bits));
    return !measured || (!isFailed(measured.cell) && measured.asked < samples);
  });
  if (cells.length === 0) return [];
  const request = { ...common(asked, cells), samples, first: asked.first, anytime: true } as const;
  return [{ kind: "measure", request, cells }];
}

// One request has the same columns for both targets, so a column that only one of them asks for is skipped for the other.
function common(
  asked: Asked,
  cells: readonly CellKey[],
): Pick<SweepRequest, "bits" | "targets" | "schemes"> & {
  readonly skip: readonly string[];
} {
  const wanted = new Set(cells.map(({ layer, target, bits }) => cellKey(layer, target, bits)));
  const used = targets.filter((target) => cells.some((cell) => cell.target === target));
  const bits = [...new Set(used.flatMap((target) => asked.bits[target]))].filter((column) =>
    cells.some((cell) => cell.bits === column),
  );
  const skip = used.flatMap((target) =>
    asked.layers.flatMap((layer) =>
      has(layer, target)
        ? bits.map((column) => cellKey(layer.id, target, column)).filter((key) => !wanted.has(key))
        : [],
    ),
  );
  return { bits, targets: used, skip, schemes: asked.schemes };
}
