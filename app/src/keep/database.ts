// The browser's database (IndexedDB) that studies are kept in: its tables, how it is opened, and how an older one is brought
// up to date. What a study's document holds is documents.ts.

import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from "idb";
import type { KnownCell } from "../state/sweep/known.ts";
import type { KeptStudy } from "./kept.ts";
import { MEASURED, partsOf, type Row } from "./sheets.ts";

export type RowKey = [study: string, sheet: string, layer: string];

export interface Tables extends DBSchema {
  studies: { key: string; value: KeptStudy; indexes: { updated: number } };
  rows: { key: RowKey; value: Row };
  /** Files, where the browser has no private file system that could hold them (files.ts). */
  files: { key: [study: string, shelf: string, name: string]; value: Blob };
}

/** Its first form had a record for each measured cell, and no predictions. */
interface FirstTables extends DBSchema {
  cells: { key: [study: string, cell: string]; value: KnownCell };
}

export const VERSION = 2;

let opened: Promise<IDBPDatabase<Tables>> | undefined;

/**
 * The database, open.
 * @throws a sentence where it was written by a newer page; what the browser says where it refuses
 */
export function database(): Promise<IDBPDatabase<Tables>> {
  if (opened) return opened;
  const opening = openDB<Tables>("bitscape", VERSION, {
    async upgrade(db, from, _, writing) {
      if (from < 1) db.createObjectStore("studies", { keyPath: "id" }).createIndex("updated", "updated");
      db.createObjectStore("rows");
      db.createObjectStore("files");
      if (from === 1) await bringRows(db, writing);
    },
    // A newer page wants to bring it up to date: holding on would keep that page from opening.
    blocking: () => void closeDatabase(),
    terminated: () => {
      opened = undefined;
    },
  }).catch((error: Error) => {
    opened = undefined;
    if (error.name !== "VersionError") throw error;
    throw new Error("studies: kept by a newer version of this page, expected this one; reload it");
  });
  opened = opening;
  return opening;
}

/** Closes it; the next who asks opens it again. */
export async function closeDatabase(): Promise<void> {
  const closing = opened;
  opened = undefined;
  (await closing?.catch(() => undefined))?.close();
}

type Upgrade = IDBPTransaction<Tables, ("studies" | "rows" | "files")[], "versionchange">;

/** Cells that were kept one by one become rows. */
async function bringRows(db: IDBPDatabase<Tables>, writing: Upgrade): Promise<void> {
  const first = db as unknown as IDBPDatabase<FirstTables>;
  const old = (writing as unknown as IDBPTransaction<FirstTables, ["cells"], "versionchange">).objectStore(
    "cells",
  );
  const [keys, cells] = await Promise.all([old.getAllKeys(), old.getAll()]);
  const rows = new Map<string, { at: RowKey; row: [string, KnownCell][] }>();
  for (const [i, [study, key]] of keys.entries()) {
    const [layer, column] = partsOf(key);
    const at: RowKey = [study, MEASURED, layer];
    const row = rows.get(JSON.stringify(at)) ?? { at, row: [] };
    rows.set(JSON.stringify(at), row);
    row.row.push([column, cells[i] as KnownCell]);
  }
  const into = writing.objectStore("rows");
  for (const { at, row } of rows.values()) await into.put(row, at);
  first.deleteObjectStore("cells");
}
