// Kept studies: a document each, and the rows of what is known of their cells. Not the database itself (database.ts), not
// files (files.ts).

import { database, type RowKey } from "./database.ts";
import { FORM, faultOf } from "./form.ts";
import type { KeptStudy } from "./kept.ts";
import { type Changes, type Kept, knownIn, type Place, type Row } from "./sheets.ts";

/** A study that is there but cannot be used, and why, as a sentence. */
export interface Unreadable {
  readonly id: string;
  readonly name: string;
  readonly fault: string;
}

export interface Found {
  /** The latest first. */
  readonly studies: readonly KeptStudy[];
  readonly unreadable: readonly Unreadable[];
}

const rowsOf = (id: string) => IDBKeyRange.bound([id], [id, []]);

/** The study that was worked on last; undefined where none is kept that can be used. */
export async function latestStudy(): Promise<{
  study: KeptStudy | undefined;
  passed: readonly Unreadable[];
}> {
  const passed: Unreadable[] = [];
  const { store } = (await database()).transaction("studies");
  for (let at = await store.index("updated").openCursor(null, "prev"); at; at = await at.continue()) {
    const fault = faultOf(at.value);
    if (fault === null) return { study: at.value, passed };
    passed.push(unreadable(at.value, fault));
  }
  return { study: undefined, passed };
}

/** One of them, where it can be used. */
export async function keptStudy(id: string): Promise<KeptStudy | undefined> {
  const found = await (await database()).get("studies", id);
  return found && faultOf(found) === null ? found : undefined;
}

/** All of them. */
export async function keptStudies(): Promise<Found> {
  const all = (await (await database()).getAll("studies")).toSorted((a, b) => b.updated - a.updated);
  const faults = all.map(faultOf);
  return {
    studies: all.filter((_, i) => faults[i] === null),
    unreadable: all.flatMap((each, i) => {
      const fault = faults[i];
      return fault ? [unreadable(each, fault)] : [];
    }),
  };
}

const unreadable = (study: { readonly id: string; readonly model?: unknown }, fault: string): Unreadable => {
  const { name } = (study.model ?? {}) as { readonly name?: unknown };
  return { id: study.id, name: typeof name === "string" ? name : "a study", fault };
};

/** Rows that are read between two looks at the page's own work. */
const AT_ONCE = 400;

export async function knownOf(id: string): Promise<Kept> {
  const found: (readonly [Place, Row])[] = [];
  const db = await database();
  for (let from: IDBKeyRange | null = rowsOf(id); from; ) {
    const keys: RowKey[] = await db.getAllKeys("rows", from, AT_ONCE);
    const rows = await db.getAll("rows", from, AT_ONCE);
    for (const [i, [, sheet, layer]] of keys.entries()) found.push([[sheet, layer], rows[i] as Row]);
    const last: RowKey | undefined = keys.at(-1);
    from = last && keys.length === AT_ONCE ? IDBKeyRange.bound(last, [id, []], true) : null;
  }
  return knownIn(found);
}

/**
 * Writes a study's document and the rows that changed, all or nothing.
 * @throws what the browser says where storage is full or refused
 */
export async function keepStudy(study: KeptStudy, { put, drop }: Changes): Promise<void> {
  const writing = (await database()).transaction(["studies", "rows"], "readwrite");
  const rows = writing.objectStore("rows");
  const steps: Promise<unknown>[] = [writing.objectStore("studies").put({ ...study, form: FORM })];
  for (const [[sheet, layer], row] of put) steps.push(rows.put(row, [study.id, sheet, layer]));
  for (const [sheet, layer] of drop) steps.push(rows.delete([study.id, sheet, layer]));
  await Promise.all([...steps, writing.done]);
}

/** Notes that a study's files are not here: they have to be opened again. */
export async function setAbsent(study: KeptStudy): Promise<void> {
  await (await database()).put("studies", { ...study, absent: true, bytes: 0 });
}

/** A study whose files are not here, by its model's SHA-256. */
export async function absentStudy(sha256: string): Promise<KeptStudy | undefined> {
  const { studies } = await keptStudies();
  return studies.find(({ absent, model }) => absent && model.sha256 === sha256);
}

export async function dropStudy(id: string): Promise<void> {
  const writing = (await database()).transaction(["studies", "rows", "files"], "readwrite");
  await Promise.all([
    writing.objectStore("studies").delete(id),
    writing.objectStore("rows").delete(rowsOf(id)),
    writing.objectStore("files").delete(rowsOf(id)),
    writing.done,
  ]);
}
