// Files of kept studies: in the origin's private file system (OPFS) as studies/ID/SHELF/NAME; in the
// database where the browser has no such file system, or none that can be written from a page.

import { database } from "./database.ts";
import type { DataShelf } from "./kept.ts";

export type Shelf = "model" | DataShelf;

interface Cabinet {
  put(id: string, shelf: Shelf, file: File): Promise<void>;
  /** Rejects where it is missing. */
  get(id: string, shelf: Shelf, name: string): Promise<Blob>;
  /** Nothing there is fine. */
  drop(id: string, shelf?: Shelf): Promise<void>;
}

// Names of dropped files may hold what file systems refuse.
const stored = (name: string) => encodeURIComponent(name);

async function folder(id: string, shelf: Shelf, create: boolean): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  const studies = await root.getDirectoryHandle("studies", { create });
  const study = await studies.getDirectoryHandle(id, { create });
  return study.getDirectoryHandle(shelf, { create });
}

const fileSystem: Cabinet = {
  async put(id, shelf, file) {
    const into = await folder(id, shelf, true);
    const handle = await into.getFileHandle(stored(file.name), { create: true });
    const writable = await handle.createWritable();
    // Closes when all is written, and drops what was where it fails.
    await file.stream().pipeTo(writable);
  },
  async get(id, shelf, name) {
    const from = await folder(id, shelf, false);
    return (await from.getFileHandle(stored(name))).getFile();
  },
  async drop(id, shelf) {
    try {
      const root = await navigator.storage.getDirectory();
      const studies = await root.getDirectoryHandle("studies");
      if (!shelf) return await studies.removeEntry(id, { recursive: true });
      const study = await studies.getDirectoryHandle(id);
      await study.removeEntry(shelf, { recursive: true });
    } catch (error) {
      if ((error as Error).name !== "NotFoundError") throw error;
    }
  },
};

const tables: Cabinet = {
  async put(id, shelf, file) {
    await (await database()).put("files", file, [id, shelf, file.name]);
  },
  async get(id, shelf, name) {
    const found = await (await database()).get("files", [id, shelf, name]);
    if (!found) throw new Error(`${name}: not in the browser's storage, expected it there`);
    return found;
  },
  async drop(id, shelf) {
    const range = shelf ? [id, shelf] : [id];
    await (await database()).delete("files", IDBKeyRange.bound(range, [...range, []]));
  },
};

/** Full is full wherever; anything else that a file system says means that it cannot be used here. */
const isFull = (error: unknown) => (error as Error).name === "QuotaExceededError";

/** Copies files in, streaming; those of an earlier call are replaced. Rejects where storage is full or refused. */
export async function keepFiles(id: string, shelf: Shelf, files: readonly File[]): Promise<void> {
  await dropFiles(id, shelf);
  for (const file of files) {
    await fileSystem.put(id, shelf, file).catch(async (error: unknown) => {
      if (isFull(error)) throw error;
      await tables.put(id, shelf, file);
    });
  }
}

/** The files under their own names. Rejects where one is missing. */
export function keptFiles(id: string, shelf: Shelf, names: readonly string[]): Promise<File[]> {
  return Promise.all(
    names.map(async (name) => {
      const found = await fileSystem.get(id, shelf, name).catch(() => tables.get(id, shelf, name));
      return new File([found], name, { type: found.type });
    }),
  );
}

/** Removes the files of a study, or of one shelf of it. Nothing there is fine. */
export async function dropFiles(id: string, shelf?: Shelf): Promise<void> {
  // Without a file system there is nothing in it.
  await fileSystem.drop(id, shelf).catch(() => {});
  await tables.drop(id, shelf);
}
