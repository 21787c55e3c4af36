// The clip that leaves the least Lp error of one tensor: LAPQ's layer-wise phase (Nahshan et al., LAPQ §4.1), and, at
// p = 2, what ACIQ has closed forms for. Works on samples or on a histogram's bins, whatever the grid.

/** Values and how often each occurs. */
export interface Sample {
  readonly values: Float64Array;
  /** One a value; all equal where absent. */
  readonly counts?: Float64Array;
}

/** What a value becomes when the clip is this. */
export type Round = (x: number, clip: number) => number;

/** Mean of |x̂ − x|^p. */
export function lpError({ values, counts }: Sample, round: Round, clip: number, p: number): number {
  let [sum, total] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const x = values[i] as number;
    const count = counts ? (counts[i] as number) : 1;
    if (count === 0) continue;
    const e = Math.abs(round(x, clip) - x);
    sum += count * (p === 2 ? e * e : e ** p);
    total += count;
  }
  return total > 0 ? sum / total : 0;
}

// The error has several minima where a grid's levels meet clusters: a scan finds the valley, sections its floor.
const SCANNED = 48;
const SECTIONS = 40;
const NARROWEST = 1 / 256;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * The clip in (0, most] with the least Lp error.
 * @param most largest magnitude, above which a clip cuts nothing
 */
export function lpClip(sample: Sample, round: Round, p: number, most: number): number {
  if (!(most > 0)) return most;
  const at = (i: number) => most * NARROWEST ** (1 - i / SCANNED);
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= SCANNED; i++) {
    const error = lpError(sample, round, at(i), p);
    if (error < least) [least, best] = [error, i];
  }
  let [low, high] = [at(Math.max(0, best - 1)), at(Math.min(SCANNED, best + 1))];
  const error = (clip: number) => lpError(sample, round, clip, p);
  let [a, b] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [fa, fb] = [error(a), error(b)];
  for (let i = 0; i < SECTIONS && high - low > 1e-9 * high; i++) {
    if (fa < fb) {
      [high, b, fb] = [b, a, fa];
      a = high - GOLDEN * (high - low);
      fa = error(a);
    } else {
      [low, a, fa] = [a, b, fb];
      b = low + GOLDEN * (high - low);
      fb = error(b);
    }
  }
  const found = (low + high) / 2;
  return error(found) <= least ? found : at(best);
}
