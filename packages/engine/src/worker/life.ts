// How the page learns that a worker died, whatever killed it: a Web Lock that the worker holds while it lives.
// A worker ended from the developer tools sends no event, but its locks are released.

/** Of the workers that hold files of their own. */
const PREFIX = "bitscape-engine-";

/** A name for a new worker of a kind ("engine"); its lock has the same. */
export function newName(kind: string): string {
  return `bitscape-${kind}-${crypto.randomUUID()}`;
}

/** What a worker can be told beside the engine's own calls. */
export interface Preparing {
  /** A model is about to come: load the engine, and start the runtime. */
  prepare(): Promise<void>;
}

/** The lock of a worker by its name; undefined in the helper threads of ONNX Runtime, which load the same file. */
export function lockOf(name: string): string | undefined {
  return /^bitscape-\w+-/.test(name) ? name : undefined;
}

/**
 * A worker's own folder in the browser's private file system, for files too large for memory; undefined where there is no
 * such file system. Folders of workers that have ended are removed.
 */
export async function ownFolder(name: string): Promise<FileSystemDirectoryHandle | undefined> {
  try {
    const root = await navigator.storage.getDirectory();
    const held = new Set((await navigator.locks.query()).held?.map((lock) => lock.name));
    const entries = (root as unknown as { keys(): AsyncIterable<string> }).keys();
    for await (const entry of entries) {
      if (!entry.startsWith(PREFIX) || entry === name || held.has(entry)) continue;
      await root.removeEntry(entry, { recursive: true }).catch(() => {});
    }
    return await root.getDirectoryHandle(name, { create: true });
  } catch {
    return undefined; // private browsing, or no such file system
  }
}

/** Resolves when the worker that holds the lock has ended. Call it only once the worker has answered. */
export async function ended(name: string, signal: AbortSignal): Promise<void> {
  await navigator.locks.request(name, { signal }, () => {});
}
