// Finding: any number shown to a person, with where it came from. No bare number crosses the worker boundary.

export interface Finding {
  readonly value: number;
  /** 95 % interval. */
  readonly low: number;
  readonly high: number;
  /** Samples it rests on. */
  readonly n: number;
  readonly source: "predicted" | "measured";
  /** Key of the recipe (or cell) it is about; a view that shows another recipe shows it as stale. */
  readonly of: string;
}

// 97.5 % quantile of the standard normal distribution.
const Z = 1.959964;

/** Mean of per-sample values with its normal 95 % interval; the interval of one value is unbounded. */
export function meanFinding(values: ArrayLike<number>, of: string): Finding {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i] as number;
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += ((values[i] as number) - mean) ** 2;
  const half = n > 1 ? Z * Math.sqrt(squares / (n - 1) / n) : Number.POSITIVE_INFINITY;
  return { value: mean, low: mean - half, high: mean + half, n, source: "measured", of };
}

/** A proportion with Wilson's 95 % score interval (E. B. Wilson 1927). */
export function proportionFinding(correct: number, n: number, of: string): Finding {
  const p = correct / n;
  const z2 = Z * Z;
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  return { value: p, low: centre - half, high: centre + half, n, source: "measured", of };
}
