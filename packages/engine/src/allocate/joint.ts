// Joint loss: what a mixed recipe is expected to lose, from what its parts lose alone: their sum, the second-order cross
// terms where they are known, and an interval that says how far sums have been from measured joint losses (belief.ts).

import type { Interaction } from "@bitscape/methods";
import { type Belief, beliefOf, type JointPoint, type Part, shapeOf } from "./belief.ts";

/** The Gauss–Newton cross terms of layers' weights: [L, L], halves on and off the diagonal, so that all entries sum to the joint loss. */
export interface Pairs {
  readonly layers: readonly string[];
  readonly matrix: ArrayLike<number>;
}

export interface JointLoss {
  readonly value: number;
  /** 95 % interval. */
  readonly low: number;
  readonly high: number;
}

const Z = 1.959964;

/** Correlation of two layers' errors in the output, from −1 to 1; 0 where it is not known. */
export function correlationOf({ layers, matrix }: Pairs): (a: string, b: string) => number {
  const at = new Map(layers.map((layer, i) => [layer, i]));
  const count = layers.length;
  return (a, b) => {
    const [i, j] = [at.get(a), at.get(b)];
    if (i === undefined || j === undefined || i === j) return 0;
    const own = Math.sqrt((matrix[i * count + i] as number) * (matrix[j * count + j] as number));
    const r = own > 0 ? (matrix[i * count + j] as number) / own : 0;
    return Math.max(-1, Math.min(1, r));
  };
}

/** Cross terms of a program's choices: 2 r √(S_i S_j), which holds at any width if errors keep their direction. */
export function interactionOf(parts: readonly (readonly Part[])[], pairs: Pairs): Interaction {
  const correlation = correlationOf(pairs);
  return (i, j) => {
    let sum = 0;
    for (const a of parts[i] as readonly Part[])
      for (const b of parts[j] as readonly Part[])
        sum += 2 * correlation(a.layer, b.layer) * Math.sqrt(a.value * b.value);
    return sum;
  };
}

/** What two parts add together beyond each alone; negative where their errors cancel. */
export interface Cross {
  readonly layers: readonly [string, string];
  readonly adds: number;
}

/** The known cross terms of a recipe's parts, 2 r √(S_a S_b), the largest first. */
export function crossesOf(parts: readonly Part[], pairs: Pairs): Cross[] {
  const correlation = correlationOf(pairs);
  const found = parts.flatMap((b, i) =>
    parts.slice(0, i).flatMap((a): Cross[] => {
      const adds = 2 * correlation(a.layer, b.layer) * Math.sqrt(a.value * b.value);
      return adds === 0 ? [] : [{ layers: [a.layer, b.layer], adds }];
    }),
  );
  return found.toSorted((a, b) => b.adds - a.adds);
}

/** The quadratic form of parts: their sum and the cross terms that are known. Not negative. */
export function quadraticOf(parts: readonly Part[], pairs?: Pairs): number {
  const correlation = pairs && correlationOf(pairs);
  let sum = 0;
  for (const [k, part] of parts.entries()) {
    sum += part.value;
    if (!correlation) continue;
    for (const other of parts.slice(0, k))
      sum += 2 * correlation(part.layer, other.layer) * Math.sqrt(part.value * other.value);
  }
  return Math.max(0, sum);
}

/**
 * The expected joint loss of parts.
 * @param measured joint recipes of this network: they correct the model and narrow its interval
 * @param doubt as for a belief; the same for the same measured recipes
 */
export function jointLossOf(
  parts: readonly Part[],
  pairs?: Pairs,
  measured: readonly JointPoint[] = [],
  doubt = 0,
): JointLoss {
  const value = quadraticOf(parts, pairs);
  if (value === 0) return { value: 0, low: 0, high: parts.reduce((sum, { half }) => sum + half, 0) };
  const { mean, deviation } = beliefIn(measured, doubt).of(shapeOf(parts, value));
  const end = (sign: number) => value * Math.exp(mean + sign * Z * deviation);
  // Before anything joint is measured, what the parts lose together on their own samples; the interval is that of others.
  return { value: measured.length > 0 ? end(0) : value, low: end(-1), high: end(1) };
}

// A slider asks for many predictions with the same points.
const beliefs = new WeakMap<readonly JointPoint[], Belief>();

/** What measured joint recipes say of others. */
export function beliefIn(measured: readonly JointPoint[], doubt: number): Belief {
  const known = beliefs.get(measured);
  if (known) return known;
  const shapes = measured.map(({ parts = [], predicted }) => shapeOf(parts, predicted));
  const made = beliefOf(measured, shapes, doubt);
  beliefs.set(measured, made);
  return made;
}
