// k-means of short vectors as iPQ does it: k different columns at random, 20 iterations, an empty cluster takes half of
// the largest. Optionally weighted by element. Source: fairseq's quantization of Quant-Noise: catalogue of methods §4.

import { normal } from "@bitscape/tensor";

const ITERATIONS = 20;
const TRIES = 30;
const NUDGE = 1e-6;
// How many columns centroids are fitted on where there are more: 128 for each of the most centroids there can be.
const SAMPLE = 32768;

export interface Columns {
  /** [count, d] flat. */
  readonly values: Float32Array;
  /** Importance of each element, positive; none: all alike. */
  readonly weights: Float32Array | undefined;
  readonly d: number;
}

/** For each column the nearest centroid; of equally near ones the first. */
export function assignColumns(
  { values, d }: Pick<Columns, "values" | "d">,
  centroids: ArrayLike<number>,
  out: Uint8Array,
): void {
  const k = centroids.length / d;
  // ‖x − c‖² is least where ½‖c‖² − x · c is.
  const half = new Float64Array(k);
  const flat = Float64Array.from(centroids);
  for (let i = 0; i < flat.length; i++) {
    const c = Math.floor(i / d);
    half[c] = (half[c] as number) + (flat[i] as number) ** 2 / 2;
  }
  const x = new Float64Array(d);
  for (let column = 0; column < out.length; column++) {
    for (let i = 0; i < d; i++) x[i] = values[column * d + i] as number;
    let least = Number.POSITIVE_INFINITY;
    let best = 0;
    for (let c = 0, at = 0; c < k; c++) {
      let score = half[c] as number;
      for (let i = 0; i < d; i++, at++) score -= (x[i] as number) * (flat[at] as number);
      if (score < least) {
        least = score;
        best = c;
      }
    }
    out[column] = best;
  }
}

/** Weighted means of the columns of each cluster, in place; those of empty ones stay. Gives how many columns each has. */
function meansOf(
  { values, weights, d }: Columns,
  assigned: Uint8Array,
  centroids: Float64Array,
): Uint32Array {
  const counts = new Uint32Array(centroids.length / d);
  const sums = new Float64Array(centroids.length);
  const masses = new Float64Array(centroids.length);
  for (let column = 0; column < assigned.length; column++) {
    const c = assigned[column] as number;
    counts[c] = (counts[c] as number) + 1;
    for (let i = 0; i < d; i++) {
      const w = weights ? (weights[column * d + i] as number) : 1;
      masses[c * d + i] = (masses[c * d + i] as number) + w;
      sums[c * d + i] = (sums[c * d + i] as number) + w * (values[column * d + i] as number);
    }
  }
  for (let i = 0; i < centroids.length; i++) {
    if ((masses[i] as number) > 0) centroids[i] = (sums[i] as number) / (masses[i] as number);
  }
  return counts;
}

/** Up to k different columns in a random order, as first centroids; the last is repeated where there are fewer. */
function firstCentroids({ values, d }: Columns, k: number, random: () => number): Float64Array {
  const count = values.length / d;
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const centroids = new Float64Array(k * d);
  const seen = new Set<string>();
  for (let i = 0; i < count && seen.size < k; i++) {
    const j = i + Math.floor(random() * (count - i));
    const column = order[j] as number;
    order[j] = order[i] as number;
    const vector = values.subarray(column * d, (column + 1) * d);
    const key = vector.join();
    if (seen.has(key)) continue;
    centroids.set(vector, seen.size * d);
    seen.add(key);
  }
  for (let c = Math.max(1, seen.size); c < k; c++) centroids.copyWithin(c * d, (c - 1) * d, c * d);
  return centroids;
}

/**
 * Each empty cluster takes the columns of the most populated one that are nearer to a copy of its centroid, moved by
 * ±1e-6 · N(0, 1).
 */
function refill(
  columns: Columns,
  assigned: Uint8Array,
  counts: Uint32Array,
  centroids: Float64Array,
  random: () => number,
): void {
  const { values, d } = columns;
  for (let tries = 0; tries < TRIES; tries++) {
    const empty = counts.indexOf(0);
    if (empty < 0) return;
    let full = 0;
    for (let c = 0; c < counts.length; c++) if ((counts[c] as number) > (counts[full] as number)) full = c;
    const nudge = Float64Array.from({ length: d }, () => NUDGE * normal(random));
    let taken = 0;
    for (let column = 0; column < assigned.length; column++) {
      if (assigned[column] !== full) continue;
      let side = 0;
      for (let i = 0; i < d; i++) {
        side +=
          ((values[column * d + i] as number) - (centroids[full * d + i] as number)) * (nudge[i] as number);
      }
      if (side <= 0) continue;
      assigned[column] = empty;
      taken++;
    }
    for (let i = 0; i < d; i++) {
      const middle = centroids[full * d + i] as number;
      centroids[empty * d + i] = middle + (nudge[i] as number);
      centroids[full * d + i] = middle - (nudge[i] as number);
    }
    counts[empty] = taken;
    counts[full] = (counts[full] as number) - taken;
  }
}

/** Centroids [k, d] of columns. Many columns are sampled for the iterations; the means at the end are over all. */
export function clusterColumns(columns: Columns, k: number, random: () => number): Float64Array {
  const fitted = sampleOf(columns, random);
  const count = fitted.values.length / fitted.d;
  const centroids = firstCentroids(fitted, k, random);
  const assigned = new Uint8Array(count);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    assignColumns(fitted, centroids, assigned);
    const counts = meansOf(fitted, assigned, centroids);
    if (counts.includes(0)) {
      refill(fitted, assigned, counts, centroids, random);
      meansOf(fitted, assigned, centroids);
    }
  }
  return centroids;
}

/** Replaces centroids by the means of what is assigned to them. */
export function centreColumns(columns: Columns, assigned: Uint8Array, centroids: Float64Array): void {
  meansOf(columns, assigned, centroids);
}

function sampleOf(columns: Columns, random: () => number): Columns {
  const { values, weights, d } = columns;
  const count = values.length / d;
  if (count <= SAMPLE) return columns;
  const chosen = new Float32Array(SAMPLE * d);
  const theirs = weights && new Float32Array(SAMPLE * d);
  // One from each of as many equal stretches: no column twice.
  for (let i = 0; i < SAMPLE; i++) {
    const column = Math.floor(((i + random()) * count) / SAMPLE);
    chosen.set(values.subarray(column * d, (column + 1) * d), i * d);
    theirs?.set((weights as Float32Array).subarray(column * d, (column + 1) * d), i * d);
  }
  return { values: chosen, weights: theirs, d };
}
