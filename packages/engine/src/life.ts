// How the page learns that a worker died, whatever killed it: a Web Lock that the worker holds while it lives.
// A worker ended from the developer tools sends no event, but its locks are released.

const PREFIX = "bitscape-engine-";

/** A name for a new worker; its lock has the same. */
export function newName(): string {
  return PREFIX + crypto.randomUUID();
}

/** The lock of a worker by its name; undefined in the helper threads of ONNX Runtime, which load the same file. */
export function lockOf(name: string): string | undefined {
  return name.startsWith(PREFIX) ? name : undefined;
}

/** Resolves when the worker that holds the lock has ended. Call it only once the worker has answered. */
export async function ended(name: string, signal: AbortSignal): Promise<void> {
  await navigator.locks.request(name, { signal }, () => {});
}
