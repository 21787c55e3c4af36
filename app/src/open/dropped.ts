// Sorts what was dropped or chosen into a model with its external data, and data to run it on. Reads names only.

export interface Dropped {
  /** The .onnx file first, then its external data. */
  readonly model: readonly File[];
  readonly data: readonly File[];
}

const dataExtensions = new Set(["npz", "npy", "csv", "tsv", "jsonl", "ndjson", "zip"]);
const imageExtensions = new Set("png jpg jpeg jpe jfif webp gif bmp avif tif tiff".split(" "));
/** What is told from what nobody knows, as there is a way to bring it. */
const soundExtensions = new Set(["wav", "mp3", "flac", "ogg", "m4a", "aac", "opus"]);

const extension = (name: string) => /\.([^./]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
const baseName = (name: string) => name.slice(name.lastIndexOf("/") + 1);
const isClutter = (name: string) =>
  name.split("/").some((part) => /^(\..*|__MACOSX|Thumbs\.db|desktop\.ini)$/i.test(part));

export function isData(name: string): boolean {
  const ending = extension(name);
  return dataExtensions.has(ending) || imageExtensions.has(ending) || baseName(name) === "labels.txt";
}

/**
 * Which files are what. Beside a model, whatever is not data is its external data.
 * @throws a sentence where there is nothing to open, or more than one model
 */
export function sortDropped(files: readonly File[]): Dropped {
  const real = files.filter((file) => !isClutter(file.name));
  const models = real.filter((file) => extension(file.name) === "onnx");
  if (models.length > 1) {
    throw new Error(
      `${models.map(({ name }) => name).join(", ")}: ${models.length} models, expected one at a time`,
    );
  }
  const data = real.filter((file) => isData(file.name));
  const others = real.filter((file) => !isData(file.name) && extension(file.name) !== "onnx");
  if (models.length === 0 && data.length === 0) {
    const found = real[0]?.name ?? "the drop";
    if (soundExtensions.has(extension(found))) {
      throw new Error(
        `${found}: sound, expected what the network takes of it as an array: an .npz with samples first, named after the input, and labels`,
      );
    }
    throw new Error(
      `${found}: neither a model nor data, expected .onnx, or .npz, .npy, .csv, .jsonl, a zip or folder of images`,
    );
  }
  // External data are found by their last name, and a model is called by it.
  const model = models.length ? [...models, ...others].map((file) => named(file, baseName(file.name))) : [];
  return { model, data };
}

/**
 * All files of a drop, folders walked; a file's name is its path below what was dropped.
 * @throws a sentence where there are folders and nothing in them
 */
export async function filesOfDrop(transfer: DataTransfer): Promise<File[]> {
  // Entries must be taken before the first await: the list is emptied when the event is over.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return [...transfer.files];
  const files = (await Promise.all(entries.map(walk))).flat();
  if (files.length === 0) {
    throw new Error(
      `${entries[0]?.name}: an empty folder, expected a model or data: .onnx, or files of data`,
    );
  }
  return files;
}

/** Files chosen by an input, named by their path where a folder was chosen. */
export const filesOfInput = (list: FileList | null) =>
  [...(list ?? [])].map((file) => named(file, file.webkitRelativePath || file.name));

async function walk(entry: FileSystemEntry): Promise<File[]> {
  const path = entry.fullPath.replace(/^\//, "");
  if (isClutter(path)) return [];
  if (entry.isFile) {
    const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
    return [named(file, path)];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    // A reader gives a hundred at a time, and nothing at the end.
    const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (some.length === 0) break;
    children.push(...some);
  }
  return (await Promise.all(children.map(walk))).flat();
}

// The path must survive the way into the worker, where webkitRelativePath may not: so it becomes the name.
const named = (file: File, path: string) =>
  path === file.name ? file : new File([file], path, { type: file.type, lastModified: file.lastModified });
