// Which values a grid clips: those further beyond its ends than rounding to the nearest would move them. For weights exact,
// group by group; for activations as far as their calibration histogram tells.

import { centresOf, type Encoded, eachRun, type Groups, type Histogram, sqnrDb } from "@bitscape/quant";
import { gridOf, integerEnds } from "./grid.ts";

/** What a group can represent without clipping: its outermost values, and half a step beyond. */
export interface Reach {
  readonly low: number;
  readonly high: number;
}

/** The reach of one group of an encoded tensor; null of kinds without ends (vectors, 16-bit floats). */
export function reachOf(encoded: Encoded, group: number): Reach | null {
  if (encoded.kind === "product" || encoded.kind === "half") return null;
  if (encoded.kind === "affine") {
    const { format, scale, zeroPoint } = encoded;
    return integerEnds(format, scale[group] as number, zeroPoint[group] as number, 0.5);
  }
  return reachOfGrid(gridOf(encoded, group).values);
}

/** The reach of ascending values; null where there are none. */
export function reachOfGrid(values: Float64Array): Reach | null {
  const [first, second] = values;
  const [last, before] = [values.at(-1), values.at(-2)];
  if (first === undefined || last === undefined) return null;
  return { low: first - ((second ?? first) - first) / 2, high: last + (last - (before ?? last)) / 2 };
}

/** The groups whose grids an encoded tensor's elements lie on; null of kinds without. */
export const groupsIn = (encoded: Encoded): Groups | null =>
  encoded.kind === "levels"
    ? (encoded.groups ?? encoded.tables)
    : "groups" in encoded
      ? encoded.groups
      : null;

/** The fraction of values that their group's grid clips; null of formats without ends. */
export function clippedShare(values: Float32Array, encoded: Encoded): number | null {
  const groups = groupsIn(encoded);
  if (!groups || reachOf(encoded, 0) === null) return null;
  const reaches = Array.from({ length: groups.count }, (_, g) => reachOf(encoded, g) as Reach);
  let clipped = 0;
  eachRun(groups, (from, to, group) => {
    for (let i = from, g = group; i < to; i++, g += groups.step) {
      const x = values[i] as number;
      const { low, high } = reaches[g] as Reach;
      if (x < low || x > high) clipped++;
    }
  });
  return values.length > 0 ? clipped / values.length : 0;
}

/** What becomes of a histogram's values on a grid: the fraction clipped, and the signal to noise, decibels. */
export function histogramError(
  histogram: Histogram,
  reach: Reach,
  nearest: (x: number) => number,
): { readonly clipped: number; readonly sqnrDb: number } {
  const { values, counts } = centresOf(histogram);
  let clipped = 0;
  const weighted = values.map((x, i) => x * Math.sqrt(counts[i] as number));
  const rounded = values.map((x, i) => nearest(x) * Math.sqrt(counts[i] as number));
  values.forEach((x, i) => {
    if (x < reach.low || x > reach.high) clipped += counts[i] as number;
  });
  return {
    clipped: histogram.count > 0 ? clipped / histogram.count : 0,
    sqnrDb: sqnrDb(weighted, rounded),
  };
}
