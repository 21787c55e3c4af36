// Latest wins: one run at a time, and of what is asked meanwhile only the last.

export interface Latest<T> {
  ask(input: T): void;
  /** Forgets what waits; the present run is told by its signal. */
  stop(): void;
}

/** `run` is told by its signal that something newer waits; it should end soon then. It must not reject. */
export function latest<T>(run: (input: T, signal: AbortSignal) => Promise<void>, delay = 0): Latest<T> {
  let waiting: { input: T } | null = null;
  let controller: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function next(): Promise<void> {
    timer = undefined;
    if (controller || !waiting) return;
    const { input } = waiting;
    waiting = null;
    controller = new AbortController();
    try {
      await run(input, controller.signal);
    } finally {
      controller = null;
      if (waiting && timer === undefined) void next();
    }
  }

  return {
    ask(input) {
      waiting = { input };
      controller?.abort();
      clearTimeout(timer);
      timer = setTimeout(next, delay);
    },
    stop() {
      waiting = null;
      clearTimeout(timer);
      timer = undefined;
      controller?.abort();
    },
  };
}
