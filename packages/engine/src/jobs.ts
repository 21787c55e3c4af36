// Jobs: long calls that can be cancelled by name. A later job of a name replaces the earlier one.

import { isAbort } from "./turn.ts";

export class Jobs {
  readonly #running = new Map<string, AbortController>();

  /** Runs a job. Rejects as the job does: with an AbortError where it was cancelled. */
  async run<T>(name: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.cancel(name);
    const controller = new AbortController();
    this.#running.set(name, controller);
    try {
      return await work(controller.signal);
    } finally {
      if (this.#running.get(name) === controller) this.#running.delete(name);
    }
  }

  /** Runs a job that answers a cancel with a word instead of an error. */
  async cancellable<T>(name: string, work: (signal: AbortSignal) => Promise<T>): Promise<T | "cancelled"> {
    try {
      return await this.run(name, work);
    } catch (error) {
      if (isAbort(error)) return "cancelled";
      throw error;
    }
  }

  cancel(name: string): void {
    this.#running.get(name)?.abort();
  }

  /** Ends every job but one. */
  cancelOthers(kept?: string): void {
    for (const [name, controller] of this.#running) if (name !== kept) controller.abort();
  }
}
