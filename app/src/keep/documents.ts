// Kept studies in IndexedDB: one document each, and its measured cells one by one, so that saving a few new cells costs
// a few records. Files are not here (files.ts).

import type { DataSummary, ModelSummary, Preprocess, Preview, Recipe, Score, Target } from "@bitscape/engine";
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Limits } from "../state/budgetLimits.ts";
import type { KnownCell } from "../state/known.ts";
import type { About, Joint } from "../state/store.ts";

/** What was asked of the data, without the files themselves. */
export type KeptData =
  | { readonly kind: "sample"; readonly name: string }
  | { readonly kind: "synthetic"; readonly samples?: number }
  | {
      readonly kind: "files";
      readonly files: readonly string[];
      readonly labels?: string;
      readonly preprocess?: Partial<Preprocess>;
    };

export interface KeptStudy {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly updated: number;
  /** Name of the bundled sample; its file is fetched again. */
  readonly sample?: string;
  readonly modelFiles: readonly string[];
  readonly pins: Readonly<Record<string, number>>;
  readonly dataRequest: KeptData;
  readonly model: ModelSummary;
  readonly data: DataSummary;
  readonly previews: readonly Preview[];
  readonly recipe: Recipe;
  readonly past: readonly Recipe[];
  readonly future: readonly Recipe[];
  readonly selected: string | null;
  readonly target: Target;
  readonly paused: boolean;
  /** Absent in studies that were kept before there were budgets. */
  readonly limits?: Limits;
  readonly joints?: readonly Joint[];
  readonly float: Score | null;
  readonly secondsPerSample: number | null;
  readonly measured: About<Score> | null;
}

export type KeptCells = readonly (readonly [key: string, cell: KnownCell])[];

interface Tables extends DBSchema {
  studies: { key: string; value: KeptStudy; indexes: { updated: number } };
  cells: { key: [study: string, cell: string]; value: KnownCell };
}

let opened: Promise<IDBPDatabase<Tables>> | undefined;

function database(): Promise<IDBPDatabase<Tables>> {
  opened ??= openDB<Tables>("bitscape", 1, {
    upgrade(db) {
      db.createObjectStore("studies", { keyPath: "id" }).createIndex("updated", "updated");
      db.createObjectStore("cells");
    },
  });
  opened.catch(() => {
    opened = undefined;
  });
  return opened;
}

const cellsOf = (id: string) => IDBKeyRange.bound([id], [id, []]);

/** The study that was worked on last, with its cells; undefined where none is kept. */
export async function latestStudy(): Promise<KeptStudy | undefined> {
  const cursor = await (await database())
    .transaction("studies")
    .store.index("updated")
    .openCursor(null, "prev");
  return cursor?.value;
}

/** All of them, the latest first. */
export async function keptStudies(): Promise<KeptStudy[]> {
  return (await (await database()).getAllFromIndex("studies", "updated")).reverse();
}

export async function cellsKept(id: string): Promise<KeptCells> {
  const { store } = (await database()).transaction("cells");
  const [keys, values] = await Promise.all([store.getAllKeys(cellsOf(id)), store.getAll(cellsOf(id))]);
  return keys.map(([, cell], i) => [cell, values[i] as KnownCell]);
}

/**
 * Writes a study's document and the cells that changed, all or nothing.
 * @param fresh cells to write; @param stale drop those that are there first
 */
export async function keepStudy(study: KeptStudy, fresh: KeptCells, stale: boolean): Promise<void> {
  const writing = (await database()).transaction(["studies", "cells"], "readwrite");
  const cells = writing.objectStore("cells");
  const steps: Promise<unknown>[] = [writing.objectStore("studies").put(study)];
  if (stale) steps.push(cells.delete(cellsOf(study.id)));
  for (const [key, cell] of fresh) steps.push(cells.put(cell, [study.id, key]));
  await Promise.all([...steps, writing.done]);
}

export async function dropStudy(id: string): Promise<void> {
  const writing = (await database()).transaction(["studies", "cells"], "readwrite");
  await Promise.all([
    writing.objectStore("studies").delete(id),
    writing.objectStore("cells").delete(cellsOf(id)),
    writing.done,
  ]);
}
