// Writing files whole or not at all: in a temporary folder beside their place, then renamed.

import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { access, constants, type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Usage } from "./usage.ts";

/** Rethrows what the file system says of a path as a sentence. */
function refused(path: string): (error: NodeJS.ErrnoException) => never {
  return ({ code, message }) => {
    const reason = code === "ENOENT" ? "its folder is not there" : code === "EISDIR" ? "a folder" : code;
    throw new Usage(`${path}: ${reason ?? message}, expected a place that can be written`);
  };
}

/** Throws unless a file can be written at a path: known before the work that would go into it. */
export async function checkPlace(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) refused(path)(Object.assign(new Error(), { code: "EISDIR" }));
  await access(dirname(path), constants.W_OK).catch(refused(path));
}

export interface Written {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Writes files side by side, hashing them on the way; `check` may refuse the temporary ones before they get their names.
 * An error, a refusal, an abort or the end of the process leaves nothing behind.
 * @param paths in one folder; the last gets its name last
 * @param chunks what comes next, and of which of the paths
 * @param check is given where the files are meanwhile, under their own names
 */
export async function writeFiles(
  paths: readonly string[],
  chunks: AsyncIterable<{ readonly at: number; readonly bytes: Uint8Array }>,
  signal: AbortSignal,
  check: (temporary: readonly string[]) => Promise<void> = async () => {},
): Promise<readonly Written[]> {
  const folder = `${paths.at(-1)}.${process.pid}.part`;
  const temporary = paths.map((path) => join(folder, basename(path)));
  const removeNow = () => rmSync(folder, { recursive: true, force: true });
  // A second Ctrl-C ends the process wherever it is.
  process.once("exit", removeNow);
  const named: string[] = [];
  try {
    await mkdir(folder).catch(refused(folder));
    const written = await writeChunks(paths, temporary, chunks, signal);
    await check(temporary);
    signal.throwIfAborted();
    for (const [i, path] of paths.entries()) {
      await rename(temporary[i] as string, path).catch(refused(path));
      named.push(path);
    }
    return written;
  } catch (error) {
    for (const path of named) await rm(path, { force: true });
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
    process.off("exit", removeNow);
  }
}

async function writeChunks(
  paths: readonly string[],
  temporary: readonly string[],
  chunks: AsyncIterable<{ readonly at: number; readonly bytes: Uint8Array }>,
  signal: AbortSignal,
): Promise<Written[]> {
  const files: { handle: FileHandle; hash: ReturnType<typeof createHash>; bytes: number }[] = [];
  try {
    for (const [i, path] of temporary.entries()) {
      const handle = await open(path, "wx").catch(refused(paths[i] as string));
      files.push({ handle, hash: createHash("sha256"), bytes: 0 });
    }
    for await (const { at, bytes } of chunks) {
      signal.throwIfAborted();
      const file = files[at];
      if (!file) throw new Error(`file ${at}: none of ${files.length}, expected one of them`);
      file.hash.update(bytes);
      await file.handle.writeFile(bytes).catch(refused(paths[at] as string));
      file.bytes += bytes.byteLength;
    }
    return files.map(({ hash, bytes }, i) => ({
      path: paths[i] as string,
      bytes,
      sha256: hash.digest("hex"),
    }));
  } finally {
    for (const { handle } of files) await handle.close();
  }
}

/** Writes one file whole or not at all. */
export async function writeWhole(path: string, content: Uint8Array, signal: AbortSignal): Promise<Written> {
  async function* only() {
    yield { at: 0, bytes: content };
  }
  const [written] = await writeFiles([path], only(), signal);
  return written as Written;
}
