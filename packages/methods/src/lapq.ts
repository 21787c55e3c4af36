// LAPQ: clips of all quantized tensors chosen together, by the network's loss (Nahshan et al. 2019, "Loss aware
// post-training quantization", §4): a sweep over p of layer-wise Lp-optimal clips, a parabola through their losses, then
// Powell's method from the best. Over injected oracles: it knows no network. Departures from the authors' code: p from 1
// (their grid of 2 to 4 misses networks whose best is 1.75), a guarded parabola, a p of its own for weights and for activations, log-clips within bounds, a corrected
// Powell (powell.ts).

import { coordinateDescent, type DescentOptions, type Loss, powell } from "./powell.ts";

/** A layer-wise choice of all clips: each tensor's least Lp error, or what else an engine knows by name. */
export interface Start {
  readonly name: string;
  readonly p: number | null;
  /** Of each group of tensors its own p, where they differ. */
  readonly ps?: readonly number[];
}

export interface LapqProblem {
  /** How many clips. */
  readonly count: number;
  /** Layer-wise choices beside those of the p grid: "max-abs" and the like. */
  readonly others: readonly Start[];
  /** Names of groups of tensors (weights, activations) whose best p may differ; one p serves all where there are fewer than two. */
  readonly groups?: readonly string[];
  /** Loss of the network where each clip is exp(t) times what the start gives it. */
  readonly loss: (start: Start, t: Float64Array) => Promise<number>;
}

export interface LapqOptions {
  readonly sweeps: number;
  readonly method?: "powell" | "coordinates";
}

export interface LapqResult {
  /** The start that the search went from, and ln of what its clips are multiplied by. */
  readonly start: Start;
  readonly point: Float64Array;
  readonly loss: number;
  readonly evaluations: number;
  /** Losses of the layer-wise starts. */
  readonly starts: readonly (Start & { readonly loss: number })[];
  /** Vertex of the parabola through the losses over p; null where they curve the wrong way. */
  readonly vertex: number | null;
  /** Loss after each sweep. */
  readonly sweeps: readonly number[];
}

export const P_GRID: readonly number[] = [1, 1.5, 2, 2.5, 3, 3.5, 4];
/** How far ln(clip / start) may go: a fifth to three times the start. */
const LOWEST = -1.6;
const HIGHEST = 1.1;
/** How far one line search goes at first; optima lay within a fifth of the best start (rms, W4A4). */
const REACH = 0.6;
/** A clip is known to three percent: the loss is flat about its least, and rounding makes it rough below that. */
const TOLERANCE = 0.03;
/** Evaluations of a line search: with Powell's extrapolated point and line at most ten a clip a sweep. */
const PER_LINE = 6;

/**
 * Vertex of the least-squares parabola through (p, loss), held within the p that were tried; null where the parabola
 * opens downwards or a loss is not finite.
 */
export function guardedVertex(ps: readonly number[], losses: readonly number[]): number | null {
  if (ps.length < 3 || losses.some((loss) => !Number.isFinite(loss))) return null;
  // Normal equations about the mean, where they are well conditioned.
  const centre = ps.reduce((sum, p) => sum + p, 0) / ps.length;
  const moments = [0, 0, 0, 0, 0];
  const rights = [0, 0, 0];
  for (const [i, p] of ps.entries()) {
    const x = p - centre;
    for (let k = 0; k <= 4; k++) moments[k] = (moments[k] as number) + x ** k;
    for (let k = 0; k <= 2; k++) rights[k] = (rights[k] as number) + x ** k * (losses[i] as number);
  }
  const [m0, m1, m2, m3, m4] = moments as [number, number, number, number, number];
  const [r0, r1, r2] = rights as [number, number, number];
  const det = (a: number[]) => {
    const [p, q, r, s, t, u, v, w, x] = a as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return p * (t * x - u * w) - q * (s * x - u * v) + r * (s * w - t * v);
  };
  const whole = det([m0, m1, m2, m1, m2, m3, m2, m3, m4]);
  const linear = det([m0, r0, m2, m1, r1, m3, m2, r2, m4]) / whole;
  const square = det([m0, m1, r0, m1, m2, r1, m2, m3, r2]) / whole;
  if (!(square > 0)) return null;
  const vertex = centre - linear / (2 * square);
  return Math.min(Math.max(...ps), Math.max(Math.min(...ps), vertex));
}

/** The best p of a group need not be that of another: weights and activations have other shapes, and other widths. */
function startOfGroups(groups: readonly string[], ps: readonly number[]): Start {
  const name = groups.map((group, g) => `p = ${Number((ps[g] as number).toFixed(2))} (${group})`).join(", ");
  return { name, p: null, ps };
}

/** The start of a p. */
export const startOfP = (p: number): Start => ({ name: `p = ${Number(p.toFixed(2))}`, p });

/** Chooses clips that make the loss small; never worse than the best layer-wise start. */
export async function lapq(problem: LapqProblem, options: LapqOptions): Promise<LapqResult> {
  const { count, others } = problem;
  let evaluations = 0;
  const evaluate = (start: Start, t: Float64Array) => {
    evaluations++;
    return problem.loss(start, t);
  };
  const starts: (Start & { loss: number })[] = [];
  const tryStart = async (start: Start) => {
    starts.push({ ...start, loss: await evaluate(start, new Float64Array(count)) });
  };
  for (const start of others) await tryStart(start);
  for (const p of P_GRID) await tryStart(startOfP(p));
  const swept = starts.slice(others.length);
  const vertex = guardedVertex(
    P_GRID,
    swept.map(({ loss }) => loss),
  );
  if (vertex !== null && !P_GRID.includes(vertex)) await tryStart(startOfP(vertex));
  const leastOf = (some: readonly (Start & { loss: number })[]) =>
    some.reduce((a, b) => (b.loss < a.loss ? b : a));
  const { groups = [] } = problem;
  if (groups.length > 1) {
    let ps: readonly number[] = groups.map(() => leastOf(starts.slice(others.length)).p as number);
    let reached = leastOf(starts.slice(others.length)).loss;
    for (const g of groups.keys()) {
      const from = ps;
      for (const p of P_GRID) {
        if (p === from[g]) continue;
        await tryStart(startOfGroups(groups, from.with(g, p)));
        const { loss: found, ps: tried } = starts.at(-1) as Start & { loss: number };
        if (found < reached) [reached, ps] = [found, tried as readonly number[]];
      }
    }
  }
  const { loss: least, ...start } = leastOf(starts);
  const descent: DescentOptions = {
    bounds: { low: new Float64Array(count).fill(LOWEST), high: new Float64Array(count).fill(HIGHEST) },
    sweeps: options.sweeps,
    tolerance: TOLERANCE,
    perLine: PER_LINE,
    reach: REACH,
    gain: 1e-3,
  };
  const search = options.method === "coordinates" ? coordinateDescent : powell;
  // The start's loss is known: the search asks for it first.
  let first = true;
  const loss: Loss = async (t) => {
    if (first) {
      first = false;
      return least;
    }
    return evaluate(start, t);
  };
  const found = await search(loss, new Float64Array(count), descent);
  return {
    start,
    point: found.point,
    loss: found.loss,
    evaluations,
    starts,
    vertex,
    sweeps: found.sweeps,
  };
}
