// Scheme: how one tensor is quantized, as one plain record. What a recipe holds for each tensor.

import type { Format } from "./formats/row.ts";

/** How elements share a scale; the axis is the operator's (its output channels, its reduction). */
export type Granularity = "tensor" | "channel" | { readonly block: number };

/**
 * How the represented range is chosen: no clipping, least squared error, the clip that SAWB fits to the moments (4-bit
 * weights), or a two-sided percentile (0–100).
 */
export type RangeRule = "minmax" | "mse" | "sawb" | { readonly percentile: number };

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
