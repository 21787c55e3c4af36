// A streaming histogram of a tensor's values in bounded memory, and the ranges that it yields: what calibration keeps.

import type { IntegerFacts } from "./formats/facts.ts";
import { chooseQParams } from "./qparams.ts";
import { lpRatio } from "./range.ts";
import { clamp, roundHalfEven } from "./round.ts";
import { type BaseRange, type RangeRule, ratioOf } from "./scheme.ts";

const BINS = 4096;

export interface Histogram {
  /** Counts of equal bins over [−limit, limit). */
  readonly counts: Float64Array;
  /** A power of two; doubled, with bins merged in pairs, when a value lies outside. */
  limit: number;
  /** Exact extremes of everything seen. */
  min: number;
  max: number;
  /** Finite values counted, and the others (NaN, ±Infinity), which are left out. */
  count: number;
  skipped: number;
}

export function emptyHistogram(): Histogram {
  return {
    counts: new Float64Array(BINS),
    limit: 2 ** -40,
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
    count: 0,
    skipped: 0,
  };
}

/** Adds values to a histogram in place. */
export function addValues(histogram: Histogram, values: Float32Array): void {
  let { min, max } = histogram;
  for (const x of values) {
    // Infinities would stretch the range for ever; NaN compares false.
    if (x < min && x > Number.NEGATIVE_INFINITY) min = x;
    if (x > max && x < Number.POSITIVE_INFINITY) max = x;
  }
  histogram.min = min;
  histogram.max = max;
  const reach = Math.max(Math.abs(min), Math.abs(max));
  while (Number.isFinite(reach) && histogram.limit <= reach) double(histogram);
  const { counts, limit } = histogram;
  const factor = BINS / (2 * limit);
  let skipped = 0;
  for (const x of values) {
    // Scaling by a power of two is exact; x + limit would round a tiny negative x up into zero's bin.
    const bin = Math.floor(x * factor) + BINS / 2;
    if (bin >= 0 && bin < BINS) counts[bin] = (counts[bin] as number) + 1;
    else skipped++;
  }
  histogram.count += values.length - skipped;
  histogram.skipped += skipped;
}

function double(histogram: Histogram): void {
  const { counts } = histogram;
  const merged = new Float64Array(BINS);
  // New bin j covers old bins 2j − BINS/2 and the next.
  for (let i = 0; i < BINS; i++) {
    const j = (i + BINS / 2) >> 1;
    merged[j] = (merged[j] as number) + (counts[i] as number);
  }
  counts.set(merged);
  histogram.limit *= 2;
}

/** The value below which a fraction q of everything seen lies, interpolated within its bin. */
export function quantileOf(histogram: Histogram, q: number): number {
  const { counts, limit, min, max, count } = histogram;
  const width = (2 * limit) / BINS;
  let below = 0;
  for (let bin = 0; bin < BINS; bin++) {
    const here = counts[bin] as number;
    if (here > 0 && below + here >= q * count) {
      return clamp(-limit + (bin + (q * count - below) / here) * width, min, max);
    }
    below += here;
  }
  return max;
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** The range that a rule chooses from a histogram. An empty histogram gives [0, 0]. Throws for rules of weights only. */
export function rangeOf(
  histogram: Histogram,
  rule: RangeRule,
  format: IntegerFacts,
  symmetric: boolean,
): Range {
  if (histogram.count === 0) return { low: 0, high: 0 };
  const { base, ratio } = ratioOf(rule);
  const { low, high } = baseRangeOf(histogram, base, format, symmetric);
  return { low: low * ratio, high: high * ratio };
}

function baseRangeOf(histogram: Histogram, rule: BaseRange, format: IntegerFacts, symmetric: boolean): Range {
  const { min, max } = histogram;
  if (rule === "minmax") return { low: min, high: max };
  if (rule === "sawb") throw new Error('range "sawb": activations, expected weights');
  if (rule === "mse") return mseRangeOf(histogram, format, symmetric);
  if ("clip" in rule) return { low: rule.clip[0], high: rule.clip[1] };
  if ("lp" in rule) {
    const ratio = lpRatio(centresOf(histogram), { low: min, high: max }, rule.lp, format, symmetric);
    return { low: min * ratio, high: max * ratio };
  }
  const cut = (100 - rule.percentile) / 200;
  return { low: quantileOf(histogram, cut), high: quantileOf(histogram, 1 - cut) };
}

/** The centres of bins that hold values, and how many each holds. */
export function centresOf({ counts, limit, min, max }: Histogram): {
  readonly values: Float64Array;
  readonly counts: Float64Array;
} {
  const width = (2 * limit) / BINS;
  const used = Uint32Array.from(counts.keys()).filter((bin) => (counts[bin] as number) > 0);
  return {
    values: Float64Array.from(used, (bin) => clamp(-limit + (bin + 0.5) * width, min, max)),
    counts: Float64Array.from(used, (bin) => counts[bin] as number),
  };
}

/** Least squared error over clip ratios of both ends, each bin standing for its centre. */
function mseRangeOf(histogram: Histogram, format: IntegerFacts, symmetric: boolean): Range {
  const { min, max } = histogram;
  const { values, counts } = centresOf(histogram);
  const { qmin, qmax } = format;
  let best = { low: min, high: max };
  let least = Number.POSITIVE_INFINITY;
  const ratios = Array.from({ length: 41 }, (_, i) => 1 - i * 0.02);
  for (const highRatio of ratios) {
    // The low end of a one-sided tensor stays: there is nothing to clip.
    for (const lowRatio of symmetric || min >= 0 || max <= 0 ? [highRatio] : ratios) {
      const low = min * lowRatio;
      const high = max * highRatio;
      const params = chooseQParams(
        { low: Float64Array.of(low), high: Float64Array.of(high) },
        format,
        symmetric,
      );
      const s = params.scale[0] as number;
      const z = params.zeroPoint[0] as number;
      let error = 0;
      for (let i = 0; i < values.length && error < least; i++) {
        const x = values[i] as number;
        const e = clamp(roundHalfEven(x / s), qmin - z, qmax - z) * s - x;
        error += (counts[i] as number) * e * e;
      }
      if (error < least) {
        least = error;
        best = { low, high };
      }
    }
  }
  return best;
}
