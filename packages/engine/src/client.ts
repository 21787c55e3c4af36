// The page's side of the engine: starts the worker, hands out its calls, notices its death, starts another.
// The page never sees a Worker or comlink.

import * as comlink from "comlink";
import { ended, newName } from "./life.ts";
import type { Engine } from "./protocol.ts";

export interface EngineClient {
  /** Calls into the worker. Each rejects with an Error named "WorkerLost" when the worker dies meanwhile. */
  readonly engine: Engine;
  /** Called each time a worker is found dead; a fresh, empty one has been started by then. */
  onLost(listener: (reason: string) => void): () => void;
  dispose(): void;
}

/** An engine that died under a call. */
export class WorkerLost extends Error {
  override readonly name = "WorkerLost";
}

// A worker that does not answer for this long, even between the steps of a job, is taken for dead: one step may be
// the loading of a big model.
const SILENCE_MS = 120_000;
const PING_MS = 10_000;

interface Running {
  readonly worker: Worker;
  readonly remote: comlink.Remote<Engine>;
  /** Never resolves; rejects when the worker is lost. */
  readonly lost: Promise<never>;
  readonly stop: (reason: string) => void;
}

/** Starts the engine's worker. */
export function connectEngine(): EngineClient {
  const listeners = new Set<(reason: string) => void>();
  let disposed = false;
  let running = start(onDeath);

  function onDeath(reason: string): void {
    if (disposed) return;
    running = start(onDeath);
    for (const listener of listeners) listener(reason);
  }

  const engine = new Proxy({} as Engine, {
    get(_, key) {
      return (...args: unknown[]) => {
        const { remote, lost } = running;
        const call = Reflect.get(remote, key) as (...args: unknown[]) => Promise<unknown>;
        const proxied = args.map((arg) =>
          typeof arg === "function" ? comlink.proxy(arg as () => void) : arg,
        );
        return Promise.race([call(...proxied), lost]);
      };
    },
  });
  return {
    engine,
    onLost(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose() {
      disposed = true;
      running.stop("it was closed");
    },
  };
}

function start(onDeath: (reason: string) => void): Running {
  const name = newName();
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name });
  const remote = comlink.wrap<Engine>(worker);
  const watching = new AbortController();
  let reject: (error: WorkerLost) => void = () => {};
  const lost = new Promise<never>((_, refuse) => {
    reject = refuse;
  });
  lost.catch(() => {}); // calls see it; without calls nobody has to
  const stop = (reason: string) => {
    if (watching.signal.aborted) return;
    watching.abort();
    worker.terminate();
    reject(new WorkerLost(`engine: ${reason}, expected it to answer`));
    onDeath(reason);
  };
  worker.addEventListener("error", (event) => stop(event.message || "it could not be loaded"));
  worker.addEventListener("messageerror", () => stop("it sent what could not be read"));
  void watch(remote, name, watching.signal, stop);
  return { worker, remote, lost, stop };
}

async function watch(
  remote: comlink.Remote<Engine>,
  name: string,
  signal: AbortSignal,
  stop: (reason: string) => void,
): Promise<void> {
  for (let first = true; !signal.aborted; first = false) {
    const answered = await Promise.race([
      remote.ping().then(() => true),
      later(SILENCE_MS).then(() => false),
    ]);
    if (!answered) return stop(`it was silent for ${SILENCE_MS / 1000} s`);
    if (first) {
      ended(name, signal).then(
        () => stop("it was ended"),
        () => {}, // watching stopped first
      );
    }
    await later(PING_MS);
  }
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
