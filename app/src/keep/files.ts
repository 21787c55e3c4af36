// Files of kept studies in the origin's private file system (OPFS): studies/ID/model/NAME, studies/ID/data/NAME.

export type Shelf = "model" | "data";

async function folder(id: string, shelf: Shelf, create: boolean): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  const studies = await root.getDirectoryHandle("studies", { create });
  const study = await studies.getDirectoryHandle(id, { create });
  return study.getDirectoryHandle(shelf, { create });
}

// Names of dropped files may hold what file systems refuse.
const stored = (name: string) => encodeURIComponent(name);

/** Copies files in, streaming; those of an earlier call are replaced. Rejects where storage is full or refused. */
export async function keepFiles(id: string, shelf: Shelf, files: readonly File[]): Promise<void> {
  await dropFiles(id, shelf);
  const into = await folder(id, shelf, true);
  for (const file of files) {
    const writable = await (await into.getFileHandle(stored(file.name), { create: true })).createWritable();
    // Closes when all is written, and drops what was where it fails.
    await file.stream().pipeTo(writable);
  }
}

/** The files under their own names. Rejects where one is missing. */
export async function keptFiles(id: string, shelf: Shelf, names: readonly string[]): Promise<File[]> {
  if (names.length === 0) return [];
  const from = await folder(id, shelf, false);
  return Promise.all(
    names.map(async (name) => {
      const file = await (await from.getFileHandle(stored(name))).getFile();
      return new File([file], name, { type: file.type, lastModified: file.lastModified });
    }),
  );
}

/** Removes the files of a study, or of one shelf of it. Nothing there is fine. */
export async function dropFiles(id: string, shelf?: Shelf): Promise<void> {
  try {
    const root = await navigator.storage.getDirectory();
    const studies = await root.getDirectoryHandle("studies");
    if (!shelf) return await studies.removeEntry(id, { recursive: true });
    const study = await studies.getDirectoryHandle(id);
    await study.removeEntry(shelf, { recursive: true });
  } catch (error) {
    if ((error as Error).name !== "NotFoundError") throw error;
  }
}
