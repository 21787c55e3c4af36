// Turn: lets a long job give way. Between two steps a job waits its turn: messages to the worker are read, a cancel
// is heard, and background work stands aside while an interactive job runs.

export class Turns {
  /** Steps taken so far: a sign of life that grows while any job is at work. */
  steps = 0;
  #interactive = 0;
  #waiting: (() => void)[] = [];

  /** Runs an interactive job; background jobs wait between their steps until it is done. */
  async interactive<T>(job: () => Promise<T>): Promise<T> {
    this.#interactive++;
    try {
      return await job();
    } finally {
      this.#interactive--;
      if (this.#interactive === 0) for (const resume of this.#waiting.splice(0)) resume();
    }
  }

  /** Between two steps of a background job. Throws the signal's reason where it was cancelled. */
  async background(signal: AbortSignal): Promise<void> {
    await this.step(signal);
    while (this.#interactive > 0 && !signal.aborted) {
      await Promise.race([
        new Promise<void>((resume) => {
          this.#waiting.push(resume);
        }),
        aborted(signal),
      ]);
    }
    signal.throwIfAborted();
  }

  /** Between two steps of any job: gives the event loop a turn, so that messages arrive. */
  async step(signal: AbortSignal): Promise<void> {
    this.steps++;
    await macrotask();
    signal.throwIfAborted();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** After the messages that wait now; timers would add 4 ms each when nested. */
function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** The name of errors that mean "cancelled", in every runtime. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error ? error.name === "AbortError" : false;
}
