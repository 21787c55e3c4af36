// Minimum of a function along a line within bounds, by Brent's method (R. Brent 1973, ch. 5): parabolas through the best
// three points, golden sections where they do not help. Each evaluation is awaited: it is a run of a network.

/** A function of one variable; NaN counts as worse than anything. */
export type Along = (t: number) => Promise<number>;

export interface LineOptions {
  readonly low: number;
  readonly high: number;
  /** A point between the bounds and its value, from which the search starts at no cost. */
  readonly start: { readonly at: number; readonly value: number };
  /** Stop when the minimum is known to this distance. */
  readonly tolerance: number;
  /** Evaluations at most. */
  readonly most: number;
}

export interface LineMinimum {
  readonly at: number;
  readonly value: number;
}

const GOLDEN = (3 - Math.sqrt(5)) / 2;

interface Bracket {
  low: number;
  high: number;
  /** Best, second best and third best so far. */
  x: LineMinimum;
  w: LineMinimum;
  v: LineMinimum;
  /** This step and the one before it. */
  step: number;
  before: number;
}

/** The least value found; never worse than the start. */
export async function minimizeAlong(f: Along, options: LineOptions): Promise<LineMinimum> {
  const { low, high, start, tolerance, most } = options;
  const b: Bracket = { low, high, x: start, w: start, v: start, step: 0, before: 0 };
  for (let evaluations = 0; evaluations < most; evaluations++) {
    const middle = (b.low + b.high) / 2;
    if (Math.abs(b.x.at - middle) <= 2 * tolerance - (b.high - b.low) / 2) break;
    chooseStep(b, tolerance);
    const step = Math.abs(b.step) >= tolerance ? b.step : Math.sign(b.step || 1) * tolerance;
    const at = Math.min(high, Math.max(low, b.x.at + step));
    const value = await f(at);
    update(b, { at, value: Number.isNaN(value) ? Number.POSITIVE_INFINITY : value });
  }
  return b.x;
}

/** A parabola's vertex where it lies inside and steps shrink; else a golden section of the larger part. */
function chooseStep(b: Bracket, tolerance: number): void {
  const { x, w, v, low, high } = b;
  const r = (x.at - w.at) * (x.value - v.value);
  const q = (x.at - v.at) * (x.value - w.value);
  const step = -((x.at - v.at) * q - (x.at - w.at) * r) / (2 * (q - r));
  const at = x.at + step;
  if (at > low && at < high && Math.abs(step) < Math.abs(b.before) / 2) {
    b.before = b.step;
    // Next to an end the vertex would teach nothing: a small step towards the middle instead.
    const teaches = at - low >= 2 * tolerance && high - at >= 2 * tolerance;
    b.step = teaches ? step : Math.sign((low + high) / 2 - x.at) * tolerance;
    return;
  }
  b.before = x.at < (low + high) / 2 ? high - x.at : low - x.at;
  b.step = GOLDEN * b.before;
}

function update(b: Bracket, u: LineMinimum): void {
  if (u.value <= b.x.value) {
    if (u.at >= b.x.at) b.low = b.x.at;
    else b.high = b.x.at;
    b.v = b.w;
    b.w = b.x;
    b.x = u;
    return;
  }
  if (u.at < b.x.at) b.low = u.at;
  else b.high = u.at;
  if (u.value <= b.w.value || b.w === b.x) {
    b.v = b.w;
    b.w = u;
  } else if (u.value <= b.v.value || b.v === b.x || b.v === b.w) {
    b.v = u;
  }
}
