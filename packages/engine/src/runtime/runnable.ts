// Whether a network can be run where we are, and what is said where it cannot: its weights may be larger than WebAssembly's
// memory. It can be quantized all the same, which needs no session.

import type { Network } from "../network/network.ts";
import { constantBytes } from "../network/open.ts";

/**
 * Weights that a page still runs: WebAssembly's memory ends at 4 GB, and a session holds weights up to three times while
 * it loads (the file, what is parsed of it, what is laid out for its kernels). 671 MB of them took the page 4.1 GB.
 */
export const RUNNABLE_BYTES = 3 * 2 ** 28;

const gigabytes = (bytes: number) => `${(bytes / 1e9).toPrecision(3)} GB`;
const comfort = "weights can be quantized and written all the same";

/** A sentence where a network's weights are too large to be run. */
export function tooLarge(network: Network, limit: number): string | undefined {
  const bytes = constantBytes(network.model);
  if (bytes <= limit) return undefined;
  return `${network.name}: ${gigabytes(bytes)} of weights, expected at most ${gigabytes(limit)} to be run here; ${comfort}`;
}

// What V8, WebAssembly and ONNX Runtime say where memory ends.
const outOfMemory =
  /bad_alloc|out of memory|memory allocation|allocation failed|failed to allocate|memory access out of bounds|Aborted\(/i;

/** A sentence where an error means that a session did not fit into memory. */
export function tooLargeAfterAll(network: Network, error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : String(error);
  if (!outOfMemory.test(message)) return undefined;
  const bytes = gigabytes(constantBytes(network.model));
  return `${network.name}: ${bytes} of weights did not fit into this page's memory (${message}), expected a smaller network to be run here; ${comfort}`;
}
