// Chunks: terms cut into parts whose changes fit in memory together. Pure.

import type { CellKey } from "../cells/sensitivity.ts";
import { changeBytes } from "./part.ts";
import type { PointTerm, Terms, WeightTerm } from "./terms.ts";

// Changes of weights in one session: they are held twice, here and by the runtime.
const PART_BYTES = 64 * 2 ** 20;

/** Terms of one part. */
export interface Chunk {
  readonly weights: readonly WeightTerm[];
  readonly points: readonly PointTerm[];
}

/** Terms cut into parts whose changes fit in memory; activations, whose changes are computed, go with the first. */
export function chunksOf({ weights, points }: Terms): Chunk[] {
  const chunks: { weights: WeightTerm[]; points: readonly PointTerm[] }[] = [];
  let bytes = 0;
  for (const weight of weights) {
    const own = changeBytes(weight);
    const last = chunks.at(-1);
    if (last && bytes + own <= PART_BYTES) last.weights.push(weight);
    else chunks.push({ weights: [weight], points: [] });
    bytes = last && bytes + own <= PART_BYTES ? bytes + own : own;
  }
  const [first, ...rest] = chunks;
  if (points.length === 0) return chunks;
  return [{ weights: first?.weights ?? [], points: points }, ...rest];
}

/** The cells that have a share in a chunk. */
export function cellsIn({ cells }: Terms, chunk: Chunk): CellKey[] {
  const terms = new Set([
    ...chunk.weights.map(({ weight }) => weight.name),
    ...chunk.points.map(({ tensor }) => tensor),
  ]);
  return cells.filter(({ shares }) => shares.some(({ term }) => terms.has(term))).map(({ key }) => key);
}
