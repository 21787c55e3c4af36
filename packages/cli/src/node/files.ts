// Files of a path as the engine's sources: one file, or a folder walked to its leaves.

import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";

/** The engine's FileSource, over a path. */
interface PathSource {
  readonly name: string;
  readonly size: number;
  bytes(): Promise<Uint8Array>;
}

/**
 * A file, or every file below a folder, sorted, named by the path within it with "/"; names that begin with a dot
 * are passed over. Contents are read when asked.
 * @param subject what errors call the path, e.g. "--data"
 * @throws a sentence where there is nothing at the path, or it cannot be read
 */
export async function openPath(path: string, subject = "data"): Promise<PathSource[]> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === "ENOENT" ? "nothing there" : error.message;
    throw new Error(`${subject}: ${path} (${reason}), expected a file or a folder`);
  });
  if (!found.isDirectory()) return [fileSource(path, basename(path), found.size)];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(path, "/").length).replaceAll("\\", "/"))
    .filter((name) => !name.split("/").some((part) => part.startsWith(".")))
    .sort();
  const sources = await Promise.all(
    names.map(async (name) => {
      const file = await stat(join(path, name)).catch(() => undefined);
      return file?.isFile() ? fileSource(join(path, name), name, file.size) : undefined;
    }),
  );
  return sources.filter((source) => source !== undefined);
}

function fileSource(path: string, name: string, size: number): PathSource {
  return {
    name,
    size,
    bytes: async () => {
      const bytes = await readFile(path).catch((error: Error) => {
        throw new Error(`${path}: could not be read (${error.message}), expected a readable file`);
      });
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
  };
}
