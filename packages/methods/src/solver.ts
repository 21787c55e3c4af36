// A program as a 0/1 integer program for a solver that is passed in (in practice HiGHS), which is not believed: its answer
// is checked against the budgets and the own bound. Solves nothing itself.

import { fill, repair } from "./greedy.ts";
import type { Relaxed } from "./lagrangian.ts";
import { fits, groupCount, type Picks, type Program, totalsOf } from "./program.ts";

/** Minimise objective · x over x in {0, 1}ⁿ with lower ≤ A x ≤ upper; A by rows, only what is not zero. */
export interface IntegerProgram {
  readonly objective: Float64Array;
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

export interface SolverOptions {
  /** Stops when the answer is proven this near, relative (0: proven). */
  readonly gap: number;
  /** Seconds after which the best answer so far is taken. */
  readonly seconds: number;
}

export interface SolverAnswer {
  readonly status: "optimal" | "infeasible" | "stopped";
  /** One for each variable; undefined where none was found. */
  readonly values: Float64Array | undefined;
  /** No x has a smaller objective. */
  readonly bound: number;
}

export type IntegerSolver = (program: IntegerProgram, options: SolverOptions) => Promise<SolverAnswer>;

// Solvers stop at absolute tolerances near 1e-6: losses of 1e-5 nats would look like nothing.
const LOSS_WIDTH = 1e4;
const COST_WIDTH = 1e3;

/** x_i is 1 where choice i is picked. Losses and costs are counted from each group's least, in units that suit a solver. */
export function integerProgram(
  program: Program,
): IntegerProgram & { readonly toLoss: (objective: number) => number } {
  const { loss, costs, budgets } = program;
  const [groups, choices, resources] = [groupCount(program), loss.length, budgets.length];
  const objective = scaled(loss, program, LOSS_WIDTH);
  const entries = choices * (resources + 1);
  const starts = new Int32Array(resources + groups + 1);
  const indices = new Int32Array(entries);
  const values = new Float64Array(entries);
  const lower = new Float64Array(resources + groups).fill(1);
  const upper = new Float64Array(resources + groups).fill(1);
  for (const [r, cost] of costs.entries()) {
    const own = scaled(cost, program, COST_WIDTH);
    values.set(own.values, r * choices);
    for (let i = 0; i < choices; i++) indices[r * choices + i] = i;
    starts[r + 1] = (r + 1) * choices;
    lower[r] = Number.NEGATIVE_INFINITY;
    upper[r] = Math.min(((budgets[r] as number) - own.base) * own.factor, 1e15);
  }
  for (let i = 0; i < choices; i++) indices[resources * choices + i] = i;
  values.fill(1, resources * choices);
  for (let g = 0; g < groups; g++)
    starts[resources + g + 1] = resources * choices + (program.starts[g + 1] as number);
  const toLoss = (value: number) => value / objective.factor + objective.base;
  return { objective: objective.values, starts, indices, values, lower, upper, toLoss };
}

/** Values less the least of their group, so scaled that groups can differ by `width` in all. */
function scaled(
  values: Float64Array,
  { starts }: Program,
  width: number,
): { values: Float64Array; base: number; factor: number } {
  const shifted = values.slice();
  let [base, sum] = [0, 0];
  for (let g = 0; g + 1 < starts.length; g++) {
    const own = shifted.subarray(starts[g], starts[g + 1]);
    const least = own.reduce((a, b) => Math.min(a, b));
    for (let k = 0; k < own.length; k++) own[k] = (own[k] as number) - least;
    base += least;
    sum += own.reduce((a, b) => Math.max(a, b));
  }
  const factor = sum > 0 ? width / sum : 1;
  return { values: shifted.map((value) => value * factor), base, factor };
}

// What float64 sums and the solver's own tolerance leave, relative.
const SLACK = 1e-7;

/**
 * The optimum of a program, or the nearest that the solver reached in its time.
 * @returns no best, and an infinite bound, where no choice keeps the budgets
 * @throws one sentence where the solver contradicts what is known
 */
export async function solveExactly(
  program: Program,
  relaxed: Relaxed,
  solver: IntegerSolver,
  options: SolverOptions = { gap: 0, seconds: 10 },
): Promise<{ best: Picks | undefined; bound: number }> {
  const asked = integerProgram(program);
  const { status, values, bound: objective } = await solver(asked, options);
  if (status === "infeasible") {
    if (relaxed.best)
      throw new Error("solver: no answer, expected one: choices within the budgets are known");
    return { best: undefined, bound: Number.POSITIVE_INFINITY };
  }
  const found = values && picked(program, values);
  // A solver keeps budgets to a tolerance; a byte above is above.
  const kept =
    found && !fits(program, found)
      ? repair(
          program,
          found.picks,
          program.budgets.map(() => 1),
        )
      : found;
  const candidates = [kept && fill(program, kept), relaxed.best].filter((each) => each !== undefined);
  if (candidates.length === 0) {
    if (status === "optimal")
      throw new Error("solver: choices that exceed the budgets, expected some within");
    return { best: undefined, bound: relaxed.bound };
  }
  const best = candidates.reduce((a, b) => (b.loss < a.loss ? b : a));
  const size = Math.max(Math.abs(best.loss), Math.abs(relaxed.bound));
  if (best.loss < relaxed.bound - SLACK * size)
    throw new Error(`solver: loss ${best.loss}, expected at least the bound ${relaxed.bound}`);
  const theirs = Number.isFinite(objective) ? asked.toLoss(objective) : Number.NEGATIVE_INFINITY;
  const bound = Math.max(relaxed.bound, theirs);
  const proven = status === "optimal" && bound >= best.loss - SLACK * size;
  return { best, bound: proven ? best.loss : Math.min(bound, best.loss) };
}

function picked(program: Program, values: Float64Array): Picks | undefined {
  const { starts } = program;
  const picks = new Int32Array(groupCount(program));
  for (let g = 0; g < picks.length; g++) {
    let best = -1;
    for (let i = starts[g] as number; i < (starts[g + 1] as number); i++)
      if ((values[i] as number) > 0.5) best = i;
    if (best < 0) return undefined;
    picks[g] = best;
  }
  return totalsOf(program, picks);
}
