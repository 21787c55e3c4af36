// Fall: how far top-1 falls where the output diverges so much, read from what was measured of this network: a monotone curve
// through cells and joint recipes, each with its divergence and its fall on the same samples. What a recipe's predicted loss
// says of accuracy; not a measurement. Source: isotonic regression by pooling adjacent violators (Ayer et al. 1955).

import type { JointLoss } from "./joint.ts";

/** A measured divergence and the fall that came with it. */
export interface Fall {
  readonly loss: number;
  /** Of top-1, as a fraction; negative where answers became right. */
  readonly drop: number;
  /** Standard error of the fall. */
  readonly error: number;
  readonly n: number;
}

export interface FallCurve {
  /** Of a predicted loss: the fall and its 95 % interval, in which the loss's own is contained. */
  readonly at: (loss: JointLoss) => JointLoss;
  /** The greatest loss whose fall is predicted to stay within a limit; nothing is said beyond the greatest measured. */
  readonly within: (drop: number) => number;
}

interface Block {
  /** Logarithm of the loss. */
  readonly at: number;
  readonly drop: number;
  readonly weight: number;
}

const Z = 1.959964;
// Fewer points make no curve.
const LEAST = 8;

/** Undefined where too little was measured. */
export function fallCurve(falls: readonly Fall[]): FallCurve | undefined {
  const used = falls.filter(({ loss, drop, n }) => loss > 0 && Number.isFinite(drop) && n > 0);
  if (used.length < LEAST) return undefined;
  const sorted = used.toSorted((a, b) => a.loss - b.loss);
  const blocks = pooled(sorted);
  const most = (sorted.at(-1) as Fall).loss;
  const samples = used.reduce((top, { n }) => Math.max(top, n), 1);
  const scatter = scatterOf(sorted, blocks);
  const valueAt = (loss: number) => (loss > 0 ? curveAt(blocks, Math.log(loss)) : 0);
  // All of it was seen on the same samples: more cells do not make it more certain than those are.
  const error = (drop: number) =>
    Math.hypot(Math.sqrt(Math.max(drop, 1 / samples) / samples), scatter * drop);
  return {
    at: ({ value, low, high }) => {
      const drop = valueAt(value);
      const own = Z * error(drop);
      return {
        value: drop,
        low: Math.max(0, drop - Math.hypot(drop - valueAt(low), own)),
        high: Math.min(1, drop + Math.hypot(valueAt(high) - drop, own)),
      };
    },
    within: (drop) => {
      if (valueAt(most) <= drop) return most;
      let [low, high] = [Math.log((sorted[0] as Fall).loss) - 10, Math.log(most)];
      for (let i = 0; i < 60; i++) {
        const middle = (low + high) / 2;
        if (curveAt(blocks, middle) <= drop) low = middle;
        else high = middle;
      }
      return Math.exp(low);
    },
  };
}

/** Weighted means that never fall, in the order of the losses. */
function pooled(sorted: readonly Fall[]): Block[] {
  const blocks: Block[] = [];
  for (const { loss, drop, error, n } of sorted) {
    // None of n changed does not mean that none ever does.
    const weight = 1 / Math.max(error, 1 / n) ** 2;
    let last: Block = { at: Math.log(loss), drop, weight };
    for (let before = blocks.at(-1); before && before.drop >= last.drop; before = blocks.at(-1)) {
      blocks.pop();
      last = joined(before, last);
    }
    blocks.push(last);
  }
  // Gains are the same few samples turning right: they are not to be counted on.
  return blocks.map((block) => ({ ...block, drop: Math.max(0, block.drop) }));
}

function joined(a: Block, b: Block): Block {
  const weight = a.weight + b.weight;
  const mean = (x: number, y: number) => (a.weight * x + b.weight * y) / weight;
  return { at: mean(a.at, b.at), drop: mean(a.drop, b.drop), weight };
}

/** Between blocks a line in the logarithm; below the first in proportion to the loss, above the last as the last. */
function curveAt(blocks: readonly Block[], at: number): number {
  const next = blocks.findIndex((block) => block.at >= at);
  if (next < 0) return (blocks.at(-1) as Block).drop;
  const right = blocks[next] as Block;
  const left = blocks[next - 1];
  if (!left) return right.drop * Math.exp(at - right.at);
  const part = (at - left.at) / (right.at - left.at);
  return left.drop + part * (right.drop - left.drop);
}

/** How far cells of one divergence differ in their fall beyond what few samples explain, relative. */
function scatterOf(falls: readonly Fall[], blocks: readonly Block[]): number {
  let [beyond, squares] = [0, 0];
  for (const { loss, drop, error, n } of falls) {
    const fitted = curveAt(blocks, Math.log(loss));
    beyond += (drop - fitted) ** 2 - Math.max(error, 1 / n) ** 2;
    squares += fitted ** 2;
  }
  return squares > 0 ? Math.min(1, Math.sqrt(Math.max(0, beyond) / squares)) : 0;
}
