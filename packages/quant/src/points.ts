// Numbers prepared for k-means on a line: in ascending order with running sums, so that the mean of any stretch is a
// difference; many of them as the means of equal bins.

/** Values in ascending order with running sums: cluster [i, j) has weight `weight[j] − weight[i]`. */
export interface Points {
  readonly at: Float64Array;
  readonly weight: Float64Array;
  readonly sum: Float64Array;
}

// Beyond this many values, bins of equal width stand for them: 256 for each of the most centroids that there are.
const POINTS = 65536;

/** The least importance that a value counts with: 1e-8 of the largest, so that none is lost. */
export function weightFloor(weights: Float32Array): number {
  let most = 0;
  for (let i = 0; i < weights.length; i++) most = Math.max(most, weights[i] as number);
  return most > 0 ? most * 1e-8 : 1;
}

function runningSums(
  at: Float64Array,
  weightOf: (i: number) => number,
  sumOf: (i: number) => number,
): Points {
  const weight = new Float64Array(at.length + 1);
  const sum = new Float64Array(at.length + 1);
  for (let i = 0; i < at.length; i++) {
    weight[i + 1] = (weight[i] as number) + weightOf(i);
    sum[i + 1] = (sum[i] as number) + sumOf(i);
  }
  return { at, weight, sum };
}

/** Every value as a point. */
function sortedOf(values: Float32Array, weights: Float32Array | undefined, floor: number): Points {
  if (!weights) {
    const at = Float64Array.from(values.slice().sort());
    return runningSums(
      at,
      () => 1,
      (i) => at[i] as number,
    );
  }
  const order = Uint32Array.from(values, (_, i) => i).sort(
    (a, b) => (values[a] as number) - (values[b] as number),
  );
  const at = Float64Array.from(order, (i) => values[i] as number);
  const weightAt = (i: number) => Math.max(floor, weights[order[i] as number] as number);
  return runningSums(at, weightAt, (i) => weightAt(i) * (at[i] as number));
}

/** Bins of equal width, each a point at the weighted mean of its values. */
function binsOf(values: Float32Array, weights: Float32Array | undefined, floor: number): Points {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i] as number);
    high = Math.max(high, values[i] as number);
  }
  const factor = high > low ? POINTS / (high - low) : 0;
  const weight = new Float64Array(POINTS);
  const sum = new Float64Array(POINTS);
  for (let i = 0; i < values.length; i++) {
    const x = values[i] as number;
    const w = weights ? Math.max(floor, weights[i] as number) : 1;
    const bin = Math.min(POINTS - 1, Math.floor((x - low) * factor));
    weight[bin] = (weight[bin] as number) + w;
    sum[bin] = (sum[bin] as number) + w * x;
  }
  const used = Uint32Array.from(weight.keys()).filter((bin) => (weight[bin] as number) > 0);
  return runningSums(
    Float64Array.from(used, (bin) => (sum[bin] as number) / (weight[bin] as number)),
    (i) => weight[used[i] as number] as number,
    (i) => sum[used[i] as number] as number,
  );
}

/**
 * Values as points.
 * @param weights importance of each, ≥ 0; all alike where absent
 */
export function pointsOf(values: Float32Array, weights: Float32Array | undefined): Points {
  const floor = weights ? weightFloor(weights) : 0;
  return isBinned(values) ? binsOf(values, weights, floor) : sortedOf(values, weights, floor);
}

/** Whether bins stand for these values. */
export function isBinned(values: Float32Array): boolean {
  return values.length > POINTS;
}
