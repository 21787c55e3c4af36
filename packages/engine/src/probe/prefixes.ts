// Prefixes: what the float network computes before a cut, kept for batches of samples under a memory limit.

import type { Tensor } from "@bitscape/tensor";
import type { Feeds } from "../runtime/runtime.ts";
import type { Cut } from "./stages.ts";

// Together with the weights this must leave a browser tab room.
const LIMIT = 256 * 2 ** 20;

export class Prefixes {
  readonly #kept = new Map<string, { readonly values: Feeds; readonly bytes: number }>();
  #bytes = 0;

  /**
   * The cuts that can be kept for so many samples, all of them together: a cache that is a little too small would
   * always have thrown away what is asked for next.
   */
  affordable(cuts: readonly Cut[], samples: number): Cut[] {
    let bytes = 0;
    return cuts.filter((cut) => {
      const needed = cut.bytes * samples;
      if (bytes + needed > LIMIT) return false;
      bytes += needed;
      return true;
    });
  }

  /** The values at a cut for a batch, computed by `run` where they are not kept. */
  async at(cut: Cut, indices: readonly number[], run: () => Promise<Feeds>): Promise<Feeds> {
    // By the values, not the position: another form of the probe has other nodes before the same place.
    const key = `${cut.tensors.map(({ name }) => name).join()}:${indices.join()}`;
    const known = this.#kept.get(key);
    if (known) {
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known.values;
    }
    const values = await run();
    const bytes = Object.values(values).reduce((sum, { data }: Tensor) => sum + data.byteLength, 0);
    this.#kept.set(key, { values, bytes });
    this.#bytes += bytes;
    for (const [oldest, { bytes: freed }] of this.#kept) {
      if (this.#bytes <= LIMIT || oldest === key) break;
      this.#kept.delete(oldest);
      this.#bytes -= freed;
    }
    return values;
  }
}
