// What is known of cells, as it is kept: a sheet for what was measured and one for each way of predicting, present ones and
// those put away with their columns; of each sheet a row a layer, so that a few new cells cost a few records. Pure.

import type { State } from "../state/store.ts";
import type { KnownCell, Prediction, Shelf } from "../state/sweep/known.ts";

type Known = ReadonlyMap<string, Prediction>;

/** By name. */
export type Sheets = ReadonlyMap<string, Known>;

/** Name of a sheet, name of a layer. */
export type Place = readonly [sheet: string, layer: string];

/** A layer's cells: target and column ("weight|4"), and what is known. */
export type Row = readonly (readonly [column: string, known: Prediction])[];

export interface Changes {
  readonly put: readonly (readonly [Place, Row])[];
  readonly drop: readonly Place[];
}

export type Kept = Pick<State, "cells" | "predictions" | "shelf" | "predictionShelf">;

export const MEASURED = "measured";
export const PREDICTED = "predicted";
/** Between a sheet's kind and what its columns were found with. */
const WITH = ": ";

/** The sheets of a study. */
export function sheetsOf({ cells, predictions, shelf, predictionShelf }: Kept): Sheets {
  const putAway = (kind: string, of: Shelf<Prediction>) =>
    [...of].map(([key, known]) => [kind + WITH + key, known] as const);
  return new Map<string, Known>([
    [MEASURED, cells],
    [PREDICTED, predictions],
    ...putAway(MEASURED, shelf),
    ...putAway(PREDICTED, predictionShelf),
  ]);
}

/** What the rows of a study's sheets say. */
export function knownIn(rows: Iterable<readonly [Place, Row]>): Kept {
  const sheets = new Map<string, Map<string, Prediction>>();
  for (const [[sheet, layer], row] of rows) {
    const known = sheets.get(sheet) ?? new Map<string, Prediction>();
    sheets.set(sheet, known);
    for (const [column, each] of row) known.set(`${layer}|${column}`, each);
  }
  const all = [...sheets];
  const putAway = (kind: string) =>
    new Map(
      all
        .filter(([name]) => name.startsWith(kind + WITH))
        .map(([name, known]) => [name.slice(kind.length + WITH.length), known]),
    );
  return {
    cells: measured(sheets.get(MEASURED)),
    predictions: sheets.get(PREDICTED) ?? new Map(),
    shelf: new Map([...putAway(MEASURED)].map(([key, known]) => [key, measured(known)])),
    predictionShelf: putAway(PREDICTED),
  };
}

const measured = (known: Known = new Map()) =>
  new Map([...known].filter((each): each is [string, KnownCell] => each[1].cell !== null));

/** The rows that differ: to be written, and to be dropped where nothing is left of them. */
export function changesOf(before: Sheets, now: Sheets): Changes {
  const put: (readonly [Place, Row])[] = [];
  const drop: Place[] = [];
  for (const sheet of new Set([...before.keys(), ...now.keys()])) {
    const [old, fresh] = [before.get(sheet) ?? nothing, now.get(sheet) ?? nothing];
    if (old === fresh) continue;
    const rows = rowsOf(fresh, differing(old, fresh));
    for (const [layer, row] of rows) {
      if (row.length > 0) put.push([[sheet, layer], row]);
      else drop.push([sheet, layer]);
    }
  }
  return { put, drop };
}

const nothing: Known = new Map();

/** Layers of which something is new, refined or gone. */
function differing(old: Known, fresh: Known): Set<string> {
  const layers = new Set<string>();
  for (const [key, known] of fresh) if (old.get(key) !== known) layers.add(partsOf(key)[0]);
  for (const key of old.keys()) if (!fresh.has(key)) layers.add(partsOf(key)[0]);
  return layers;
}

function rowsOf(known: Known, layers: ReadonlySet<string>): Map<string, [string, Prediction][]> {
  const rows = new Map<string, [string, Prediction][]>([...layers].map((layer) => [layer, []]));
  for (const [key, each] of known) {
    const [layer, column] = partsOf(key);
    rows.get(layer)?.push([column, each]);
  }
  return rows;
}

/** Layers' names may have bars in them; a target and a column have none. */
export function partsOf(key: string): readonly [layer: string, column: string] {
  const at = key.lastIndexOf("|", key.lastIndexOf("|") - 1);
  return [key.slice(0, at), key.slice(at + 1)];
}
