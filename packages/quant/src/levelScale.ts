// The scale of each group on a grid of levels: which range the outermost level is to reach. Not for integers (range.ts).

import { eachGroup, type Groups } from "./grouping.ts";
import type { Grid } from "./levels.ts";
import { type NearestTable, rankOf } from "./nearest.ts";
import { quantile } from "./range.ts";
import { storedScale } from "./scale.ts";
import type { RangeRule } from "./scheme.ts";
import { largestMagnitude, type Sketch, sketchOf } from "./sketch.ts";

// More than 8 bins between the levels of any grid here, so that binning adds under 2 % to the error it compares.
const BINS = 2048;

/** Sum of squared errors at a scale; some larger number than `enough` where it is larger. */
function squaredError(
  { values, counts }: Sketch,
  scale: number,
  nearest: NearestTable,
  enough: number,
): number {
  let error = 0;
  const { sorted } = nearest;
  for (let i = 0; i < values.length && error <= enough; i++) {
    const x = values[i] as number;
    const e = (sorted[rankOf(nearest, x / scale)] as number) * scale - x;
    error += counts ? (counts[i] as number) * e * e : e * e;
  }
  return error;
}

export interface Scales {
  readonly scale: Float32Array;
  /** Sum of squared errors of each group, as far as its sketch tells; NaN where the rule asks for none. */
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
 * magnitudes, or where it leaves the least squared error.
 */
export function chooseScales(data: Float32Array, groups: Groups, grid: Grid, search: ScaleSearch): Scales {
  const { rule, ratios, roundScale, compare = false } = search;
  const scale = new Float32Array(groups.count);
  const error = new Float64Array(groups.count).fill(Number.NaN);
  if (rule === "sawb")
    throw new Error('range "sawb": not an integer format, expected symmetric int4 or uint4');
  const tried = rule === "mse" ? ratios : [1];
  eachGroup(data, groups, (values, g) => {
    const sketch = rule === "mse" || compare ? sketchOf(values, BINS) : undefined;
    const reach =
      typeof rule === "object"
        ? percentileOf(values, rule.percentile)
        : (sketch?.most ?? largestMagnitude(values));
    let least = Number.POSITIVE_INFINITY;
    for (const ratio of tried) {
      const tryScale = storedScale((reach * ratio) / grid.most, roundScale);
      const found = sketch ? squaredError(sketch, tryScale, grid.nearest, least) : 0;
      if (found >= least) continue;
      least = found;
      scale[g] = tryScale;
      if (sketch) error[g] = found;
    }
  });
  return { scale, error };
}

function percentileOf(values: Float32Array, percentile: number): number {
  if (values.length === 0) return 0;
  return quantile(values.map(Math.abs).sort(), percentile / 100);
}
