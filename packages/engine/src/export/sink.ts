// Where the worker writes an exported file that is not to be held in memory: a file that the person chose, or one of the
// worker's own in the browser's private file system, which the page then hands to the downloads; a Blob where there is
// neither. Whole or not at all.

import { ownFolder } from "../worker/life.ts";

export interface Sink {
  write(bytes: Uint8Array): Promise<void>;
  /** Makes the file whole. Gives it where it is the worker's own; null where it is the person's. */
  close(): Promise<Blob | null>;
  /** Leaves nothing behind. */
  abort(): Promise<void>;
}

/** A file that the person chose. What was written takes its place when it is closed. */
export async function chosenSink(handle: FileSystemFileHandle): Promise<Sink> {
  const { size } = await handle.getFile();
  const writable = await handle.createWritable();
  return {
    write: (bytes) => writable.write(bytes as Uint8Array<ArrayBuffer>).catch(full(handle.name)),
    close: async () => {
      await writable.close().catch(full(handle.name));
      return null;
    },
    abort: async () => {
      await writable.abort().catch(() => {});
      // The browser made an empty file when it was chosen; what was there before stays.
      const removable = handle as FileSystemFileHandle & { remove?: () => Promise<void> };
      if (size === 0) await removable.remove?.().catch(() => {});
    },
  };
}

/** A file of the worker's own, on disk where the browser has a private file system. */
export async function ownSink(name: string, worker: string): Promise<Sink> {
  const folder = await ownFolder(worker);
  return folder ? privateSink(folder, name) : blobSink();
}

async function privateSink(folder: FileSystemDirectoryHandle, name: string): Promise<Sink> {
  const handle = await folder.getFileHandle(name, { create: true });
  const file = await handle.createSyncAccessHandle();
  file.truncate(0);
  let at = 0;
  return {
    write: async (bytes) => {
      try {
        at += file.write(bytes as Uint8Array<ArrayBuffer>, { at });
      } catch (error) {
        full(name)(error as Error);
      }
    },
    close: async () => {
      file.flush();
      file.close();
      return handle.getFile();
    },
    abort: async () => {
      file.close(); // again does nothing
      await folder.removeEntry(name).catch(() => {});
    },
  };
}

function blobSink(): Sink {
  const parts: Blob[] = [];
  return {
    // Blobs may be kept on disk; arrays are not.
    write: async (bytes) => {
      parts.push(new Blob([bytes as Uint8Array<ArrayBuffer>]));
    },
    close: async () => new Blob(parts, { type: "application/octet-stream" }),
    abort: async () => {
      parts.length = 0;
    },
  };
}

/** Says what is wrong where there is no room. */
function full(name: string): (error: Error) => never {
  return (error) => {
    if (error.name !== "QuotaExceededError") throw error;
    throw new Error(`${name}: no room left where it is written, expected more free space`);
  };
}
