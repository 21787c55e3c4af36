// What the page asks of the worker about landscapes and joint steps: plain records. How they are computed is in the
// files beside this one.

import type { OnProgress } from "../progress.ts";
import type { Recipe, Target } from "../recipe.ts";

/** A tensor whose clip can be moved: a layer's weights, or the activations that its row decides. */
export interface StepOf {
  readonly layer: string;
  readonly target: Target;
}

/** One axis of a slice: clips as fractions of the range that cuts nothing (1: max-abs). */
export interface StepAxis {
  readonly of: StepOf;
  /** Format at which it is quantized, e.g. "int4". */
  readonly format: string;
  /** Fractions, ascending; evenly spaced in log or linear as asked. */
  readonly values: Float64Array;
  /** The range that fraction 1 stands for, over all groups, in the tensor's own units. */
  readonly full: { readonly low: number; readonly high: number };
}

export interface NamedPoint {
  /** "max-abs", "percentile 99.99", "MSE", "p = 2", "current", "best of grid", "joint optimum", "projection of quantized", … */
  readonly name: string;
  /** Coordinates in the axes' units. */
  readonly at: readonly [number, number];
  readonly loss: number | null;
}

/** A figure of the landscape: rows follow axes[0], columns axes[1]. NaN where not yet known. */
export interface StepSlice {
  readonly kind: "step";
  readonly axes: readonly [StepAxis, StepAxis];
  readonly metric: string;
  readonly n: number;
  readonly data: "real" | "synthetic";
  /** [rows, columns], row-major. */
  readonly loss: Float64Array;
  readonly points: readonly NamedPoint[];
  /** Share of the variance no sum of one-variable functions explains; null until the coarse grid is whole. */
  readonly interaction: number | null;
  /** |H_ab| / √(H_aa H_bb) in log-clip at the best point known; null until known. */
  readonly coupling: number | null;
  /** Gaussian curvature of the loss surface there (LAPQ §3). */
  readonly curvature: number | null;
  /** Everything asked for is there. */
  readonly done: boolean;
}

export interface StepSliceRequest {
  readonly kind: "step";
  readonly of: readonly [StepOf, StepOf];
  /** Integer width of both; where absent, each tensor's own format in the recipe. */
  readonly bits?: number;
  /** The rest of the network: as this recipe says. Without one, float. */
  readonly recipe?: Recipe;
  readonly grid: number;
  readonly samples: number;
  readonly scale: "log" | "linear";
}

export interface WeightAxis {
  /** In words, e.g. "from float (0) to quantized (1)" or "random direction 1, filter-normalised". */
  readonly label: string;
  readonly values: Float64Array;
}

/** Loss along directions in weight space: one row where 1-D. */
export interface WeightSurface {
  /** "float", or the bit-width whose quantized weights are the centre. */
  readonly of: string;
  readonly loss: Float64Array;
  readonly points: readonly NamedPoint[];
  /** Mean loss rise at the unit sphere of the directions over the centre's loss: flat where small. */
  readonly flatness: number | null;
}

export interface WeightSlice {
  readonly kind: "weight";
  readonly axes: readonly [WeightAxis] | readonly [WeightAxis, WeightAxis];
  readonly metric: string;
  readonly n: number;
  readonly data: "real" | "synthetic";
  /** Same directions and axes for each. */
  readonly surfaces: readonly WeightSurface[];
  readonly done: boolean;
}

export interface WeightSliceRequest {
  readonly kind: "weight";
  /** "path": 1-D from float to quantized, −0.5…1.5. "random", "hessian": 2-D, filter-normalised. */
  readonly directions: "path" | "random" | "hessian";
  /** Surfaces beside float's, e.g. [4, 2]; "recipe" for the weights of the recipe. */
  readonly bits: readonly (number | "recipe")[];
  readonly recipe?: Recipe;
  readonly seed: number;
  /** Half-width of the axes, in filter norms. */
  readonly radius?: number;
  readonly grid: number;
  readonly samples: number;
}

export type LandscapeRequest = StepSliceRequest | WeightSliceRequest;
export type Slice = StepSlice | WeightSlice;

export interface CouplingRequest {
  readonly bits: number;
  readonly targets: readonly Target[];
  readonly samples: number;
  readonly recipe?: Recipe;
}

/** Finite differences in log-clip about the layer-wise optimum. */
export interface CouplingReport {
  readonly bits: number;
  readonly of: readonly StepOf[];
  /** [T, T], row-major: |H_ij| / √(H_ii H_jj), 1 on the diagonal; NaN where not yet known or where a curvature is not positive. */
  readonly matrix: Float64Array;
  readonly metric: string;
  readonly n: number;
  readonly done: boolean;
}

export interface OptimizeRequest {
  readonly recipe: Recipe;
  readonly method: "lapq" | "coordinates";
  readonly loss: "kl" | "cross-entropy";
  /** Only these tensors; all that the recipe quantizes where absent. */
  readonly of?: readonly StepOf[];
  readonly samples: number;
  readonly sweeps: number;
  /** Goes on from clips (as fractions) that an earlier run reached. */
  readonly from?: readonly number[];
}

export interface OptimizeStep {
  readonly evaluation: number;
  readonly loss: number;
  /** Of the best place so far, which the search judges by the loss at a temperature: it may rise a little on the way. */
  readonly best: number;
  /** Fractions, in the order of `of`. */
  readonly clips: Float64Array;
  readonly phase: "starts" | "search";
  /** Name of a layer-wise start. */
  readonly start?: string;
}

export interface OptimizeReport {
  readonly of: readonly StepOf[];
  /** Fractions of the full range, before (of the recipe as given) and after. */
  readonly before: Float64Array;
  readonly after: Float64Array;
  readonly loss: {
    readonly metric: string;
    readonly n: number;
    readonly before: number;
    readonly after: number;
  };
  /** On evaluation samples that the optimiser did not see. */
  readonly heldOut: { readonly n: number; readonly before: number; readonly after: number } | null;
  readonly starts: readonly { readonly name: string; readonly loss: number }[];
  readonly evaluations: number;
  /** Loss after each sweep. */
  readonly sweeps: readonly number[];
  readonly seconds: number;
  /** The recipe with the clips found: what is optimised is what is exported. */
  readonly recipe: Recipe;
  /** Ended early: the best so far. */
  readonly stopped: boolean;
}

/** The calls of the engine about landscapes. Each is a job that `cancel` ends softly. */
export interface LandscapeCalls {
  /** Coarse to fine: the slice arrives again and again, with more of its grid known. */
  landscape(
    job: string,
    request: LandscapeRequest,
    onSlice: (slice: Slice) => void,
    onProgress: OnProgress,
  ): Promise<Slice | "cancelled">;
  /** The loss of a step slice's request at one place (fractions): one run of the probe on its samples, before all else. */
  stepLoss(
    job: string,
    request: StepSliceRequest,
    at: readonly [number, number],
  ): Promise<number | "cancelled">;
  coupling(
    job: string,
    request: CouplingRequest,
    onReport: (report: CouplingReport) => void,
    onProgress: OnProgress,
  ): Promise<CouplingReport | "cancelled">;
  /** `finish` (below) ends it early with the best so far; `cancel` throws it away. */
  optimize(
    job: string,
    request: OptimizeRequest,
    onStep: (step: OptimizeStep) => void,
    onProgress: OnProgress,
  ): Promise<OptimizeReport | "cancelled">;
  /** Ends a job softly with what it has reached. */
  finish(job: string): Promise<void>;
  /** Fractions of the full range that the recipe's own range rules choose, for the layers asked; NaN for what it leaves float. */
  clips(recipe: Recipe, of: readonly StepOf[]): Promise<Float64Array>;
}
