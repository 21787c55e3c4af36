// What the landscape's panel has asked and knows. A store of its own, loaded with the panel: the studio's first load does
// not carry it. Actions are in the modules landscape*.ts beside this one.

import type {
  CouplingReport,
  DataSummary,
  ModelSummary,
  OptimizeReport,
  OptimizeRequest,
  OptimizeStep,
  StepOf,
  StepSlice,
  WeightSlice,
  WeightSliceRequest,
} from "@bitscape/engine";
import { create } from "zustand";
import { get, type Progress } from "../store.ts";
import { keepView } from "../views.ts";
import type { Pair, SliceBits } from "./tensors.ts";

export type View = "step" | "coupling" | "weight" | "joint";

/** A long call: what it was asked for, how far it is, and what has come of it, which stays until something newer comes. */
export interface Task<T> {
  readonly phase: "idle" | "running" | "done" | "cancelled" | "failed";
  /** Of what is asked for. */
  readonly key: string;
  readonly progress: Progress | null;
  /** Why it failed. */
  readonly sentence: string | null;
  readonly value: T | null;
  /** Of what the value was asked for: another one than the screen's makes it stale. */
  readonly valueKey: string;
  /** When the first part came, milliseconds after the click. */
  readonly first: number | null;
}

const idle = {
  phase: "idle",
  key: "",
  progress: null,
  sentence: null,
  value: null,
  valueKey: "",
  first: null,
} as const;

export interface Tasks {
  readonly step: Task<Drawn<StepSlice>>;
  readonly coupling: Task<CouplingReport>;
  readonly weight: Task<Drawn<WeightSlice>>;
  readonly joint: Task<OptimizeReport>;
}
export type TaskName = keyof Tasks;

/** A slice, and what it does not say of itself. */
export interface Drawn<T> {
  readonly slice: T;
  readonly scale: "log" | "linear";
}

/** The crosshair: the clips of both tensors, as fractions, and the loss there. */
export interface Crosshair {
  readonly at: readonly [number, number];
  /** From the slice's own points; NaN where it has none there. */
  readonly predicted: number;
  readonly measured: number | null;
  readonly dragging: boolean;
}

export interface WeightAsked extends Pick<WeightSliceRequest, "directions" | "bits" | "seed"> {
  /** Half-width of a plane, in filter norms. */
  readonly radius: number;
}

export interface JointAsked extends Pick<OptimizeRequest, "method" | "loss"> {
  readonly sweeps: number;
}

export interface LandscapeState extends Tasks {
  /** The study all of this is about. */
  readonly of: { readonly model: ModelSummary | null; readonly data: DataSummary | null };
  readonly view: View;
  /** null: what defaultPair gives. */
  readonly pair: Pair | null;
  /** null: the recipe's where it quantizes both, else 4. */
  readonly bits: SliceBits | null;
  readonly scale: "log" | "linear";
  /** null: as many as are affordable. */
  readonly samples: number | null;
  readonly surface: boolean;
  readonly crosshair: Crosshair | null;
  /** The optimiser's way, in the order it went; clips follow `jointOf`. */
  readonly trace: readonly OptimizeStep[];
  readonly jointOf: readonly StepOf[];
  readonly couplingBits: number;
  readonly weightAsked: WeightAsked;
  readonly jointAsked: JointAsked;
}

const nothing: Pick<
  LandscapeState,
  TaskName | "crosshair" | "trace" | "jointOf" | "pair" | "bits" | "samples"
> = {
  step: idle,
  coupling: idle,
  weight: idle,
  joint: idle,
  crosshair: null,
  trace: [],
  jointOf: [],
  pair: null,
  bits: null,
  samples: null,
};

export const initialLandscape: LandscapeState = {
  ...nothing,
  of: { model: null, data: null },
  view: "step",
  scale: "log",
  surface: false,
  couplingBits: 4,
  weightAsked: { directions: "path", bits: [4, 2], seed: 1, radius: 0.5 },
  jointAsked: { method: "lapq", loss: "kl", sweeps: 1 },
};

export const useLandscape = create<LandscapeState>()(() => initialLandscape);

export const look = () => useLandscape.getState();
export const put = (change: Partial<LandscapeState>) => useLandscape.setState(change);

/** Puts a part of one task. */
export function putTask<Name extends TaskName>(name: Name, change: Partial<Tasks[Name]>): void {
  put({ [name]: { ...look()[name], ...change } });
}

/** Another model or other data: nothing known holds any more; what was chosen of the views stays. */
export function about(model: ModelSummary | null, data: DataSummary | null): void {
  const { of } = look();
  if (of.model === model && of.data === data) return;
  put({ ...nothing, of: { model, data } });
}

// What was chosen of the views comes back with a study; pictures are drawn anew.
const chosen = [
  "view",
  "pair",
  "bits",
  "scale",
  "samples",
  "surface",
  "couplingBits",
  "weightAsked",
  "jointAsked",
] as const satisfies readonly (keyof LandscapeState)[];

type Chosen = Pick<LandscapeState, (typeof chosen)[number]>;

keepView<Chosen & { readonly sha256: string | undefined }>("landscape", {
  read: () => {
    const now = look();
    const fields = Object.fromEntries(chosen.map((field) => [field, now[field]])) as unknown as Chosen;
    return { ...fields, sha256: now.of.model?.sha256 };
  },
  give: ({ sha256, ...kept }) => {
    const { model, data } = get();
    if (model && model.sha256 === sha256) put({ ...nothing, ...kept, of: { model, data } });
  },
  watch: (changed) =>
    useLandscape.subscribe((now, before) => {
      if (chosen.some((field) => now[field] !== before[field])) changed();
    }),
});
