// A Gaussian process over a few points: its posterior mean and variance, by Cholesky. Knows nothing of what the points are.
// Source: Rasmussen & Williams, Gaussian Processes for Machine Learning (2006), algorithm 2.1.

export interface Posterior {
  /** (K + N)⁻¹ y: the mean at a point is its covariances with the points, times these. */
  readonly weights: Float64Array;
  /** Mean and variance at a point, from its covariances with the points and its own variance. */
  readonly at: (covariances: ArrayLike<number>, variance: number) => { mean: number; variance: number };
}

/**
 * @param covariance of points i and j before anything is known, n of them
 * @param noise variance of each value about the process; more than 0
 * @param values what was observed, its mean before anything is known subtracted
 */
export function posteriorOf(
  covariance: (i: number, j: number) => number,
  noise: ArrayLike<number>,
  values: ArrayLike<number>,
): Posterior {
  const n = values.length;
  const lower = cholesky(n, (i, j) => covariance(i, j) + (i === j ? (noise[i] as number) : 0));
  const weights = backward(lower, n, forward(lower, n, values));
  return {
    weights,
    at: (covariances, variance) => {
      let mean = 0;
      for (let i = 0; i < n; i++) mean += (covariances[i] as number) * (weights[i] as number);
      const known = forward(lower, n, covariances).reduce((sum, each) => sum + each * each, 0);
      return { mean, variance: Math.max(0, variance - known) };
    },
  };
}

/** L of L Lᵀ = A, row-major; rounding is kept from making a pivot zero. */
function cholesky(n: number, entry: (i: number, j: number) => number): Float64Array {
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = entry(i, j);
      for (let k = 0; k < j; k++) sum -= (lower[i * n + k] as number) * (lower[j * n + k] as number);
      lower[i * n + j] =
        i === j ? Math.sqrt(Math.max(sum, Number.MIN_VALUE)) : sum / (lower[j * n + j] as number);
    }
  }
  return lower;
}

/** L⁻¹ b. */
function forward(lower: Float64Array, n: number, b: ArrayLike<number>): Float64Array {
  const x = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = b[i] as number;
    for (let k = 0; k < i; k++) sum -= (lower[i * n + k] as number) * (x[k] as number);
    x[i] = sum / (lower[i * n + i] as number);
  }
  return x;
}

/** L⁻ᵀ b. */
function backward(lower: Float64Array, n: number, b: ArrayLike<number>): Float64Array {
  const x = new Float64Array(n);
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i] as number;
    for (let k = i + 1; k < n; k++) sum -= (lower[k * n + i] as number) * (x[k] as number);
    x[i] = sum / (lower[i * n + i] as number);
  }
  return x;
}
