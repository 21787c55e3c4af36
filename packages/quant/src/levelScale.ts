// The scale of each group on a grid of levels: which range the outermost level is to reach. Not for integers (range.ts).

import { eachGroup, type Groups } from "./grouping.ts";
import type { Grid } from "./levels.ts";
import { type NearestTable, rankOf } from "./nearest.ts";
import { quantile } from "./range.ts";
import { storedScale } from "./scale.ts";
import { type RangeRule, ratioOf } from "./scheme.ts";
import { largestMagnitude, type Sketch, sketchOf } from "./sketch.ts";

// More than 8 bins between the levels of any grid here, so that binning adds under 2 % to the error it compares.
const BINS = 2048;

/** Sum of squared errors, or of their p-th powers, at a scale; some larger number than `enough` where it is larger. */
function errorAt(
  { values, counts }: Sketch,
  scale: number,
  nearest: NearestTable,
  p: number,
  enough: number,
): number {
  let error = 0;
  const { sorted } = nearest;
  for (let i = 0; i < values.length && error <= enough; i++) {
    const x = values[i] as number;
    const e = (sorted[rankOf(nearest, x / scale)] as number) * scale - x;
    const powered = p === 2 ? e * e : Math.abs(e) ** p;
    error += counts ? (counts[i] as number) * powered : powered;
  }
  return error;
}

export interface Scales {
  readonly scale: Float32Array;
  /** Sum of squared (or p-th powers of) errors of each group, as far as its sketch tells; NaN where the rule asks for none. */
  readonly error: Float64Array;
}

export interface ScaleSearch {
  readonly rule: RangeRule;
  /** Fractions of the largest magnitude that the least-squares search tries, the likeliest first. */
  readonly ratios: readonly number[];
  readonly roundScale?: ((scale: number) => number) | undefined;
  /** Errors are wanted whatever the rule. */
  readonly compare?: boolean;
}

/**
 * The scales that a rule chooses: the largest level at the largest magnitude (minmax), at a percentile of the
 * magnitudes, at the larger of two given ends, or where it leaves the least squared or Lp error; times the rule's ratio.
 */
export function chooseScales(data: Float32Array, groups: Groups, grid: Grid, search: ScaleSearch): Scales {
  const { rule, ratios, roundScale, compare = false } = search;
  const scale = new Float32Array(groups.count);
  const error = new Float64Array(groups.count).fill(Number.NaN);
  const { base, ratio: times } = ratioOf(rule);
  if (base === "sawb")
    throw new Error('range "sawb": not an integer format, expected symmetric int4 or uint4');
  const p = base === "mse" ? 2 : typeof base === "object" && "lp" in base ? base.lp : null;
  const tried = p === null ? [1] : ratios;
  eachGroup(data, groups, (values, g) => {
    const sketch = p !== null || compare ? sketchOf(values, BINS) : undefined;
    const reach =
      typeof base === "object" && "percentile" in base
        ? percentileOf(values, base.percentile)
        : typeof base === "object" && "clip" in base
          ? Math.max(-base.clip[0], base.clip[1])
          : (sketch?.most ?? largestMagnitude(values));
    let least = Number.POSITIVE_INFINITY;
    for (const ratio of tried) {
      const tryScale = storedScale((reach * ratio) / grid.most, roundScale);
      const found = sketch ? errorAt(sketch, tryScale, grid.nearest, p ?? 2, least) : 0;
      if (found >= least) continue;
      least = found;
      scale[g] = tryScale;
      if (sketch) error[g] = found;
      if (times === 1) continue;
      scale[g] = storedScale((reach * ratio * times) / grid.most, roundScale);
      if (sketch && compare)
        error[g] = errorAt(sketch, scale[g] as number, grid.nearest, p ?? 2, Number.POSITIVE_INFINITY);
    }
  });
  return { scale, error };
}

function percentileOf(values: Float32Array, percentile: number): number {
  if (values.length === 0) return 0;
  return quantile(values.map(Math.abs).sort(), percentile / 100);
}
