// LAPQ: clips of all quantized tensors chosen together, by the network's loss (Nahshan et al. 2019, "Loss aware
// post-training quantization", §4): a sweep over p of layer-wise Lp-optimal clips, a parabola through their losses, then
// Powell's method from the best. Over injected oracles: it knows no network. Departures from the authors' code: p from 1
// (their grid of 2 to 4 misses networks whose best is 1.75), a guarded parabola, log-clips within bounds, a corrected
// Powell (powell.ts).

import { coordinateDescent, type DescentOptions, type Loss, powell } from "./powell.ts";

export interface LapqProblem {
  /** Clip of each tensor that leaves its least Lp error; all positive. */
  readonly clips: (p: number) => Float64Array;
  /** Loss of the network under these clips. */
  readonly loss: Loss;
  /** Clips that cut nothing. */
  readonly maxAbs: Float64Array;
}

export interface LapqOptions {
  readonly sweeps: number;
  readonly method?: "powell" | "coordinates";
  /** Called after each evaluation; may throw to end the search. */
  readonly onEvaluation?: (evaluation: number, clips: Float64Array, loss: number) => void;
}

export interface LapqResult {
  readonly clips: Float64Array;
  readonly loss: number;
  readonly evaluations: number;
  /** Losses of the layer-wise starts. */
  readonly starts: readonly { readonly name: string; readonly p: number | null; readonly loss: number }[];
  /** Vertex of the parabola through the losses over p; null where they curve the wrong way. */
  readonly vertex: number | null;
  /** Loss after each sweep. */
  readonly sweeps: readonly number[];
}

export const P_GRID: readonly number[] = [1, 1.5, 2, 2.5, 3, 3.5, 4];
/** How far ln(clip / start) may go: a fifth to three times the start. */
const LOWEST = -1.6;
const HIGHEST = 1.1;

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

/** Chooses clips that make the loss small; never worse than the best layer-wise start. */
export async function lapq(problem: LapqProblem, options: LapqOptions): Promise<LapqResult> {
  let evaluations = 0;
  const evaluate = async (clips: Float64Array) => {
    const loss = await problem.loss(clips);
    evaluations++;
    options.onEvaluation?.(evaluations, clips, loss);
    return loss;
  };
  const starts: { name: string; p: number | null; loss: number; clips: Float64Array }[] = [];
  const tryStart = async (name: string, p: number | null, clips: Float64Array) => {
    starts.push({ name, p, clips, loss: await evaluate(clips) });
  };
  await tryStart("max-abs", null, problem.maxAbs);
  for (const p of P_GRID) await tryStart(`p = ${p}`, p, problem.clips(p));
  const swept = starts.slice(1);
  const vertex = guardedVertex(
    P_GRID,
    swept.map(({ loss }) => loss),
  );
  if (vertex !== null && !P_GRID.includes(vertex)) {
    await tryStart(`p* = ${vertex.toFixed(2)}`, vertex, problem.clips(vertex));
  }
  const best = starts.reduce((a, b) => (b.loss < a.loss ? b : a));
  const n = best.clips.length;
  const toClips = (t: Float64Array) => best.clips.map((clip, i) => clip * Math.exp(t[i] as number));
  const descent: DescentOptions = {
    bounds: { low: new Float64Array(n).fill(LOWEST), high: new Float64Array(n).fill(HIGHEST) },
    sweeps: options.sweeps,
    tolerance: 0.02,
    perLine: 9,
    gain: 1e-3,
  };
  const search = options.method === "coordinates" ? coordinateDescent : powell;
  // The start's loss is known: the search asks for it first.
  let first = true;
  const loss: Loss = async (t) => {
    if (first) {
      first = false;
      return best.loss;
    }
    return evaluate(toClips(t));
  };
  const found = await search(loss, new Float64Array(n), descent);
  return {
    clips: toClips(found.point),
    loss: found.loss,
    evaluations,
    starts: starts.map(({ name, p, loss: each }) => ({ name, p, loss: each })),
    vertex,
    sweeps: found.sweeps,
  };
}
