// Scheme: how one tensor is quantized, as one plain record. What a recipe holds for each tensor.

import type { Format } from "./formats/facts.ts";

/** How elements share a scale; the axis is the operator's (its output channels, its reduction). */
export type Granularity = "tensor" | "channel" | { readonly block: number };

/**
 * How a range is chosen from values alone: no clipping, least squared error, the clip that SAWB fits to the moments (4-bit
 * weights), a two-sided percentile (0–100), the fraction of the whole with the least sum of |x̂ − x|^p, or ends that
 * somebody gives.
 */
export type BaseRange =
  | "minmax"
  | "mse"
  | "sawb"
  | { readonly percentile: number }
  | { readonly lp: number }
  | Clip;

/** Both ends in the tensor's own units, low ≤ 0 ≤ high, the same for every group: for tensors with one range. */
export interface Clip {
  readonly clip: readonly [low: number, high: number];
}

/**
 * How the represented range is chosen: by a rule, or as a multiple of the range that a rule gives each group ("minmax" where
 * none is named): what chooses clips by the network's loss writes down.
 */
export type RangeRule = BaseRange | { readonly ratio: number; readonly of?: BaseRange | undefined };

/** A range rule as a base and what its ends are multiplied by. */
export function ratioOf(rule: RangeRule): { readonly base: BaseRange; readonly ratio: number } {
  if (typeof rule === "object" && "ratio" in rule) return { base: rule.of ?? "minmax", ratio: rule.ratio };
  return { base: rule, ratio: 1 };
}

/**
 * How a value becomes a code: to the nearest, ties to even; or so that the errors of each kernel and channel cancel
 * (compensate.ts).
 */
export type Rounding = "nearest" | "squant";

export interface Scheme {
  readonly format: Format;
  readonly granularity: Granularity;
  /** Zero point fixed at 0 (signed) or at mid-range (unsigned); otherwise fitted. Integers only. */
  readonly symmetric: boolean;
  readonly range: RangeRule;
  /** Weights only; "nearest" where absent. */
  readonly rounding?: Rounding;
  /** What product(k,d) stores its centroids as; "float32" where absent. */
  readonly centroids?: "float32" | "int8";
}
