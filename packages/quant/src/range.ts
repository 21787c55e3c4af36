// Which range of a weight tensor's values to represent, group by group. Activations go through histogram.ts.

import type { FormatFacts } from "./format.ts";
import { eachRun, type Groups, gather } from "./grouping.ts";
import { chooseQParams, type Ranges } from "./qparams.ts";
import { clamp, roundHalfEven } from "./round.ts";
import type { RangeRule } from "./scheme.ts";

/** Smallest and largest value of each group. */
export function minMax(data: Float32Array, groups: Groups): Ranges {
  const low = new Float64Array(groups.count).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(groups.count).fill(Number.NEGATIVE_INFINITY);
  const { step } = groups;
  eachRun(groups, (from, to, group) => {
    for (let i = from, g = group; i < to; i++, g += step) {
      const x = data[i] as number;
      if (x < (low[g] as number)) low[g] = x;
      if (x > (high[g] as number)) high[g] = x;
    }
  });
  return { low, high };
}

/**
 * Two-sided percentile of each group: (100 − p) / 2 percent is cut at each end, interpolated between order statistics.
 * @param percentile 0 to 100
 */
export function percentileRange(data: Float32Array, groups: Groups, percentile: number): Ranges {
  const low = new Float64Array(groups.count);
  const high = new Float64Array(groups.count);
  const cut = (100 - percentile) / 200;
  gather(data, groups).forEach((values, g) => {
    values.sort();
    low[g] = quantile(values, cut);
    high[g] = quantile(values, 1 - cut);
  });
  return { low, high };
}

function quantile(sorted: Float32Array, q: number): number {
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const a = sorted[below] as number;
  const b = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return a + (b - a) * (at - below);
}

// Clip ratios that the squared-error search tries: fine enough that the error at the best is within 0.1 % of the optimum.
const RATIOS = Array.from({ length: 81 }, (_, i) => 1 - i * 0.01);

/** The fraction of the min-max range, from 1 down to 0.2, that leaves the least squared error in each group. */
export function mseRange(
  data: Float32Array,
  groups: Groups,
  format: FormatFacts,
  symmetric: boolean,
  roundScale?: (scale: number) => number,
): Ranges {
  const full = minMax(data, groups);
  const best = { low: full.low.slice(), high: full.high.slice() };
  const least = new Float64Array(groups.count).fill(Number.POSITIVE_INFINITY);
  const { qmin, qmax } = format;
  const { step } = groups;
  for (const ratio of RATIOS) {
    const low = full.low.map((x) => x * ratio);
    const high = full.high.map((x) => x * ratio);
    const { scale, zeroPoint } = chooseQParams({ low, high }, format, symmetric, roundScale);
    const error = new Float64Array(groups.count);
    eachRun(groups, (from, to, group) => {
      for (let i = from, g = group; i < to; i++, g += step) {
        const x = data[i] as number;
        const s = scale[g] as number;
        const z = zeroPoint[g] as number;
        const e = clamp(roundHalfEven(x / s), qmin - z, qmax - z) * s - x;
        error[g] = (error[g] as number) + e * e;
      }
    });
    for (let g = 0; g < groups.count; g++) {
      if ((error[g] as number) < (least[g] as number)) {
        least[g] = error[g] as number;
        best.low[g] = low[g] as number;
        best.high[g] = high[g] as number;
      }
    }
  }
  return best;
}

/** The range that a rule chooses for each group of a weight tensor. */
export function chooseRange(
  data: Float32Array,
  groups: Groups,
  rule: RangeRule,
  format: FormatFacts,
  symmetric: boolean,
  roundScale?: (scale: number) => number,
): Ranges {
  if (rule === "minmax") return minMax(data, groups);
  if (rule === "mse") return mseRange(data, groups, format, symmetric, roundScale);
  return percentileRange(data, groups, rule.percentile);
}
