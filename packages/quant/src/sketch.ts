// What a search over scales looks at instead of a group's values: the values themselves, or of many the means of equal
// bins and how many each holds, so that the cost of a search does not grow with the tensor.

export interface Sketch {
  readonly values: ArrayLike<number>;
  /** How many values each stands for; null where each is one. */
  readonly counts: Float64Array | null;
  /** Largest magnitude. */
  readonly most: number;
}

export function largestMagnitude(values: Float32Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i] as number));
  return most;
}

/**
 * A sketch of values.
 * @param bins beyond this many values there are so many bins between the negative and the positive largest magnitude
 */
export function sketchOf(values: Float32Array, bins: number): Sketch {
  const most = largestMagnitude(values);
  if (values.length <= bins || most === 0) return { values, counts: null, most };
  const counts = new Float64Array(bins);
  const sums = new Float64Array(bins);
  const factor = bins / (2 * most);
  for (let i = 0; i < values.length; i++) {
    const x = values[i] as number;
    const bin = Math.min(bins - 1, Math.floor((x + most) * factor));
    counts[bin] = (counts[bin] as number) + 1;
    sums[bin] = (sums[bin] as number) + x;
  }
  const used = Uint32Array.from(counts.keys()).filter((bin) => (counts[bin] as number) > 0);
  return {
    values: Float64Array.from(used, (bin) => (sums[bin] as number) / (counts[bin] as number)),
    counts: Float64Array.from(used, (bin) => counts[bin] as number),
    most,
  };
}
