// Writing a file whole or not at all: to a temporary name beside it, then renamed.

import { createHash } from "node:crypto";
import { open, rename, unlink } from "node:fs/promises";
import { Usage } from "./usage.ts";

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
    const file = await open(temporary, "wx").catch((error: NodeJS.ErrnoException) => {
      throw new Usage(`${path}: ${error.code ?? error.message}, expected a place that can be written`);
    });
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
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
  return { bytes, sha256: hash.digest("hex") };
}
