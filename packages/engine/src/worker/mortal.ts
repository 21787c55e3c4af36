// A worker that may die: calls into it reject when it does, whatever killed it. What is then to be done is its owner's business.

import * as comlink from "comlink";
import { ended, newName } from "./life.ts";

/** A worker that died under a call. */
export class WorkerLost extends Error {
  override readonly name = "WorkerLost";
}

export interface Mortal<Calls> {
  readonly remote: comlink.Remote<Calls>;
  /** Never resolves; rejects when the worker is lost. */
  readonly lost: Promise<never>;
  readonly stop: (reason: string) => void;
  /** Aborted when it is lost, or stopped. */
  readonly signal: AbortSignal;
  /** Call it once the worker has answered something after it had its lock: from then on its end is noticed, however it ends. */
  readonly watch: () => void;
}

/**
 * @param what its name in sentences, one word
 * @param make starts it; its lock is to have the name
 * @param onDeath called once, with the reason
 */
export function mortal<Calls>(
  what: string,
  make: (name: string) => Worker,
  onDeath: (reason: string) => void,
): Mortal<Calls> {
  const name = newName(what);
  const worker = make(name);
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
    reject(new WorkerLost(`${what}: ${reason}, expected it to answer`));
    onDeath(reason);
  };
  worker.addEventListener("error", (event) => stop(event.message || "it could not be loaded"));
  worker.addEventListener("messageerror", () => stop("it sent what could not be read"));
  let watched = false;
  return {
    remote: comlink.wrap<Calls>(worker),
    lost,
    stop,
    signal: watching.signal,
    watch() {
      if (watched) return;
      watched = true;
      ended(name, watching.signal).then(
        () => stop("it was ended"),
        () => {}, // watching stopped first
      );
    },
  };
}
