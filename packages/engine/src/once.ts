// Once: what several wait for, computed once a key and kept. Not whose turn it is (turn.ts), nor jobs with names (jobs.ts).

import { isAbort } from "./turn.ts";

export class Once<T> {
  readonly #known = new Map<string, Promise<T>>();

  /** Where whoever began it is cancelled, the next that waits computes it; what failed is computed anew for the next that asks. */
  async get(key: string, compute: () => Promise<T>): Promise<T> {
    for (;;) {
      const known = this.#known.get(key);
      const computing = known ?? compute();
      this.#known.set(key, computing);
      try {
        return await computing;
      } catch (error) {
        if (this.#known.get(key) === computing) this.#known.delete(key);
        if (!known || !isAbort(error)) throw error;
      }
    }
  }

  delete(key: string): void {
    this.#known.delete(key);
  }

  /** Keys, the first computed first. */
  keys(): string[] {
    return [...this.#known.keys()];
  }

  /** All that is or is being computed. */
  values(): Promise<T>[] {
    return [...this.#known.values()];
  }
}
