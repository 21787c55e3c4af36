// The clip that leaves the least Lp error of one tensor: the layer-wise phase of LAPQ (Nahshan et al. 2019, §4.1), and, at
// p = 2, what ACIQ has closed forms for. Works on values or on a histogram's bins, whatever the grid.

/** Values and how often each occurs. */
export interface Weighted {
  readonly values: ArrayLike<number>;
  /** One a value; each once where there are none. */
  readonly counts?: ArrayLike<number> | null;
}

/** The grid of a clip: what a value becomes on it. */
export type GridAt = (clip: number) => (x: number) => number;

/** e ↦ e^p for e ≥ 0; whole and half powers without a logarithm. */
function powerOf(p: number): (e: number) => number {
  if (p === 1) return (e) => e;
  if (p === 1.5) return (e) => e * Math.sqrt(e);
  if (p === 2) return (e) => e * e;
  if (p === 2.5) return (e) => e * e * Math.sqrt(e);
  if (p === 3) return (e) => e * e * e;
  if (p === 3.5) return (e) => e * e * e * Math.sqrt(e);
  if (p === 4) return (e) => e * e * e * e;
  return (e) => e ** p;
}

/** Mean of |x̂ − x|^p. */
export function lpError({ values, counts }: Weighted, round: (x: number) => number, p: number): number {
  const power = powerOf(p);
  let [sum, total] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const x = values[i] as number;
    const count = counts ? (counts[i] as number) : 1;
    if (count === 0) continue;
    sum += count * power(Math.abs(round(x) - x));
    total += count;
  }
  return total > 0 ? sum / total : 0;
}

// The error has several minima where a grid's levels meet clusters: a scan finds the valley, sections its floor.
const SCANNED = 40;
const SECTIONS = 40;
const NARROWEST = 1 / 128;
// An error within 1e-8 of its least: it is flat there.
const NEAR = 1e-5;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * The clip in (0, most] with the least Lp error.
 * @param most clip above which a larger one is not looked for
 */
export function lpClip(sample: Weighted, gridAt: GridAt, p: number, most: number): number {
  if (!(most > 0)) return most;
  const error = (clip: number) => lpError(sample, gridAt(clip), p);
  const at = (i: number) => most * NARROWEST ** (1 - i / SCANNED);
  let best = SCANNED;
  let least = Number.POSITIVE_INFINITY;
  // From the widest: of equal errors the clip that cuts least.
  for (let i = SCANNED; i >= 0; i--) {
    const found = error(at(i));
    if (found < least) [least, best] = [found, i];
  }
  let [low, high] = [at(Math.max(0, best - 1)), at(Math.min(SCANNED, best + 1))];
  let [a, b] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [fa, fb] = [error(a), error(b)];
  for (let i = 0; i < SECTIONS && high - low > NEAR * high; i++) {
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
