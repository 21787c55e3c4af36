// Which range of a weight tensor's values to represent, group by group. Activations go through histogram.ts.

import type { IntegerFacts } from "./formats/facts.ts";
import { eachGroup, eachRun, type Groups } from "./grouping.ts";
import { lpClip, type Weighted } from "./lp.ts";
import { type Ranges, scaleOf, zeroPointOf } from "./qparams.ts";
import { clamp, roundHalfEven } from "./round.ts";
import { sawbRange } from "./sawb.ts";
import { type BaseRange, type Clip, type RangeRule, ratioOf } from "./scheme.ts";
import { type Sketch, sketchOf } from "./sketch.ts";

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
  eachGroup(data, groups, (values, g) => {
    const sorted = values.slice().sort();
    low[g] = quantile(sorted, cut);
    high[g] = quantile(sorted, 1 - cut);
  });
  return { low, high };
}

/** The value below which a fraction q of sorted values lies, interpolated between order statistics. */
export function quantile(sorted: Float32Array, q: number): number {
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const a = sorted[below] as number;
  const b = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return a + (b - a) * (at - below);
}

// Clip ratios that the squared-error search tries: fine enough that the error at the best is within 0.1 % of the optimum.
export const clipRatios: readonly number[] = Array.from({ length: 81 }, (_, i) => 1 - i * 0.01);

// Values of a group beyond which bins stand for them: 256 bins a step of 8 bits.
const BINS = 65536;

/** The fraction of the min-max range, from 1 down to 0.2, that leaves the least squared error in each group. */
export function mseRange(
  data: Float32Array,
  groups: Groups,
  format: IntegerFacts,
  symmetric: boolean,
  roundScale?: (scale: number) => number,
): Ranges {
  const { low, high } = minMax(data, groups);
  eachGroup(data, groups, (values, g) => {
    const sketch = sketchOf(values, BINS);
    const [from, to] = [low[g] as number, high[g] as number];
    let least = Number.POSITIVE_INFINITY;
    for (const ratio of clipRatios) {
      const { scale, first, last } = steps(from * ratio, to * ratio, format, symmetric, roundScale);
      const error = squaredError(sketch, scale, first, last, least);
      if (error >= least) continue;
      least = error;
      low[g] = from * ratio;
      high[g] = to * ratio;
    }
  });
  return { low, high };
}

/** The scale of a range, and the first and last of its steps: what it can represent. */
function steps(
  low: number,
  high: number,
  format: IntegerFacts,
  symmetric: boolean,
  roundScale?: (scale: number) => number,
): { scale: number; first: number; last: number } {
  const bottom = Math.min(low, 0);
  const scale = Math.fround(scaleOf(bottom, Math.max(high, 0), format, symmetric, roundScale));
  const zeroPoint = zeroPointOf(bottom, scale, format, symmetric);
  return { scale, first: format.qmin - zeroPoint, last: format.qmax - zeroPoint };
}

/**
 * The fraction of a range that leaves values the least sum of |x̂ − x|^p on an integer grid.
 * @param p at least 0.5 or so; larger ones care more for outliers
 */
export function lpRatio(
  sample: Weighted,
  { low, high }: { readonly low: number; readonly high: number },
  p: number,
  format: IntegerFacts,
  symmetric: boolean,
  roundScale?: (scale: number) => number,
): number {
  const gridAt = (ratio: number) => {
    const { scale, first, last } = steps(low * ratio, high * ratio, format, symmetric, roundScale);
    return (x: number) => clamp(roundHalfEven(x / scale), first, last) * scale;
  };
  return lpClip(sample, gridAt, p, 1);
}

// Bins for each step of the grid, beyond which a group's values are binned: more would not move the optimum.
const BINS_A_STEP = 256;

/** The fraction of the min-max range that leaves the least Lp error in each group. */
function lpRange(
  data: Float32Array,
  groups: Groups,
  p: number,
  format: IntegerFacts,
  symmetric: boolean,
  roundScale?: (scale: number) => number,
): Ranges {
  const { low, high } = minMax(data, groups);
  const bins = Math.min(BINS, BINS_A_STEP * 2 ** format.bits);
  eachGroup(data, groups, (values, g) => {
    const whole = { low: low[g] as number, high: high[g] as number };
    const ratio = lpRatio(sketchOf(values, bins), whole, p, format, symmetric, roundScale);
    low[g] = whole.low * ratio;
    high[g] = whole.high * ratio;
  });
  return { low, high };
}

/** Sum of squared errors of steps from `first` to `last`; some larger number than `enough` where it is larger. */
function squaredError(
  { values, counts }: Sketch,
  scale: number,
  first: number,
  last: number,
  enough: number,
): number {
  let error = 0;
  for (let i = 0; i < values.length && error < enough; i++) {
    const x = values[i] as number;
    const e = clamp(roundHalfEven(x / scale), first, last) * scale - x;
    error += counts ? (counts[i] as number) * e * e : e * e;
  }
  return error;
}

/** The same given ends for each group. */
const givenRange = ({ clip: [low, high] }: Clip, count: number): Ranges => ({
  low: new Float64Array(count).fill(low),
  high: new Float64Array(count).fill(high),
});

/** The range that a base rule chooses for each group of a weight tensor. */
export function chooseBaseRange(
  data: Float32Array,
  groups: Groups,
  rule: BaseRange,
  format: IntegerFacts,
  symmetric: boolean,
  roundScale?: (scale: number) => number,
): Ranges {
  if (rule === "minmax") return minMax(data, groups);
  if (rule === "sawb") return sawbRange(data, groups, format, symmetric);
  if (rule === "mse") return mseRange(data, groups, format, symmetric, roundScale);
  if ("clip" in rule) return givenRange(rule, groups.count);
  if ("lp" in rule) return lpRange(data, groups, rule.lp, format, symmetric, roundScale);
  return percentileRange(data, groups, rule.percentile);
}

/**
 * The range that a rule chooses for each group of a weight tensor.
 * @param known what the rule's base chooses, where that is known
 */
export function chooseRange(
  data: Float32Array,
  groups: Groups,
  rule: RangeRule,
  format: IntegerFacts,
  symmetric: boolean,
  roundScale?: (scale: number) => number,
  known?: Ranges,
): Ranges {
  const { base, ratio } = ratioOf(rule);
  const ranges = known ?? chooseBaseRange(data, groups, base, format, symmetric, roundScale);
  return ratio === 1 ? ranges : scaled(ranges, ratio);
}

const scaled = ({ low, high }: Ranges, ratio: number): Ranges => ({
  low: low.map((each) => each * ratio),
  high: high.map((each) => each * ratio),
});
