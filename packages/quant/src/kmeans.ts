// k-means of numbers, optionally weighted: first centroids as k-means++ draws them (Arthur & Vassilvitskii 2007), then
// Lloyd's iterations to the end. Values are sorted once, so that a cluster is a stretch between two bounds and its mean
// a difference of running sums. Weighted means are gradient-weighted k-means (GWK: catalogue of methods §11).

import { nearestTable, rankOf } from "./nearest.ts";
import { isBinned, type Points, pointsOf, weightFloor } from "./points.ts";

const ITERATIONS = 200;
// Distances that first choices may take in all.
const WORK = 2 ** 20;
const MOST_TRIES = 4;

/**
 * Centroids of values in ascending order, as float32: the values themselves where there are at most k different ones
 * (the last is then repeated).
 * @param weights importance of each value, ≥ 0; floored at 1e-8 of the largest, so that no value is lost
 * @param k at least 1
 * @param random uniform numbers in [0, 1)
 */
export function clusterValues(
  values: Float32Array,
  weights: Float32Array | undefined,
  k: number,
  random: () => number,
): Float32Array {
  if (values.length === 0) return new Float32Array(k);
  let centroids = best(pointsOf(values, weights), k, random);
  if (isBinned(values)) centroids = polish(values, weights, centroids);
  return Float32Array.from(centroids).sort();
}

/** Of several first choices the one that ends best: more of them where they cost little. */
function best(points: Points, k: number, random: () => number): Float64Array {
  const tries = Math.max(1, Math.min(MOST_TRIES, Math.floor(WORK / (k * points.at.length))));
  let least = Number.POSITIVE_INFINITY;
  let found: Float64Array = new Float64Array(k);
  for (let i = 0; i < tries; i++) {
    const centroids = lloyd(points, plusPlus(points, k, random));
    const error = squaredError(points, centroids);
    if (error < least) {
      least = error;
      found = centroids;
    }
  }
  return found;
}

/** Σ weight · (x − nearest centroid)², of centroids in ascending order. */
function squaredError({ at, weight }: Points, centroids: Float64Array): number {
  let error = 0;
  for (let i = 0, c = 0; i < at.length; i++) {
    const x = at[i] as number;
    while (c + 1 < centroids.length && (centroids[c + 1] as number) - x < x - (centroids[c] as number)) c++;
    error += ((weight[i + 1] as number) - (weight[i] as number)) * (x - (centroids[c] as number)) ** 2;
  }
  return error;
}

/** First centroids: each drawn from the points by weight times squared distance to the nearest one before it. */
function plusPlus({ at, weight }: Points, k: number, random: () => number): Float64Array {
  const own = at.map((_, i) => (weight[i + 1] as number) - (weight[i] as number));
  const cost = own.slice();
  const distance = new Float64Array(at.length).fill(Number.POSITIVE_INFINITY);
  const centroids = new Float64Array(k);
  for (let c = 0; c < k; c++) {
    const chosen = drawn(cost, random());
    // Fewer different values than centroids: the rest repeat one of them.
    if (chosen < 0) {
      centroids.fill(centroids[0] as number, c);
      break;
    }
    const centroid = at[chosen] as number;
    centroids[c] = centroid;
    // What is nearer to it than to those before is a stretch around it.
    for (const step of [-1, 1]) {
      for (let i = step < 0 ? chosen : chosen + 1; i >= 0 && i < at.length; i += step) {
        const d = ((at[i] as number) - centroid) ** 2;
        if (d >= (distance[i] as number)) break;
        distance[i] = d;
        cost[i] = (own[i] as number) * d;
      }
    }
  }
  return centroids.sort();
}

/** An index drawn with these costs as odds; −1 where there are none. */
function drawn(cost: Float64Array, u: number): number {
  let total = 0;
  for (let i = 0; i < cost.length; i++) total += cost[i] as number;
  let left = u * total;
  let last = -1;
  for (let i = 0; i < cost.length; i++) {
    const here = cost[i] as number;
    if (here === 0) continue;
    last = i;
    left -= here;
    if (left < 0) break;
  }
  return last;
}

/** Means of the stretches between bounds until no bound moves. An empty cluster is left where it is, for a later one. */
function lloyd(points: Points, centroids: Float64Array): Float64Array {
  const { at, weight, sum } = points;
  const k = centroids.length;
  const ends = new Uint32Array(k);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    let moved = false;
    let from = 0;
    for (let c = 0; c < k; c++) {
      const bound =
        c + 1 < k ? ((centroids[c] as number) + (centroids[c + 1] as number)) / 2 : Number.POSITIVE_INFINITY;
      const to = upTo(at, bound, from);
      if (to !== ends[c]) moved = true;
      ends[c] = to;
      from = to;
    }
    if (!moved) break;
    from = 0;
    for (let c = 0; c < k; c++) {
      const to = ends[c] as number;
      const mass = (weight[to] as number) - (weight[from] as number);
      if (to > from && mass > 0) centroids[c] = ((sum[to] as number) - (sum[from] as number)) / mass;
      from = to;
    }
    if (refill(points, centroids, ends)) ends.fill(0);
  }
  return centroids;
}

/** The first index from which points lie above a bound. */
function upTo(at: Float64Array, bound: number, from: number): number {
  let low = from;
  let high = at.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((at[middle] as number) <= bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Moves one empty cluster to the point that costs most, if any does; whether it did. */
function refill({ at, weight }: Points, centroids: Float64Array, ends: Uint32Array): boolean {
  const empty = ends.findIndex((end, c) => end === (c > 0 ? ends[c - 1] : 0));
  if (empty < 0) return false;
  let worst = 0;
  let place = 0;
  for (let c = 0, i = 0; c < ends.length; c++) {
    for (; i < (ends[c] as number); i++) {
      const own = (weight[i + 1] as number) - (weight[i] as number);
      const cost = own * ((at[i] as number) - (centroids[c] as number)) ** 2;
      if (cost > worst) {
        worst = cost;
        place = at[i] as number;
      }
    }
  }
  if (worst === 0) return false;
  centroids[empty] = place;
  centroids.sort();
  return true;
}

/** One iteration over the values themselves, for what bins blurred. */
function polish(
  values: Float32Array,
  weights: Float32Array | undefined,
  centroids: Float64Array,
): Float64Array {
  const floor = weights ? weightFloor(weights) : 0;
  const table = nearestTable(centroids);
  const { sorted } = table;
  const weight = new Float64Array(sorted.length);
  const sum = new Float64Array(sorted.length);
  for (let i = 0; i < values.length; i++) {
    const x = values[i] as number;
    const w = weights ? Math.max(floor, weights[i] as number) : 1;
    const rank = rankOf(table, x);
    weight[rank] = (weight[rank] as number) + w;
    sum[rank] = (sum[rank] as number) + w * x;
  }
  const means = sorted.map((old, r) =>
    (weight[r] as number) > 0 ? (sum[r] as number) / (weight[r] as number) : old,
  );
  return centroids.map((_, c) => means[Math.min(c, means.length - 1)] as number);
}
