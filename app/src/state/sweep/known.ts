// What is known of the heatmap: measured cells by key, each with how many samples were asked for, and beside them what
// was predicted, likewise. A measured cell is never replaced by a prediction; it is shown in its place.

import type { Cell, CellKey, Column, Target } from "@bitscape/engine";

export interface KnownCell {
  readonly cell: Cell;
  /**
   * Samples asked for; the cell's own n is less where the data have fewer, or where the scheduler held that more would
   * decide nothing.
   */
  readonly asked: number;
}

export type Cells = ReadonlyMap<string, KnownCell>;

export interface Prediction {
  /** Null where the estimator has no answer. */
  readonly cell: Cell | null;
  readonly asked: number;
}

export type Predictions = ReadonlyMap<string, Prediction>;

/** Cells put away, by target and scheme; predictions also by estimator. */
export type Shelf<T> = ReadonlyMap<string, ReadonlyMap<string, T>>;

/** Names a cell as the engine does, in maps and `skip` lists. */
export const cellKey = (layer: string, target: Target, bits: Column) => `${layer}|${target}|${bits}`;

/** A cell with its name, made once: a large network has tens of thousands, and all of them are looked up again and again. */
export interface NamedCell extends CellKey {
  readonly key: string;
}

const keyOf = ({ layer, target, bits }: CellKey) => cellKey(layer, target, bits);

/** What is shown of a cell: what was measured; until then, what was predicted. */
export const shown = (key: string, cells: Cells, predictions: Predictions): Cell | undefined =>
  cells.get(key)?.cell ?? predictions.get(key)?.cell ?? undefined;

export const isFailed = (cell: Cell) => Number.isNaN(cell.finding.value);

/** Why a failed cell has no value. */
export const failureOf = (cell: Cell) => cell.failure ?? (cell.finding.of || "could not be measured");

/** With newly arrived cells; one that rests on fewer samples never replaces a better one. */
export function withCells<T extends Prediction>(
  cells: ReadonlyMap<string, T>,
  arrived: readonly (T & KnownCell)[],
): ReadonlyMap<string, T> {
  if (arrived.length === 0) return cells;
  const next = new Map(cells);
  for (const known of arrived) {
    const key = keyOf(known.cell);
    const before = next.get(key);
    if (!before || known.asked >= before.asked) next.set(key, known);
  }
  return next;
}

/** Cells whose measurement is through need no more: they count as if so many samples had been asked for. */
export function withSettled(cells: Cells, keys: ReadonlySet<string>, asked: number): Cells {
  const next = new Map(cells);
  for (const key of keys) {
    const known = next.get(key);
    if (known && known.asked < asked) next.set(key, { ...known, asked });
  }
  return next;
}

/** Notes of cells that were asked for that no prediction came, so that they are not asked for again. */
export function withUnpredicted(
  predictions: Predictions,
  asked: readonly NamedCell[],
  samples: number,
): Predictions {
  const missing = asked.filter(({ key }) => (predictions.get(key)?.asked ?? 0) < samples);
  if (missing.length === 0) return predictions;
  const next = new Map(predictions);
  for (const { key } of missing) next.set(key, { cell: predictions.get(key)?.cell ?? null, asked: samples });
  return next;
}

/** How many cells are predicted, where these and all others are; 0 where some are not. */
export function allPredicted(predictions: Predictions, asked: readonly NamedCell[]): number {
  if (!asked.every(({ key }) => predictions.get(key)?.cell)) return 0;
  let count = 0;
  for (const { cell } of predictions.values()) if (cell !== null) count++;
  return count;
}

/** Puts away a target's cells under the key they were found with, and takes out those of another. */
export function exchanged<T>(
  cells: ReadonlyMap<string, T>,
  shelf: Shelf<T>,
  target: Target,
  from: string,
  to: string,
): { cells: ReadonlyMap<string, T>; shelf: Shelf<T> } {
  const entries = [...cells];
  const ofTarget = ([key]: readonly [string, T]) => targetOf(key) === target;
  return {
    cells: new Map([...entries.filter((entry) => !ofTarget(entry)), ...(shelf.get(to) ?? [])]),
    shelf: new Map([...shelf, [from, new Map(entries.filter(ofTarget))]]),
  };
}

// Layers' names may have bars in them; a target and a column have none.
const targetOf = (key: string) => key.split("|").at(-2);
