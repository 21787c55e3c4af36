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
const PING_MS = 5_000;

// A worker that answers but makes no progress for so many pings, though calls are pending, has lost what it was doing:
// its script was stopped in mid-call (as developer tools can), and no error says so.
const QUIET_PINGS = 3;

/** What the calls of one worker are up to. */
interface Activity {
  pending: number;
  /** Calls begun or settled, and callbacks received. */
  signs: number;
}

interface Running {
  readonly worker: Worker;
  readonly remote: comlink.Remote<Engine>;
  /** Never resolves; rejects when the worker is lost. */
  readonly lost: Promise<never>;
  readonly stop: (reason: string) => void;
  readonly activity: Activity;
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
      return async (...args: unknown[]) => {
        const { remote, lost, activity } = running;
        const call = Reflect.get(remote, key) as (...args: unknown[]) => Promise<unknown>;
        const heard = (callback: (...values: unknown[]) => void) =>
          comlink.proxy((...values: unknown[]) => {
            activity.signs++;
            callback(...values);
          });
        const proxied = args.map((arg) => (typeof arg === "function" ? heard(arg as () => void) : arg));
        activity.pending++;
        activity.signs++;
        try {
          return await Promise.race([call(...proxied), lost]);
        } finally {
          activity.pending--;
          activity.signs++;
        }
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
  const activity: Activity = { pending: 0, signs: 0 };
  void watch(remote, name, activity, watching.signal, stop);
  return { worker, remote, lost, stop, activity };
}

async function watch(
  remote: comlink.Remote<Engine>,
  name: string,
  activity: Activity,
  signal: AbortSignal,
  stop: (reason: string) => void,
): Promise<void> {
  let quiet = 0;
  let seen = "";
  for (let first = true; !signal.aborted; first = false) {
    const pong = await Promise.race([remote.ping(), later(SILENCE_MS)]);
    if (!pong) return stop(`it was silent for ${SILENCE_MS / 1000} s`);
    if (first) {
      ended(name, signal).then(
        () => stop("it was ended"),
        () => {}, // watching stopped first
      );
    }
    const signs = `${activity.signs} ${pong.steps}`;
    quiet = activity.pending > 0 && signs === seen ? quiet + 1 : 0;
    if (quiet >= QUIET_PINGS) return stop("it lost its work");
    seen = signs;
    await later(PING_MS);
  }
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
