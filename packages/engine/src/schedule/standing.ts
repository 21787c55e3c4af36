// Standing: what is known of one cell while it is being measured: a prediction, the samples drawn so far, and the two put
// together, each by how much it can be trusted. Pure.

import { type Guess, modelSpread } from "../predict/estimate.ts";
import { divergenceFinding, type Finding } from "../score/finding.ts";

export interface Measured {
  /** One a draw: the sample's divergence over (its chance · samples in the pool); their mean is that of the pool. */
  readonly draws: ArrayLike<number>;
  /** Different samples among them. */
  readonly samples: number;
  /** How far the pool's mean may lie from that of other samples, relative to it. */
  readonly poolSpread: number;
  /** The divergence of every sample of the pool, once all are measured: nothing is left to estimate. */
  readonly all?: ArrayLike<number>;
}

const Z = 1.959964;

// How much draws of a cell scatter, relative to their mean, before they say so themselves: 1.5 over five classifiers; it counts
// as much as this many draws.
export const SCATTER = 1.5;
const SCATTER_COUNTS = 8;

/** The standard error of the mean of draws, relative to it. */
export function drawSpread(draws: ArrayLike<number>): number {
  const n = draws.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += draws[i] as number;
  const mean = sum / n;
  if (!(mean > 0)) return Number.POSITIVE_INFINITY;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += ((draws[i] as number) / mean - 1) ** 2;
  const scatter = (SCATTER_COUNTS * SCATTER ** 2 + squares) / (SCATTER_COUNTS + n - 1);
  return Math.sqrt(scatter / n);
}

/**
 * How far a guess may be off, as a standard deviation of the logarithm. What its samples leave open is left out: it is the same for
 * all cells, and does not change their order.
 */
export function guessSpread({ mean }: Guess): number {
  return mean > 0 ? modelSpread(mean) : Number.POSITIVE_INFINITY;
}

export interface Standing {
  readonly finding: Finding;
  /**
   * Standard deviation of the logarithm of the pool's divergence: what cells are ranked with. Which samples are in the pool
   * is the same chance for all of them, and only widens the finding.
   */
  readonly spread: number;
}

/** What is known of a cell: in logarithms, the mean of guess and draws weighted by their inverse variances. */
export function standing(guess: Guess | undefined, measured: Measured, of: string): Standing {
  const { draws, samples, all } = measured;
  if (all) return { finding: divergenceFinding(all, of), spread: 0 };
  const guessed = guess ? guessSpread(guess) : Number.POSITIVE_INFINITY;
  if (draws.length === 0) {
    const { mean, error } = guess ?? { mean: Number.NaN, error: 0 };
    return { finding: around(mean, guessed, error / mean, 0, "predicted", of), spread: guessed };
  }
  const mean = Array.from(draws).reduce((a, b) => a + b, 0) / draws.length;
  if (!(mean > 0)) return { finding: divergenceFinding(draws, of), spread: Number.POSITIVE_INFINITY };
  const drawn = drawSpread(draws);
  const [w, v] = [Number.isFinite(guessed) ? 1 / guessed ** 2 : 0, 1 / drawn ** 2];
  const log = ((w > 0 ? w * Math.log((guess as Guess).mean) : 0) + v * Math.log(mean)) / (w + v);
  const spread = 1 / Math.sqrt(w + v);
  const leant = guess && w > 0 ? (w / (w + v)) * (guess.error / guess.mean) : 0;
  const common = Math.hypot(measured.poolSpread, leant);
  return { finding: around(Math.exp(log), spread, common, samples, "measured", of), spread };
}

// Chosen by coverage, as draws miss large values more often than small ones: the mean of 1024 samples lies in 80 to 95 % of
// symmetric intervals, nearly always above where it does not.
const UPWARDS = 3;
const WIDEST = 7;

function around(
  value: number,
  spread: number,
  common: number,
  n: number,
  source: Finding["source"],
  of: string,
): Finding {
  if (!(value > 0)) {
    return { value: Number.isNaN(value) ? value : 0, low: 0, high: Number.POSITIVE_INFINITY, n, source, of };
  }
  const whole = Math.hypot(spread, common);
  return {
    value,
    low: value * Math.exp(-Math.min(WIDEST, Z * whole)),
    high: value * Math.exp(Math.min(WIDEST, UPWARDS * whole)),
    n,
    source,
    of,
  };
}

/**
 * The relative standard error that the mean over a pool has as one of more samples.
 * @param draws as in {@link Measured}
 * @param values the divergences that they stand for
 */
export function poolSpread(draws: ArrayLike<number>, values: ArrayLike<number>, pool: number): number {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < draws.length; i++) {
    sum += draws[i] as number;
    squares += (draws[i] as number) * (values[i] as number);
  }
  const mean = sum / draws.length;
  return mean > 0 ? Math.sqrt(Math.max(0, squares / draws.length / mean ** 2 - 1) / pool) : 0;
}
