// The page's side of the engine: starts the worker, hands out its calls, notices its death, starts another.
// The page never sees a Worker or comlink.

import * as comlink from "comlink";
import type { Engine } from "../protocol.ts";
import type { Preparing } from "./life.ts";
import { type Mortal, mortal } from "./mortal.ts";

export interface EngineClient {
  /** Calls into the worker. Each rejects with an Error named "WorkerLost" when the worker dies meanwhile. */
  readonly engine: Engine;
  /** A model is about to come: loads what the first call would wait for. */
  prepare(): void;
  /** Called each time a worker is found dead; a fresh, empty one has been started by then. */
  onLost(listener: (reason: string) => void): () => void;
  dispose(): void;
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

interface Running extends Mortal<Engine & Preparing> {
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
    prepare() {
      running.remote.prepare().catch(() => {}); // the first call says what is wrong
    },
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
  const own = mortal<Engine & Preparing>(
    "engine",
    (name) => new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name }),
    onDeath,
  );
  const activity: Activity = { pending: 0, signs: 0 };
  void watch(own, activity);
  return { ...own, activity };
}

async function watch(own: Mortal<Engine & Preparing>, activity: Activity): Promise<void> {
  const { remote, signal, stop } = own;
  let quiet = 0;
  let seen = "";
  for (let first = true; !signal.aborted; first = false) {
    const pong = await Promise.race([remote.ping(), later(SILENCE_MS)]);
    if (!pong) return stop(`it was silent for ${SILENCE_MS / 1000} s`);
    if (first) own.watch();
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
