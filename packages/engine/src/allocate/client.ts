// The page's side of the solver: starts its worker when first asked, hands out its calls.

import * as comlink from "comlink";
import type { SolverCalls } from "./calls.ts";

export interface SolverClient {
  readonly solver: SolverCalls;
  dispose(): void;
}

export function connectSolver(): SolverClient {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "solver" });
  const remote = comlink.wrap<SolverCalls>(worker);
  const solver: SolverCalls = {
    set: (setting) => remote.set(setting),
    draft: (budgets) => remote.draft(budgets),
    answer: (budgets, size) => remote.answer(budgets, comlink.proxy(size)),
    propose: (budgets, measured, size) => remote.propose(budgets, measured, comlink.proxy(size)),
    expect: (recipe) => remote.expect(recipe),
  };
  return { solver, dispose: () => worker.terminate() };
}
