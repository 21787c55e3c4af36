// Least loss under several budgets: which way to solve a program, how far from the optimum the answer may be, and by how
// much budgets that cannot be kept are off. The ways themselves are lagrangian.ts, branch.ts and solver.ts.

import { branchAndBound } from "./branch.ts";
import { relax } from "./lagrangian.ts";
import { groupCount, leastSum, type Picks, type Program, toleranceOf } from "./program.ts";
import { type IntegerSolver, solveExactly } from "./solver.ts";

export interface Answer extends Picks {
  /** No choice within the budgets loses less than this. */
  readonly bound: number;
  /** (loss − bound) ÷ |loss|: the answer is at most this far from the optimum. 0 where it is proven. */
  readonly gap: number;
  readonly by: "relaxation" | "branch and bound" | "integer program";
}

/** A budget that cannot be kept. */
export interface Shortfall {
  readonly resource: number;
  readonly budget: number;
  /** The least of the resource that can be had (or less than which cannot) while the other budgets (if `given` them) are kept. */
  readonly least: number;
  readonly given: boolean;
}

export type Outcome =
  | { readonly kind: "answer"; readonly answer: Answer }
  | {
      readonly kind: "infeasible";
      readonly shortfalls: readonly Shortfall[];
      /** False where nothing was found, but not everything was tried. */
      readonly proven: boolean;
    };

/** Nodes of branch and bound that a frame of a drag has time for, by how many groups there are. */
function nodesFor(groups: number): number {
  if (groups < 25) return 100_000;
  return groups <= 200 ? 5_000 : 0;
}

/** Solves at once: proven for few groups, otherwise within the gap that the answer states. Fit for a slider. */
export function solve(program: Program): Outcome {
  const short = shortfalls(program);
  if (short.length > 0) return { kind: "infeasible", shortfalls: short, proven: true };
  const relaxed = relax(program);
  const nodes = nodesFor(groupCount(program));
  if (relaxed.best && (relaxed.best.loss <= relaxed.bound || nodes === 0))
    return { kind: "answer", answer: answerOf(relaxed.best, relaxed.bound, "relaxation") };
  const proven = branchAndBound(program, relaxed, nodes);
  if (proven.best) {
    const by = proven.complete ? "branch and bound" : "relaxation";
    return { kind: "answer", answer: answerOf(proven.best, proven.bound, by) };
  }
  return { kind: "infeasible", shortfalls: jointShortfalls(program), proven: proven.complete };
}

/** Solves with an integer-programming solver, checked against the own bound. */
export async function solveProven(program: Program, solver: IntegerSolver): Promise<Outcome> {
  const short = shortfalls(program);
  if (short.length > 0) return { kind: "infeasible", shortfalls: short, proven: true };
  const relaxed = relax(program);
  const found = await solveExactly(program, relaxed, solver);
  if (found.best) return { kind: "answer", answer: answerOf(found.best, found.bound, "integer program") };
  const proven = found.bound === Number.POSITIVE_INFINITY;
  return { kind: "infeasible", shortfalls: jointShortfalls(program), proven };
}

function answerOf(best: Picks, bound: number, by: Answer["by"]): Answer {
  const short = Math.max(0, best.loss - bound);
  return {
    ...best,
    bound: Math.min(bound, best.loss),
    gap: short === 0 ? 0 : short / Math.abs(best.loss),
    by,
  };
}

/** Budgets that cannot be kept even by themselves. */
function shortfalls(program: Program): Shortfall[] {
  return program.budgets.flatMap((budget, resource) => {
    const least = leastSum(program, program.costs[resource] as Float64Array);
    return least > budget + toleranceOf(budget) ? [{ resource, budget, least, given: false }] : [];
  });
}

/** Budgets that cannot be kept together: for each, the least of it that the others leave. */
function jointShortfalls(program: Program): Shortfall[] {
  return program.budgets.flatMap((budget, resource) => {
    const others = program.budgets.map((each, r) => (r === resource ? Number.MAX_VALUE : each));
    const swapped: Program = { ...program, loss: program.costs[resource] as Float64Array, budgets: others };
    const relaxed = relax(swapped);
    const { best, complete } = branchAndBound(swapped, relaxed);
    // What was not tried may be less: then the bound is all that is certain.
    const least = complete && best ? best.loss : relaxed.bound;
    return Number.isFinite(least) && least > budget + toleranceOf(budget)
      ? [{ resource, budget, least, given: true }]
      : [];
  });
}
