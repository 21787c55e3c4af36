// The one store: documents, ids and summaries. Weights, activations and sessions stay in the worker.
// Actions are functions of the modules beside this one (study.ts, session.ts, …); views only read.

import type {
  Column,
  DataRequest,
  DataSummary,
  Estimator,
  ExportResult,
  ModelSummary,
  PredictReport,
  Preview,
  Recipe,
  Score,
  SizeReport,
  Target,
  WriteResult,
} from "@bitscape/engine";
import { create } from "zustand";
import { type Limits, noLimits } from "./budget/limits.ts";
import type { Cells, KnownCell, Prediction, Predictions, Shelf } from "./sweep/known.ts";

/** What a model was opened from, kept so that it can be opened again. */
export interface ModelSource {
  readonly files: readonly File[];
  readonly pins: Readonly<Record<string, number>>;
  /** Those pins that data decided and nobody chose, each with what it was taken from. */
  readonly taken?: Readonly<Record<string, string>>;
  /** Name of the bundled sample it is. */
  readonly sample?: string;
}

export interface Progress {
  readonly what: string;
  readonly done: number;
  readonly total: number;
}

/** The job of the plan that is running. */
export interface SweepState {
  readonly phase: "predicting" | "pairing" | "measuring";
  /** Steps of the engine's own count. */
  readonly done: number;
  readonly total: number;
  /** Cells that were asked for, and how many have come. */
  readonly cells: number;
  readonly come: number;
  /** Cells that are predicted, where all are; 0 otherwise. */
  readonly predicted: number;
  /** Samples of a prediction. */
  readonly samples?: number;
  /** Seconds until it is through; null while too little is known. */
  readonly left: number | null;
}

/** What every two layers' errors add to the loss together, at one column. */
export type Pairs = NonNullable<PredictReport["pairs"]> & {
  /** Of the columns they were found with. */
  readonly key: string;
  readonly n: number;
};

/** A joint recipe that was measured through. */
export interface Joint {
  readonly recipe: Recipe;
  /** Exact, of its file. */
  readonly bytes: number;
  readonly score: Score;
}

/** A number about a recipe: shown as stale where the key is not the present recipe's. */
export interface About<T> {
  readonly key: string;
  readonly value: T;
}

export interface Notice {
  readonly id: number;
  readonly kind: "error" | "info";
  readonly text: string;
  /** What can be done about it. */
  readonly way?: "reload";
}

export type Exporting =
  | { readonly phase: "idle" }
  /** Nothing is written before it is said where: files of these names, which will not be held in memory. */
  | { readonly phase: "asking"; readonly names: readonly [string, string?] }
  | { readonly phase: "running"; readonly progress: Progress | null }
  | { readonly phase: "written"; readonly key: string; readonly result: WriteResult }
  | { readonly phase: "done"; readonly key: string; readonly result: ExportResult }
  | { readonly phase: "failed"; readonly sentence: string };

export interface State {
  // asked for
  readonly source: ModelSource | null;
  readonly dataRequest: DataRequest;
  readonly recipe: Recipe;
  readonly past: readonly Recipe[];
  readonly future: readonly Recipe[];
  readonly selected: string | null;
  /** Other end of a range of rows that begins at `selected`. */
  readonly rangeEnd: string | null;
  readonly filter: string;
  readonly target: Target;
  readonly paused: boolean;
  /** How cells are predicted. */
  readonly estimator: Estimator;
  /** What limits an allocation under a budget. */
  readonly limits: Limits;
  /** The column whose interactions somebody looks at. */
  readonly pairsAsked: Column | null;
  // known
  readonly model: ModelSummary | null;
  readonly data: DataSummary | null;
  readonly previews: readonly Preview[];
  readonly float: Score | null;
  /** What one sample takes the float network, seconds; null until it was timed. */
  readonly secondsPerSample: number | null;
  /** Measured. */
  readonly cells: Cells;
  readonly shelf: Shelf<KnownCell>;
  /** Predicted by the present estimator. */
  readonly predictions: Predictions;
  readonly predictionShelf: Shelf<Prediction>;
  /** Layers that cannot be predicted, and why, by estimator. */
  readonly without: Readonly<Partial<Record<Estimator, PredictReport["without"]>>>;
  readonly pairs: Pairs | null;
  /** Joint recipes measured so far, the latest last. */
  readonly joints: readonly Joint[];
  readonly size: About<SizeReport> | null;
  readonly measured: About<Score> | null;
  // under way
  /** Counted in bytes where it says so. */
  readonly opening: (Progress & { readonly cancellable?: boolean; readonly bytes?: boolean }) | null;
  /** The float network is being run over the data. */
  readonly judging: boolean;
  readonly sweep: SweepState | null;
  readonly measuring: boolean;
  readonly exporting: Exporting;
  /** Why the engine stopped, while it is being brought back and until the note is dismissed. */
  readonly lost: { readonly reason: string; readonly back: boolean } | null;
  readonly notices: readonly Notice[];
}

/** What is known of a study's cells: nothing yet. */
export const nothingKnown: Pick<
  State,
  "cells" | "shelf" | "predictions" | "predictionShelf" | "without" | "pairs" | "joints"
> = {
  cells: new Map(),
  shelf: new Map(),
  predictions: new Map(),
  predictionShelf: new Map(),
  without: {},
  pairs: null,
  joints: [],
};

export const emptyRecipe: Recipe = { schema: "bitscape/recipe/1", seed: 0, layers: {} };

export const initialState: State = {
  source: null,
  dataRequest: { kind: "synthetic" },
  recipe: emptyRecipe,
  past: [],
  future: [],
  selected: null,
  rangeEnd: null,
  filter: "",
  target: "weight",
  paused: false,
  estimator: "gauss-newton",
  limits: noLimits,
  pairsAsked: null,
  model: null,
  data: null,
  previews: [],
  float: null,
  secondsPerSample: null,
  ...nothingKnown,
  size: null,
  measured: null,
  opening: null,
  judging: false,
  sweep: null,
  measuring: false,
  exporting: { phase: "idle" },
  lost: null,
  notices: [],
};

export const useStore = create<State>()(() => initialState);

export const get = () => useStore.getState();
export const set = (change: Partial<State>) => useStore.setState(change);

/** Whether the worker holds the study on the screen, so that it can be asked about it. */
export function canAsk(): boolean {
  const { model, data, opening, lost } = useStore.getState();
  return model !== null && data !== null && opening === null && (lost === null || lost.back);
}
