// How far predictions can be trusted: each cell that is both predicted and measured, and the rank correlation within a
// column. Over several columns at once it would only say that fewer bits are worse, which nobody doubts.

import type { CellKey, Column, Target } from "@bitscape/engine";
import type { Cells, Predictions } from "./known.ts";

export interface Compared extends CellKey {
  readonly predicted: number;
  readonly measured: number;
}

export interface ColumnAgreement {
  readonly target: Target;
  readonly bits: Column;
  readonly n: number;
  /** Spearman's rank correlation; null where there are too few cells, or all are the same. */
  readonly spearman: number | null;
  /** Median of predicted over measured. */
  readonly ratio: number;
}

export interface Agreement {
  readonly points: readonly Compared[];
  readonly columns: readonly ColumnAgreement[];
  /** Mean over the columns, each by its cells; null while there is none to tell. */
  readonly spearman: number | null;
}

// The rank correlation of three cells is one of four values.
const fewest = 4;

export function agreement(cells: Cells, predictions: Predictions): Agreement {
  const points: Compared[] = [];
  for (const [key, { cell }] of cells) {
    const predicted = predictions.get(key)?.cell?.finding.value ?? Number.NaN;
    const measured = cell.finding.value;
    if (!Number.isFinite(predicted) || !Number.isFinite(measured)) continue;
    points.push({ layer: cell.layer, target: cell.target, bits: cell.bits, predicted, measured });
  }
  const groups = new Map<string, Compared[]>();
  for (const point of points) {
    const key = `${point.target}|${point.bits}`;
    const group = groups.get(key);
    if (group) group.push(point);
    else groups.set(key, [point]);
  }
  const columns = [...groups.values()].map((group): ColumnAgreement => {
    const { target, bits } = group[0] as Compared;
    const [x, y] = [group.map(({ predicted }) => predicted), group.map(({ measured }) => measured)];
    const spearman = group.length < fewest ? null : rankCorrelation(x, y);
    return {
      target,
      bits,
      n: group.length,
      spearman,
      ratio: median(x.map((each, i) => each / (y[i] as number))),
    };
  });
  return { points, columns, spearman: weightedMean(columns) };
}

/** Spearman's rank correlation; ties share their mean rank. Null where either side is all the same. */
export function rankCorrelation(x: readonly number[], y: readonly number[]): number | null {
  const [a, b] = [ranks(x), ranks(y)];
  const mean = (a.length + 1) / 2;
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [p, q] = [(a[i] as number) - mean, (b[i] as number) - mean];
    ab += p * q;
    aa += p * p;
    bb += q * q;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : null;
}

function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => (values[i] as number) - (values[j] as number));
  const found = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    const value = values[order[from] as number];
    let to = from;
    while (to < order.length && values[order[to] as number] === value) to++;
    for (let at = from; at < to; at++) found[order[at] as number] = (from + 1 + to) / 2;
    from = to;
  }
  return found;
}

function weightedMean(columns: readonly ColumnAgreement[]): number | null {
  let [sum, n] = [0, 0];
  for (const column of columns) {
    if (column.spearman === null) continue;
    sum += column.n * column.spearman;
    n += column.n;
  }
  return n > 0 ? sum / n : null;
}

function median(values: readonly number[]): number {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] as number;
  return ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
