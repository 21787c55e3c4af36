// Writing a file whole or not at all: to a temporary name beside it, then renamed.

import { createHash } from "node:crypto";
import { access, constants, open, rename, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
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

/**
 * Writes chunks to a path, hashing them on the way; `check` may refuse the temporary file before it gets its name.
 * An error, a refusal or an abort leaves nothing behind.
 */
export async function writeWhole(
  path: string,
  chunks: Iterable<Uint8Array>,
  signal: AbortSignal,
  check: (temporary: string) => Promise<void> = async () => {},
): Promise<{ bytes: number; sha256: string }> {
  const temporary = `${path}.${process.pid}.part`;
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    const file = await open(temporary, "wx").catch(refused(path));
    try {
      for (const chunk of chunks) {
        signal.throwIfAborted();
        hash.update(chunk);
        await file.writeFile(chunk);
        bytes += chunk.byteLength;
      }
    } finally {
      await file.close();
    }
    await check(temporary);
    signal.throwIfAborted();
    await rename(temporary, path).catch(refused(path));
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
  return { bytes, sha256: hash.digest("hex") };
}
