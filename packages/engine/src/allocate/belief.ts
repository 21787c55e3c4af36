// Belief: how far the joint loss of a recipe lies from the sum of its parts, as a distribution, from what was known before and
// from joint recipes that were measured. The logarithm of measured ÷ predicted is a Gaussian process over recipes: what all
// recipes of a network share, what those of a size of loss share, and a term for every tensor weighted by its part of the
// loss; so a recipe that lost more than predicted says which parts to distrust. Pure; source of the algebra: process.ts.

import { posteriorOf } from "./process.ts";

/** A part of a recipe: one tensor's choice. */
export interface Part {
  readonly layer: string;
  readonly value: number;
  /** Half the width of the value's own 95 % interval. */
  readonly half: number;
}

/** A joint recipe that was measured, and what had been predicted for it. */
export interface JointPoint {
  readonly predicted: number;
  readonly measured: number;
  /** What it is made of; without, it says what all recipes share, and nothing of any tensor. */
  readonly parts?: readonly Part[];
  /** Standard deviation of the logarithm of what was measured. */
  readonly error?: number;
}

/** What the log-ratio of a recipe depends on. */
export interface Shape {
  /** The predicted loss. */
  readonly value: number;
  /** Of its parts' logarithms, weighted by what they lose. */
  readonly error: number;
  /** By tensor. */
  readonly parts: ReadonlyMap<string, Share>;
}

interface Share {
  /** Of the sum of all parts. */
  readonly share: number;
  /** Its loss alone: the same tensor in another scheme has another. */
  readonly alone: number;
  /** Standard deviation of its logarithm. */
  readonly error: number;
}

// Standard deviations of log-ratios. Chosen by coverage of joint recipes of two networks, held against six others.
const PRIOR = {
  /** Common to all recipes of a network: cells and joint recipes are measured on different samples. */
  network: 0.2,
  /** Of losses within about a factor of e: large ones saturate, or run away. */
  level: 0.15,
  /** Of one tensor, whatever its scheme. */
  tensor: 0.3,
  /** Of each recipe by itself. */
  recipe: 0.22,
  /** The same, more where the second order ends: about twice at a nat. */
  large: 0.3,
};
const LEVEL_WIDTH = 1;
// Most samples lose little and few lose much: a mean of few samples lies below that of others, by this part of its error in
// the logarithm (−0.1 to 1.2, half in the mean, over eight networks).
const SKEW = 0.5;
// Of the error of cells: they are measured on the same samples.
const SHARED = 0.5;
// Beyond a factor of e² a cell says nothing.
const WIDEST = 2;
const Z = 1.959964;

/** The shape of some parts that are predicted to lose `value` together. */
export function shapeOf(parts: readonly Part[], value: number): Shape {
  const sum = parts.reduce((total, part) => total + part.value, 0);
  const shares = new Map<string, Share>();
  let error = 0;
  for (const { layer, value: alone, half } of parts) {
    if (!(alone > 0)) continue;
    const own = { share: alone / sum, alone, error: Math.min(WIDEST, Math.log1p(half / alone) / Z) };
    shares.set(layer, own);
    error += own.share * own.error;
  }
  return { value, error, parts: shares };
}

export interface Belief {
  /** Of a recipe's log-ratio, its own deviation included. */
  readonly of: (shape: Shape) => { mean: number; deviation: number };
}

/**
 * @param shapes of the points, in their order
 * @param doubt standard deviation of what all recipes share beyond that, where cells are about another way of storing
 */
export function beliefOf(points: readonly JointPoint[], shapes: readonly Shape[], doubt = 0): Belief {
  const common = (a: Shape, b: Shape) => doubt ** 2 + covariance(a, b);
  const used = points.flatMap((point, i) => {
    const shape = shapes[i] as Shape;
    return shape.value > 0 && point.measured > 0 ? [{ point, shape }] : [];
  });
  const posterior = posteriorOf(
    (i, j) => common((used[i] as Used).shape, (used[j] as Used).shape),
    used.map(({ point, shape }) => ownVariance(shape) + (point.error ?? DEFAULT_ERROR) ** 2),
    used.map(({ point, shape }) => Math.log(point.measured / shape.value) - skewOf(shape)),
  );
  return {
    of: (shape) => {
      const known = used.map((each) => common(shape, each.shape));
      const { mean, variance } = posterior.at(known, common(shape, shape));
      return { mean: skewOf(shape) + mean, deviation: Math.sqrt(variance + ownVariance(shape)) };
    },
  };
}

interface Used {
  readonly point: JointPoint;
  readonly shape: Shape;
}

// Of the logarithm of a measured joint loss, where nobody says.
const DEFAULT_ERROR = 0.15;

const skewOf = ({ error }: Shape) => SKEW * error;

function ownVariance({ value }: Shape): number {
  return (PRIOR.recipe + (PRIOR.large * value) / (1 + value)) ** 2;
}

/** What two recipes' log-ratios have in common. */
function covariance(a: Shape, b: Shape): number {
  const apart = (Math.log(a.value) - Math.log(b.value)) / LEVEL_WIDTH;
  let sum = PRIOR.network ** 2 + PRIOR.level ** 2 * Math.exp((-apart * apart) / 2);
  sum += SHARED * a.error * b.error;
  for (const [layer, own] of a.parts) {
    const other = b.parts.get(layer);
    if (!other) continue;
    const same = own.alone === other.alone ? (1 - SHARED) * own.error * other.error : 0;
    sum += own.share * other.share * (PRIOR.tensor ** 2 + same);
  }
  return sum;
}
