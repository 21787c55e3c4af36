// How far two tensors are apart. Sums in float64.

/** Mean squared difference. */
export function mse(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return a.length > 0 ? sum / a.length : 0;
}

/** Noise power over signal power, Σ (x − x̂)² / Σ x²; 0 where nothing differs, Infinity where there is no signal. */
export function relativeSquaredError(exact: ArrayLike<number>, approximate: ArrayLike<number>): number {
  let signal = 0;
  let noise = 0;
  for (let i = 0; i < exact.length; i++) {
    const x = exact[i] as number;
    signal += x * x;
    noise += (x - (approximate[i] as number)) ** 2;
  }
  return noise === 0 ? 0 : noise / signal;
}

/** Signal-to-quantization-noise ratio, −10 · log10 of the relative squared error, in dB; Infinity where nothing differs. */
export function sqnrDb(exact: ArrayLike<number>, approximate: ArrayLike<number>): number {
  return -10 * Math.log10(relativeSquaredError(exact, approximate));
}

/** Largest absolute difference. */
export function maxAbsDiff(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] as number) - (b[i] as number));
    if (difference > most || Number.isNaN(difference)) most = difference;
  }
  return most;
}
