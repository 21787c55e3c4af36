// What the page asks of the worker about one layer's troubles and their remedies: plain records. How they are found and
// measured is in the files beside this one.

import type { OnProgress } from "../progress.ts";
import type { Recipe, RecipeScheme, Target } from "../recipe.ts";
import type { Finding } from "../score/finding.ts";

/** A layer's weights or activations, as a recipe has them. */
export interface TensorAsk {
  readonly recipe: Recipe;
  readonly layer: string;
  readonly target: Target;
}

/** What a remedy changes. */
export type RemedyKind =
  | "granularity"
  | "range"
  | "rounding"
  | "zero-point"
  | "format"
  | "bits"
  | "together"
  | "float";

export type TroubleKind =
  | "outlier-channels"
  | "dead-channels"
  | "far-values"
  | "unused-codes"
  | "clipping"
  | "few-weights"
  | "one-sided";

/** Something about a tensor that makes it hard to quantize as it is. */
export interface Trouble {
  readonly kind: TroubleKind;
  /** With its figures. */
  readonly sentence: string;
  /** Kinds of remedies that treat it. */
  readonly treatedBy: readonly RemedyKind[];
}

export interface Diagnosis {
  /** Signal to noise of the tensor under its scheme, decibels. */
  readonly sqnrDb: number | null;
  /** Empty where nothing stands out. */
  readonly troubles: readonly Trouble[];
}

/** Another treatment of a tensor; "float" is the bound of them all. */
export interface Remedy {
  /** Unique among a tensor's. */
  readonly id: string;
  readonly kind: RemedyKind;
  /** A few words. */
  readonly title: string;
  readonly scheme: RecipeScheme | "float";
}

export interface TriedRemedy {
  readonly remedy: Remedy;
  /** Length of the whole file with it; null until it was counted. */
  readonly bytes: number | null;
  /** Loss that the recipe is rid of with it: paired on the same samples, above 0 where it helps; null until measured. */
  readonly gain: Finding | null;
  /** Why it cannot be had here, as a sentence. */
  readonly failure?: string;
}

export interface RemediesRequest extends TensorAsk {
  /** Evaluation samples, at most: those in the running get them all. */
  readonly samples: number;
}

export interface RemediesReport {
  /** "kl" (nats) or "mse" (relative). */
  readonly metric: string;
  readonly data: "real" | "synthetic";
  /** Of the recipe as it is. */
  readonly present: { readonly loss: Finding | null; readonly bytes: number };
  /** By gain, the most first; those without one last. */
  readonly tried: readonly TriedRemedy[];
  readonly done: boolean;
}

export interface ShareRequest {
  readonly recipe: Recipe;
  readonly layer: string;
  readonly samples: number;
}

/** What one layer has to do with a recipe's loss, from three recipes on the same samples. */
export interface ShareReport {
  readonly metric: string;
  readonly data: "real" | "synthetic";
  /** The recipe as it is. */
  readonly total: Finding;
  /** This layer as it is, everything else float. */
  readonly only: Finding;
  /** The recipe with this layer float. */
  readonly allBut: Finding;
  /** What the recipe is rid of when this layer is float: total − allBut, paired. */
  readonly saved: Finding;
  readonly done: boolean;
}

export interface AloneRequest {
  readonly layer: string;
  readonly target: Target;
  readonly scheme: RecipeScheme;
  readonly samples: number;
}

export interface RemedyCalls {
  /** Why a tensor is fragile under its scheme; at once, from its values. */
  diagnose(ask: TensorAsk): Promise<Diagnosis>;
  /** Measures every other treatment of a tensor in the recipe, against the present one; reports come as they are measured. */
  remedies(
    job: string,
    request: RemediesRequest,
    onReport: (report: RemediesReport) => void,
    onProgress: OnProgress,
  ): Promise<RemediesReport | "cancelled">;
  /** Measures only this layer, and all but this layer. */
  shares(
    job: string,
    request: ShareRequest,
    onReport: (report: ShareReport) => void,
  ): Promise<ShareReport | "cancelled">;
  /** What a scheme costs when everything else is float, as the heatmap's cells; not kept. */
  alone(job: string, request: AloneRequest): Promise<Finding | "cancelled">;
}
