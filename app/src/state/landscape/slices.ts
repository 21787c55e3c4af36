// Asks for slices and for the coupling of all tensors. What is asked for follows from the panel's choices and the present
// recipe; what was asked before under the same key is not asked again.

import {
  type CouplingRequest,
  type LandscapeRequest,
  type LayerSummary,
  type Recipe,
  recipeKey,
  type Slice,
  type StepSlice,
  type StepSliceRequest,
  type WeightSlice,
  type WeightSliceRequest,
} from "@bitscape/engine";
import { get, type State } from "../store.ts";
import { runPlan, stopSweep } from "../sweep/sweeps.ts";
import { type Drawn, look, put, type WeightAsked } from "./landscape.ts";
import { begin, type Call } from "./tasks.ts";
import {
  defaultPair,
  isQuantized,
  type Pair,
  quantizedTensors,
  type SliceBits,
  sliceKey,
  withClips,
} from "./tensors.ts";

export const stepGrid = 41;
const pathGrid = 41;
const planeGrid = 21;
/** The first, coarse picture: 11 × 11. */
const firstRuns = 121;
/** Seconds within which it should be there. */
const soon = 1.2;
const [fewest, most] = [8, 128] as const;

/** Samples with which the first picture is soon there; a power of two. */
export function affordableSamples(secondsPerSample: number | null, available: number): number {
  if (secondsPerSample === null) return Math.min(fewest, available);
  const affordable = soon / (firstRuns * secondsPerSample);
  const samples = 2 ** Math.floor(Math.log2(Math.max(1, affordable)));
  return Math.min(available, most, Math.max(fewest, samples));
}

/** As chosen; else what is affordable, which then stays, so that what is drawn keeps its key. */
const samples = ({ secondsPerSample, data }: State) => {
  const available = data?.evaluation ?? fewest;
  return Math.min(available, look().samples ?? affordableSamples(secondsPerSample, available));
};

export interface StepAsked {
  readonly pair: Pair;
  readonly bits: SliceBits;
  readonly scale: "log" | "linear";
  readonly samples: number;
}

/** The two most coupled tensors, where the coupling is known. */
export function mostCoupled(report: {
  readonly of: readonly Pair[0][];
  readonly matrix: ArrayLike<number>;
}): Pair | null {
  const { of, matrix } = report;
  let best = { value: 0, pair: null as Pair | null };
  of.forEach((a, i) => {
    of.forEach((b, j) => {
      const value = matrix[i * of.length + j] as number;
      if (j > i && value > best.value) best = { value, pair: [a, b] };
    });
  });
  return best.pair;
}

/** What the step view shows: as chosen, or what is worth looking at first. */
export function stepAsked(state: State): StepAsked | null {
  const { pair: chosen, bits, scale, coupling } = look();
  const { model, recipe, selected } = state;
  if (!model) return null;
  const coupled = coupling.value ? mostCoupled(coupling.value) : null;
  const pair = chosen ?? defaultPair(model.layers, recipe, selected, coupled);
  return pair && { pair, bits: usableBits(recipe, pair, bits), scale, samples: samples(state) };
}

/** "As in the recipe" says something only where the recipe quantizes both. */
export function usableBits(recipe: Recipe, pair: Pair, bits: SliceBits | null): SliceBits {
  if (typeof bits === "number") return bits;
  return pair.every((of) => isQuantized(recipe, of)) ? "recipe" : 4;
}

export const stepKey = (
  recipe: Recipe,
  layers: readonly LayerSummary[],
  { pair, bits, scale, samples }: StepAsked,
) => JSON.stringify([pair, bits, scale, samples, sliceKey(recipe, layers, pair, bits)]);

/** The engine's request for what the view shows. */
export const stepRequest = (state: State, { pair, bits, scale, samples }: StepAsked): StepSliceRequest => ({
  kind: "step",
  of: pair,
  ...(typeof bits === "number" && { bits }),
  // Wherever the crosshair is: what the engine keeps of a slice serves all its clips.
  recipe: withClips(state.recipe, state.model?.layers ?? [], pair, bits, [1, 1]),
  grid: stepGrid,
  samples,
  scale,
});

export function askStep(asked: StepAsked): void {
  const state = get();
  // What was chosen for the person stays, wherever the selection goes.
  put({ pair: asked.pair, bits: asked.bits, samples: asked.samples });
  void begin(
    "step",
    stepKey(state.recipe, state.model?.layers ?? [], asked),
    slicing<StepSlice>(stepRequest(state, asked), asked.scale),
  );
}

export const weightKey = (recipe: Recipe, asked: WeightAsked) =>
  JSON.stringify([asked, samples(get()), asked.bits.includes("recipe") ? recipeKey(recipe) : null]);

export function askWeight(asked: WeightAsked): void {
  const state = get();
  put({ samples: samples(state) });
  const request: WeightSliceRequest = {
    kind: "weight",
    ...asked,
    recipe: state.recipe,
    grid: asked.directions === "path" ? pathGrid : planeGrid,
    samples: samples(state),
  };
  void begin("weight", weightKey(state.recipe, asked), slicing<WeightSlice>(request, "linear"));
}

/** A slice's call for `begin`; its kind is the request's. The plan stands aside until there is a first, coarse picture. */
const slicing =
  <T extends Slice>(request: LandscapeRequest, scale: "log" | "linear"): Call<Drawn<T>> =>
  async (worker, job, onPart, onProgress) => {
    const drawn = (slice: Slice) => ({ slice: withoutCurrent(slice) as T, scale });
    let first = true;
    const coarse = () => {
      if (first) runPlan();
      first = false;
    };
    const onSlice = (part: Slice) => {
      if (!isBlank(part)) onPart(drawn(part));
      if (isCoarse(part)) coarse();
    };
    try {
      await stopSweep();
      const slice = await worker.landscape(job, request, onSlice, onProgress);
      return slice === "cancelled" ? slice : drawn(slice);
    } finally {
      coarse();
    }
  };

/** The present clips are the crosshair; the slice is of a recipe without them. */
const withoutCurrent = (slice: Slice): Slice =>
  slice.kind === "step" ? { ...slice, points: slice.points.filter(({ name }) => name !== "current") } : slice;

const lossesOf = (slice: Slice) =>
  slice.kind === "step" ? [slice.loss] : slice.surfaces.map(({ loss }) => loss);

const isBlank = (slice: Slice) => lossesOf(slice).every((loss) => loss.every(Number.isNaN));

/** Whether the coarse picture is whole. */
const isCoarse = (slice: Slice) =>
  lossesOf(slice).every(
    (loss) => loss.reduce((known, each) => known + (Number.isNaN(each) ? 0 : 1), 0) >= firstRuns,
  );

export const couplingKey = (recipe: Recipe, bits: number) => JSON.stringify([bits, recipeKey(recipe)]);

export function askCoupling(bits: number): void {
  const state = get();
  put({ samples: samples(state) });
  const request: CouplingRequest = {
    bits,
    targets: ["weight", "activation"],
    samples: samples(state),
    // Of a recipe that quantizes nothing there is no pair: then of everything that could be quantized.
    ...(quantizedTensors(state.model?.layers ?? [], state.recipe).length > 1 && { recipe: state.recipe }),
  };
  void begin("coupling", couplingKey(state.recipe, bits), (worker, job, onPart, onProgress) =>
    worker.coupling(job, request, onPart, onProgress),
  );
}

/** Opens the slice of two tensors, at the bits of the matrix it was picked from. */
export const openSlice = (pair: Pair, bits: number) => put({ view: "step", pair, bits });
