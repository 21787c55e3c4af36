// AdaRound (Nagel, Amjad, van Baalen, Louizos, Blankevoort 2020, "Up or Down? Adaptive Rounding for Post-Training Quantization",
// arXiv 2004.10568, §3.2–3.4): between its two neighbours on the grid each weight has a soft place h(V) in [0, 1]; what the layer
// computes is brought near the float network's while a regularizer drives every h to 0 or 1 (eq. 21–24). Over the matrices of a
// RoundingProblem, so that a step is one product and no pass over samples; a product is injected. Departures: full gradients in
// place of batches, hence fewer steps; the error in units of that of rounding to the nearest, so that one λ serves all layers.

import { type RoundingProblem, type Rungs, rowError } from "./problem.ts";

// Stretch of the sigmoid (eq. 23), beyond 0 and 1 so that both are reached.
const ZETA = 1.1;
const GAMMA = -0.1;

export interface RelaxOptions {
  readonly steps: number;
  /** Adam's step size. */
  readonly rate: number;
  /** Weight of the regularizer. */
  readonly lambda: number;
  /** β of the regularizer: from, to; as the cosine falls, after the share of steps without it. */
  readonly beta: readonly [from: number, to: number];
  readonly warm: number;
}

export const relaxDefaults: RelaxOptions = {
  steps: 300,
  rate: 0.05,
  lambda: 0.05,
  beta: [20, 2],
  warm: 0.2,
};

/** A Bᵀ of row-major [m, k] and [n, k]: row-major [m, n]. */
export type Product = (a: Float32Array, b: Float32Array, k: number) => Promise<Float32Array>;

/** eq. 23: the soft place of a weight. */
export function rectifiedSigmoid(v: number): number {
  return Math.min(1, Math.max(0, (ZETA - GAMMA) / (1 + Math.exp(-v)) + GAMMA));
}

/** V whose soft place is h, 0 < h < 1. */
export function inverseSigmoid(h: number): number {
  return -Math.log((ZETA - GAMMA) / (h - GAMMA) - 1);
}

export interface Relaxed {
  readonly loss: number;
  /** d loss / d V, row-major [rows, inputs]. */
  readonly gradient: Float64Array;
}

/**
 * The loss of soft places and its gradient: Σ over rows of their error times `unit`, and λ Σ (1 − |2 h(V) − 1|^β) (eq. 21, 24).
 * @param lambda 0 leaves the regularizer out
 */
export async function relaxedLoss(
  problem: RoundingProblem,
  { low, high }: Rungs,
  v: Float64Array,
  { unit, lambda, beta }: { readonly unit: number; readonly lambda: number; readonly beta: number },
  product: Product,
): Promise<Relaxed> {
  const { inputs, gram, cross, power } = problem;
  const values = Float32Array.from(v, (each, at) => mixed(low, high, at, rectifiedSigmoid(each)));
  const products = await product(values, gram, inputs);
  const gradient = new Float64Array(v.length);
  let loss = power.reduce((sum, each) => sum + each, 0) * unit;
  for (let at = 0; at < v.length; at++) {
    const value = values[at] as number;
    const slope = (products[at] as number) - (cross[at] as number);
    loss += unit * value * (slope - (cross[at] as number));
    const sigmoid = 1 / (1 + Math.exp(-(v[at] as number)));
    const h = (ZETA - GAMMA) * sigmoid + GAMMA;
    const free = h > 0 && h < 1;
    const place = Math.min(1, Math.max(0, h));
    const side = 2 * place - 1;
    loss += lambda * (1 - Math.abs(side) ** beta);
    if (!free) continue;
    const toPlace =
      2 * unit * slope * ((high[at] as number) - (low[at] as number)) -
      2 * lambda * beta * Math.sign(side) * Math.abs(side) ** (beta - 1);
    gradient[at] = toPlace * (ZETA - GAMMA) * sigmoid * (1 - sigmoid);
  }
  return { loss, gradient };
}

const mixed = (low: Float32Array, high: Float32Array, at: number, h: number) =>
  (low[at] as number) + h * ((high[at] as number) - (low[at] as number));

/**
 * Values on the grid, row-major [rows, inputs], each one of its weight's two neighbours.
 * @param random in [0, 1): tells apart weights that would always move alike
 * @param between awaited before each step, with the share that is done; throws to cancel
 */
export async function relaxRounding(
  problem: RoundingProblem,
  rungs: Rungs,
  product: Product,
  random: () => number,
  between: (share: number) => Promise<void>,
  options: RelaxOptions = relaxDefaults,
): Promise<Float32Array> {
  const { weights, rows } = problem;
  const { low, high } = rungs;
  const { steps, rate, lambda, warm, beta } = options;
  const nearest = Float32Array.from(weights, (weight, at) =>
    weight - (low[at] as number) <= (high[at] as number) - weight
      ? (low[at] as number)
      : (high[at] as number),
  );
  let error = 0;
  for (let row = 0; row < rows; row++) error += rowError(problem, row, nearest);
  if (!(error > 0)) return nearest;
  const unit = weights.length / error;
  const v = Float64Array.from(weights, (weight, at) => {
    const step = (high[at] as number) - (low[at] as number);
    const h = step > 0 ? (weight - (low[at] as number)) / step : 0.5;
    return inverseSigmoid(Math.min(0.99, Math.max(0.01, h))) + 0.02 * (random() - 0.5);
  });
  const first = new Float64Array(v.length);
  const second = new Float64Array(v.length);
  for (let t = 1; t <= steps; t++) {
    await between((t - 1) / steps);
    const share = (t / steps - warm) / (1 - warm);
    const at = beta[1] + ((beta[0] - beta[1]) * (1 + Math.cos(Math.PI * Math.max(0, share)))) / 2;
    const asked = { unit, lambda: share > 0 ? lambda : 0, beta: at };
    const { gradient } = await relaxedLoss(problem, rungs, v, asked, product);
    adam(v, gradient, first, second, t, rate);
  }
  return Float32Array.from(v, (each, at) =>
    rectifiedSigmoid(each) >= 0.5 ? (high[at] as number) : (low[at] as number),
  );
}

// Kingma & Ba 2015, algorithm 1, with the paper's constants.
const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];

function adam(
  v: Float64Array,
  gradient: Float64Array,
  first: Float64Array,
  second: Float64Array,
  t: number,
  rate: number,
): void {
  const [fixed1, fixed2] = [1 - BETA1 ** t, 1 - BETA2 ** t];
  for (let i = 0; i < v.length; i++) {
    const g = gradient[i] as number;
    const m = BETA1 * (first[i] as number) + (1 - BETA1) * g;
    const s = BETA2 * (second[i] as number) + (1 - BETA2) * g * g;
    first[i] = m;
    second[i] = s;
    v[i] = (v[i] as number) - (rate * (m / fixed1)) / (Math.sqrt(s / fixed2) + EPSILON);
  }
}
