// Greedy moves from choices that are nearly right: back under the budgets, then into what is left of them. A heuristic
// for the primal side of lagrangian.ts; proves nothing.

import { groupCount, type Picks, type Program, toleranceOf, totalsOf } from "./program.ts";

/** Moves single groups, cheapest loss for each part of the excess first, until every budget is kept; undefined where none is left to move. */
export function repair(program: Program, from: Int32Array, scales: readonly number[]): Picks | undefined {
  const { loss, costs, budgets } = program;
  const picks = from.slice();
  const taken = totalsOf(program, picks).costs.slice();
  const excess = (r: number, cost: number) =>
    Math.max(0, cost - (budgets[r] as number) - toleranceOf(budgets[r] as number)) / (scales[r] as number);
  const excessOf = (at: (r: number) => number) => budgets.reduce((sum, _, r) => sum + excess(r, at(r)), 0);
  for (let over = excessOf((r) => taken[r] as number); over > 0; ) {
    let best = -1;
    let bestGroup = -1;
    let bestRate = Number.POSITIVE_INFINITY;
    forMoves(program, picks, (g, i, now) => {
      let left = 0;
      for (let r = 0; r < budgets.length; r++) {
        const cost = costs[r] as Float64Array;
        left += excess(r, (taken[r] as number) + (cost[i] as number) - (cost[now] as number));
      }
      if (left >= over) return;
      const gained = (loss[i] as number) - (loss[now] as number);
      // A move that also loses less is always right, the more the better.
      const rate = gained <= 0 ? gained * (over - left) : gained / (over - left);
      if (rate < bestRate) [best, bestGroup, bestRate] = [i, g, rate];
    });
    if (best < 0) return undefined;
    move(program, picks, taken, bestGroup, best);
    over = excessOf((r) => taken[r] as number);
  }
  return totalsOf(program, picks);
}

/** Moves single groups within the budgets, the largest saving first, until none saves anything. */
export function fill(program: Program, from: Picks): Picks {
  const { loss, costs, budgets } = program;
  const picks = from.picks.slice();
  const taken = from.costs.slice();
  const limits = budgets.map((budget) => budget + toleranceOf(budget));
  for (;;) {
    let best = -1;
    let bestGroup = -1;
    let bestGain = 0;
    forMoves(program, picks, (g, i, now) => {
      const gain = (loss[now] as number) - (loss[i] as number);
      if (gain <= bestGain) return;
      for (let r = 0; r < limits.length; r++) {
        const cost = costs[r] as Float64Array;
        if ((taken[r] as number) + (cost[i] as number) - (cost[now] as number) > (limits[r] as number))
          return;
      }
      [best, bestGroup, bestGain] = [i, g, gain];
    });
    if (best < 0) return totalsOf(program, picks);
    move(program, picks, taken, bestGroup, best);
  }
}

function forMoves(
  program: Program,
  picks: Int32Array,
  visit: (group: number, to: number, from: number) => void,
): void {
  const { starts } = program;
  for (let g = 0; g < groupCount(program); g++) {
    const now = picks[g] as number;
    for (let i = starts[g] as number; i < (starts[g + 1] as number); i++) if (i !== now) visit(g, i, now);
  }
}

function move({ costs }: Program, picks: Int32Array, taken: number[], g: number, to: number): void {
  const from = picks[g] as number;
  for (const [r, cost] of costs.entries())
    taken[r] = (taken[r] as number) + (cost[to] as number) - (cost[from] as number);
  picks[g] = to;
}
