// The exact Pareto front of a program in one resource: every (cost, loss) that no other choice dominates, by dynamic
// programming over lists without dominated states (Nemhauser & Ullmann 1969). For few groups: the list may double with
// each. The convex part of it, for any size, is hull.ts.

import { groupCount, type Program } from "./program.ts";

export interface ParetoPoint {
  readonly cost: number;
  readonly loss: number;
  readonly picks: Int32Array;
}

/** @returns by rising cost and falling loss; undefined where a list grows beyond `most` states */
export function exactFront(program: Program, resource = 0, most = 200_000): ParetoPoint[] | undefined {
  const { starts, loss } = program;
  const cost = program.costs[resource] as Float64Array;
  // A state is its cost, its loss, the state it came from and the choice that was added.
  let states: State[] = [{ cost: 0, loss: 0, from: undefined, choice: -1 }];
  for (let g = 0; g < groupCount(program); g++) {
    const next: State[] = [];
    for (let i = starts[g] as number; i < (starts[g + 1] as number); i++) {
      for (const from of states)
        next.push({
          cost: from.cost + (cost[i] as number),
          loss: from.loss + (loss[i] as number),
          from,
          choice: i,
        });
    }
    states = undominated(next);
    if (states.length > most) return undefined;
  }
  return states.map((state) => ({
    cost: state.cost,
    loss: state.loss,
    picks: picksOf(state, groupCount(program)),
  }));
}

interface State {
  readonly cost: number;
  readonly loss: number;
  readonly from: State | undefined;
  readonly choice: number;
}

function picksOf(last: State, count: number): Int32Array {
  const picks = new Int32Array(count);
  let state: State | undefined = last;
  for (let g = count - 1; g >= 0 && state; g--, state = state.from) picks[g] = state.choice;
  return picks;
}

/** By rising cost, those that lose less than every cheaper one. Sums that differ by rounding alone are one point. */
export function undominated<T extends { readonly cost: number; readonly loss: number }>(
  points: readonly T[],
): T[] {
  const kept: T[] = [];
  for (const point of points.toSorted((a, b) => a.cost - b.cost || a.loss - b.loss)) {
    const last = kept.at(-1);
    if (!last || point.loss < last.loss - 1e-12 * Math.abs(last.loss)) kept.push(point);
  }
  return kept;
}
