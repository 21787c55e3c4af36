// Which two layers' errors add up and which cancel, from the matrix of interactions.

import type { Pairs } from "../state/store.ts";
import { csv } from "../ui/csv.ts";
import { formatDivergence } from "../ui/numbers.ts";

export interface Pair {
  readonly a: string;
  readonly b: string;
  /** What quantizing both adds to the loss beyond each alone; negative where their errors cancel. */
  readonly adds: number;
  /** The same as a share of the most that it could be: −1 to 1. */
  readonly share: number;
}

/** The pair at two places of the matrix; on the diagonal it is a layer alone, of which it is all. */
export function pairAt({ layers, matrix }: Pairs, row: number, column: number): Pair {
  const at = (i: number, j: number) => matrix[i * layers.length + j] as number;
  const most = Math.sqrt(Math.max(0, at(row, row)) * Math.max(0, at(column, column)));
  return {
    a: layers[row] as string,
    b: layers[column] as string,
    adds: row === column ? at(row, row) : at(row, column) + at(column, row),
    share: most > 0 ? Math.max(-1, Math.min(1, at(row, column) / most)) : 0,
  };
}

/** The pairs that change the loss most, either way. */
export function largestPairs(pairs: Pairs, count: number): Pair[] {
  const all: Pair[] = [];
  for (let i = 0; i < pairs.layers.length; i++) {
    for (let j = i + 1; j < pairs.layers.length; j++) all.push(pairAt(pairs, i, j));
  }
  return all.sort((a, b) => Math.abs(b.adds) - Math.abs(a.adds)).slice(0, count);
}

/** Every two layers once: what they add, and its share of the most. */
export function pairsCsv(pairs: Pairs): string {
  const rows = largestPairs(pairs, Number.POSITIVE_INFINITY);
  return csv([
    ["layer", "layer", "adds", "share"],
    ...rows.map(({ a, b, adds, share }) => [a, b, adds, share]),
  ]);
}

/** Loss of all layers quantized together: of each alone, and what interactions add. */
export function together({ layers, matrix }: Pairs): { readonly alone: number; readonly between: number } {
  let alone = 0;
  let all = 0;
  for (const value of matrix) all += value;
  for (let i = 0; i < layers.length; i++) alone += matrix[i * layers.length + i] as number;
  return { alone, between: all - alone };
}

/** "stem × fc: errors add up, 0.012 nats more than each alone (64 % of the most)". */
export const pairWords = (pair: Pair, unit: string) =>
  pair.a === pair.b
    ? `${pair.a} alone: ${formatDivergence(pair.adds)} (${unit})`
    : `${pair.a} × ${pair.b}: ${effectWords(pair, unit)}`;

/** "errors add up, +0.012 nats, 64 % of the most". */
export function effectWords({ adds, share }: Pair, unit: string): string {
  const percent = `${Math.round(100 * Math.abs(share))} % of the most`;
  return `${adds < 0 ? "errors cancel, " : "errors add up, +"}${formatDivergence(adds)} ${unit}, ${percent}`;
}
