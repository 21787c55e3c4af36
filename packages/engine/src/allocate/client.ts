// The page's side of the solver: starts its worker, hands out its calls, and starts another where it died. A fresh one holds no
// table: whoever is told sets it again.

import * as comlink from "comlink";
import { type Mortal, mortal } from "../worker/mortal.ts";
import type { Allocation, Draft } from "./allocate.ts";
import type { Refused, SolverCalls } from "./calls.ts";

export interface SolverClient {
  /** Each call rejects with an Error named "WorkerLost" when the worker dies meanwhile. */
  readonly solver: SolverCalls;
  /** Called each time the worker is found dead; the next call starts a fresh one. */
  onLost(listener: (reason: string) => void): () => void;
  dispose(): void;
}

export function connectSolver(
  make = (name: string) => new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name }),
): SolverClient {
  const listeners = new Set<(reason: string) => void>();
  let disposed = false;
  let running: Mortal<SolverCalls> | undefined;
  const onDeath = (reason: string) => {
    running = undefined;
    if (!disposed) for (const listener of listeners) listener(reason);
  };
  const asking = <T>(ask: (remote: comlink.Remote<SolverCalls>) => Promise<T>): Promise<T> => {
    running ??= mortal<SolverCalls>("solver", make, onDeath);
    const { remote, lost } = running;
    return Promise.race([ask(remote), lost]);
  };
  const solver: SolverCalls = {
    set: async (setting) => {
      const fronts = await asking((remote) => remote.set(setting));
      running?.watch();
      return fronts;
    },
    draft: (budgets) => asking<Draft | Refused>((remote) => remote.draft(budgets)),
    answer: (budgets, size) =>
      asking<Allocation | Refused>((remote) => remote.answer(budgets, comlink.proxy(size))),
    expect: (recipe) => asking((remote) => remote.expect(recipe)),
  };
  return {
    solver,
    onLost(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose() {
      disposed = true;
      running?.stop("it was closed");
    },
  };
}
