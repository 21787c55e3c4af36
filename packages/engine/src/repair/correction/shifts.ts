// Shifts: what the channels of one layer lack, from what they lack on each sample, drawn towards nothing as far as the samples
// do not agree. Numbers only. Empirical Bayes with a normal prior a layer (Efron & Morris 1973, of James & Stein's estimator):
// a channel keeps τ² / (τ² + v), v the variance of its own estimate, τ² what the layer's channels vary beyond theirs.

/** What the channels of a layer lack, sample by sample. */
export interface Lacks {
  readonly channels: number;
  /** By sample and channel: the mean over positions of what is lacking, weighted by how well it is seen. */
  readonly lack: readonly Float32Array[];
  /** By sample and channel: the mean of those weights; null where all of it is seen. */
  readonly seen: readonly Float32Array[] | null;
}

/** Shifts of the channels from some of the samples. */
export function shiftsOf({ channels, lack, seen }: Lacks, samples: readonly number[]): Float64Array {
  const shifts = new Float64Array(channels);
  const variances = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    let [above, below] = [0, 0];
    for (const i of samples) {
      above += lack[i]?.[c] as number;
      below += seen ? (seen[i]?.[c] as number) : 1;
    }
    const shift = above / below;
    // Of a ratio of means, by its linearisation.
    let squares = 0;
    for (const i of samples) squares += ((lack[i]?.[c] as number) - shift * (seen?.[i]?.[c] ?? 1)) ** 2;
    shifts[c] = shift;
    variances[c] = samples.length > 1 ? (squares * samples.length) / (samples.length - 1) / below ** 2 : 0;
  }
  const prior = meanOf(shifts, (shift, c) => shift * shift - (variances[c] as number));
  return shifts.map((shift, c) => {
    const noise = variances[c] as number;
    return noise > 0 ? (shift * Math.max(0, prior)) / (Math.max(0, prior) + noise) : shift;
  });
}

function meanOf(values: Float64Array, of: (value: number, i: number) => number): number {
  return values.reduce((sum, value, i) => sum + of(value, i), 0) / values.length;
}
