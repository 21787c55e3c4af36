// Branch and bound for programs of few groups: proves the optimum, or stops at a number of nodes with what it has. At the
// prices of the Lagrangian dual every choice has a reduced loss; only choices whose reduced losses sum to less than the
// gap can be better (Kellerer et al. 2004, §11.4). Integer programs with many groups go to a solver: solver.ts.

import { type Relaxed, relax } from "./lagrangian.ts";
import { fits, groupCount, type Picks, type Program, toleranceOf, totalsOf } from "./program.ts";

export interface Proven {
  readonly best: Picks | undefined;
  /** Equals the best loss where `complete`. */
  readonly bound: number;
  /** Every choice was tried or excluded. */
  readonly complete: boolean;
  readonly nodes: number;
}

/** @param most nodes of the search (default two million, about a tenth of a second) */
export function branchAndBound(
  program: Program,
  relaxed: Relaxed = relax(program),
  most = 2_000_000,
): Proven {
  if (relaxed.bound === Number.POSITIVE_INFINITY)
    return { best: undefined, bound: relaxed.bound, complete: true, nodes: 0 };
  const { budgets, costs } = program;
  const levels = levelsOf(program, relaxed.multipliers);
  const after = reachable(program, levels);
  const base = relaxed.bound;
  let best = relaxed.best;
  let nodes = 0;
  const taken = new Float64Array(budgets.length);
  const chosen = new Int32Array(levels.length);
  const visit = (level: number, reduced: number): void => {
    const here = levels[level];
    if (!here) {
      const picks = new Int32Array(levels.length);
      for (const [k, { group }] of levels.entries()) picks[group] = chosen[k] as number;
      const found = totalsOf(program, picks);
      if (fits(program, found) && (!best || found.loss < best.loss)) best = found;
      return;
    }
    for (const [k, choice] of here.choices.entries()) {
      const next = reduced + (here.reduced[k] as number);
      // Choices come by rising reduced loss: the rest of them is excluded too.
      if (best && base + next >= best.loss - 1e-13 * Math.abs(best.loss)) return;
      if (nodes++ >= most) return;
      let open = true;
      for (let r = 0; r < budgets.length; r++) {
        const cost = (costs[r] as Float64Array)[choice] as number;
        taken[r] = (taken[r] as number) + cost;
        const least = (taken[r] as number) + ((after[r] as Float64Array)[level + 1] as number);
        if (least > (budgets[r] as number) + toleranceOf(budgets[r] as number)) open = false;
      }
      chosen[level] = choice;
      if (open) visit(level + 1, next);
      for (let r = 0; r < budgets.length; r++)
        taken[r] = (taken[r] as number) - ((costs[r] as Float64Array)[choice] as number);
    }
  };
  visit(0, 0);
  const complete = nodes < most;
  const bound = complete ? (best?.loss ?? Number.POSITIVE_INFINITY) : relaxed.bound;
  return { best, bound, complete, nodes };
}

interface Level {
  readonly group: number;
  /** By rising reduced loss. */
  readonly choices: readonly number[];
  readonly reduced: readonly number[];
}

/** Groups whose second choice costs most first: their branches close soonest. */
function levelsOf(program: Program, multipliers: Float64Array): Level[] {
  const { starts, loss, costs } = program;
  const priced = (i: number) =>
    costs.reduce((sum, cost, r) => sum + (multipliers[r] as number) * (cost[i] as number), loss[i] as number);
  const levels = Array.from({ length: groupCount(program) }, (_, group): Level => {
    const from = starts[group] as number;
    const own = Array.from({ length: (starts[group + 1] as number) - from }, (_, k) => from + k);
    const values = own.map((i) => ({ i, value: priced(i) })).sort((a, b) => a.value - b.value);
    const least = (values[0] as { value: number }).value;
    return { group, choices: values.map(({ i }) => i), reduced: values.map(({ value }) => value - least) };
  });
  const second = ({ reduced }: Level) => reduced[1] ?? Number.POSITIVE_INFINITY;
  return levels.sort((a, b) => second(b) - second(a));
}

/** For each resource, the least that the levels from k on can take. */
function reachable(program: Program, levels: readonly Level[]): Float64Array[] {
  return program.costs.map((cost) => {
    const after = new Float64Array(levels.length + 1);
    for (let k = levels.length - 1; k >= 0; k--) {
      const own = (levels[k] as Level).choices.map((i) => cost[i] as number);
      after[k] = (after[k + 1] as number) + own.reduce((a, b) => Math.min(a, b));
    }
    return after;
  });
}
