// The one store: documents, ids and summaries. Weights, activations and sessions stay in the worker.
// Actions are functions of the modules beside this one (study.ts, session.ts, …); views only read.

import type {
  DataRequest,
  DataSummary,
  ExportResult,
  ModelSummary,
  Preview,
  Recipe,
  Score,
  SizeReport,
  Target,
} from "@bitscape/engine";
import { create } from "zustand";
import type { Cells, Shelf } from "./known.ts";

/** What a model was opened from, kept so that it can be opened again. */
export interface ModelSource {
  readonly files: readonly File[];
  readonly pins: Readonly<Record<string, number>>;
  /** Name of the bundled sample it is. */
  readonly sample?: string;
}

export interface Progress {
  readonly what: string;
  readonly done: number;
  readonly total: number;
}

export interface SweepState extends Progress {
  /** Samples a cell in this pass. */
  readonly samples: number;
  /** Seconds until all passes are through; null while too little is known. */
  readonly left: number | null;
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
}

export type Exporting =
  | { readonly phase: "idle" }
  | { readonly phase: "running"; readonly progress: Progress | null }
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
  // known
  readonly model: ModelSummary | null;
  readonly data: DataSummary | null;
  readonly previews: readonly Preview[];
  readonly float: Score | null;
  /** What one sample takes the float network, seconds; null until it was timed. */
  readonly secondsPerSample: number | null;
  readonly cells: Cells;
  readonly shelf: Shelf;
  readonly size: About<SizeReport> | null;
  readonly measured: About<Score> | null;
  // under way
  readonly opening: (Progress & { readonly cancellable?: boolean }) | null;
  readonly sweep: SweepState | null;
  readonly measuring: boolean;
  readonly exporting: Exporting;
  /** Why the engine stopped, while it is being brought back and until the note is dismissed. */
  readonly lost: { readonly reason: string; readonly back: boolean } | null;
  readonly notices: readonly Notice[];
}

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
  model: null,
  data: null,
  previews: [],
  float: null,
  secondsPerSample: null,
  cells: new Map(),
  shelf: new Map(),
  size: null,
  measured: null,
  opening: null,
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
