// Powell's method of conjugate directions within a box (M. J. D. Powell 1964), and cyclic coordinate descent beside it.
// The reference point of a sweep is the one after the extrapolated line search of the sweep before: with the one before
// it, as SciPy has, strongly coupled quadratics converge only linearly.

import { minimizeAlong } from "./line.ts";

/** A loss of several variables, to be made small; NaN counts as worse than anything. */
export type Loss = (point: Float64Array) => Promise<number>;

export interface Bounds {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

export interface DescentOptions {
  readonly bounds: Bounds;
  readonly sweeps: number;
  /** Distance to which a line's minimum is sought. */
  readonly tolerance: number;
  /** Evaluations of one line search at most. */
  readonly perLine: number;
  /** A sweep that gains less than this fraction of the loss is the last. */
  readonly gain: number;
  /** How far a line search of the first sweep may go; half as far in each that follows, as steps get finer. All the way where absent. */
  readonly reach?: number;
  /** Called after each evaluation; may throw to end the search. */
  readonly onEvaluation?: (evaluation: number, point: Float64Array, loss: number) => void;
}

export interface Descent {
  readonly point: Float64Array;
  readonly loss: number;
  readonly evaluations: number;
  /** Loss after each sweep. */
  readonly sweeps: readonly number[];
}

const shifted = (x: Float64Array, d: Float64Array, t: number) =>
  x.map((each, i) => each + t * (d[i] as number));

/** The largest interval of t for which x + t · d stays in the box. */
function reach(x: Float64Array, d: Float64Array, { low, high }: Bounds): [number, number] {
  let [from, to] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let i = 0; i < x.length; i++) {
    const slope = d[i] as number;
    if (slope === 0) continue;
    const a = ((low[i] as number) - (x[i] as number)) / slope;
    const b = ((high[i] as number) - (x[i] as number)) / slope;
    from = Math.max(from, Math.min(a, b));
    to = Math.min(to, Math.max(a, b));
  }
  // Rounding may leave the box by a hair.
  return [Math.min(from, 0), Math.max(to, 0)];
}

/** The search's present point, and its line searches. */
class Walk {
  x: Float64Array;
  value: number;
  evaluations = 0;
  reach: number;
  readonly #loss: Loss;
  readonly #options: DescentOptions;

  private constructor(loss: Loss, options: DescentOptions, x: Float64Array, value: number) {
    this.#loss = loss;
    this.#options = options;
    this.x = x;
    this.value = value;
    this.reach = options.reach ?? Number.POSITIVE_INFINITY;
  }

  static async from(loss: Loss, start: Float64Array, options: DescentOptions): Promise<Walk> {
    const walk = new Walk(loss, options, start, Number.POSITIVE_INFINITY);
    walk.value = await walk.at(start);
    return walk;
  }

  async at(point: Float64Array): Promise<number> {
    const loss = await this.#loss(point);
    this.evaluations++;
    this.#options.onEvaluation?.(this.evaluations, point, loss);
    return loss;
  }

  /** Goes to the minimum along a direction; gives what that gained. */
  async along(d: Float64Array, most = this.#options.perLine): Promise<number> {
    const { bounds, tolerance } = this.#options;
    const length = Math.hypot(...d);
    const [low, high] = reach(this.x, d, bounds).map((end) =>
      Math.max(-this.reach / length, Math.min(end, this.reach / length)),
    ) as [number, number];
    if (!(high > low) || length === 0) return 0;
    const from = this.x;
    const before = this.value;
    const start = { at: 0, value: before };
    const options = { low, high, start, tolerance: tolerance / length, most };
    const found = await minimizeAlong((t) => this.at(shifted(from, d, t)), options);
    this.x = shifted(from, d, found.at);
    this.value = found.value;
    return before - found.value;
  }
}

const axes = (n: number) =>
  Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));

async function descend(
  walk: Walk,
  { sweeps, gain }: DescentOptions,
  sweep: () => Promise<void>,
): Promise<Descent> {
  const losses: number[] = [];
  for (let i = 0; i < sweeps; i++) {
    const before = walk.value;
    await sweep();
    losses.push(walk.value);
    walk.reach /= 2;
    if (!(before - walk.value > gain * Math.abs(before))) break;
  }
  return { point: walk.x, loss: walk.value, evaluations: walk.evaluations, sweeps: losses };
}

/** One line search an axis a sweep. */
export async function coordinateDescent(
  loss: Loss,
  start: Float64Array,
  options: DescentOptions,
): Promise<Descent> {
  const walk = await Walk.from(loss, start, options);
  return descend(walk, options, async () => {
    for (const axis of axes(start.length)) await walk.along(axis);
  });
}

/** Line searches along directions that become conjugate: the one that gained most gives way to the whole sweep's. */
export async function powell(loss: Loss, start: Float64Array, options: DescentOptions): Promise<Descent> {
  const walk = await Walk.from(loss, start, options);
  const directions = axes(start.length);
  return descend(walk, options, async () => {
    const [x0, f0] = [walk.x, walk.value];
    let [most, best] = [0, 0];
    for (const [i, direction] of directions.entries()) {
      const gained = await walk.along(direction);
      if (gained > most) [most, best] = [gained, i];
    }
    const whole = walk.x.map((each, i) => each - (x0[i] as number));
    if (start.length < 2 || whole.every((each) => each === 0)) return;
    const f = walk.value;
    const beyond = clamped(shifted(walk.x, whole, 1), options.bounds);
    const fE = await walk.at(beyond);
    const worth = fE < f0 && 2 * (f0 + fE - 2 * f) * (f0 - f - most) ** 2 < most * (f0 - fE) ** 2;
    if (!worth) return;
    // Of few variables the extrapolated line would be a large part of a sweep.
    await walk.along(whole, Math.min(options.perLine, 2 * start.length - 1));
    directions.splice(best, 1);
    directions.push(whole);
  });
}

const clamped = (x: Float64Array, { low, high }: Bounds) =>
  x.map((each, i) => Math.min(high[i] as number, Math.max(low[i] as number, each)));
