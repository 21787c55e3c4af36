// Pairwise interactions: local search from the linear optimum on Σ S_i + Σ M_ij, moving one group or two at a time. The
// cross terms are those of the Gauss–Newton model, ½E[(Σ a_i)²] = Σ ½E[a_i²] + Σ_{i<j} E[a_i a_j]. Proves nothing.

import { groupCount, type Picks, type Program, toleranceOf, totalsOf } from "./program.ts";

/** E[a_i a_j] of two choices of different groups; added once for each unordered pair that is picked. */
export type Interaction = (i: number, j: number) => number;

export interface Searched extends Picks {
  /** Σ S_i + Σ_{i<j} M_ij; `loss` is the linear part alone. */
  readonly joint: number;
  readonly moves: number;
}

/** The quadratic objective of some picks. */
export function jointLoss({ loss }: Program, picks: Int32Array, interaction: Interaction): number {
  let sum = 0;
  for (let g = 0; g < picks.length; g++) {
    sum += loss[picks[g] as number] as number;
    for (let h = 0; h < g; h++) sum += interaction(picks[g] as number, picks[h] as number);
  }
  return sum;
}

/**
 * Improves picks that keep the budgets until no move of one group, or of two together, does.
 * @param most moves (default 200)
 */
export function localSearch(program: Program, from: Picks, interaction: Interaction, most = 200): Searched {
  const { starts, loss, costs, budgets } = program;
  const count = groupCount(program);
  const picks = from.picks.slice();
  const taken = from.costs.slice();
  const choices = loss.length;
  const groupOf = new Int32Array(choices);
  for (let g = 0; g < count; g++) groupOf.fill(g, starts[g], starts[g + 1]);
  // What each choice would lose, given the picks of all other groups.
  const field = loss.slice();
  for (let i = 0; i < choices; i++) {
    for (let h = 0; h < count; h++)
      if (h !== groupOf[i]) field[i] = (field[i] as number) + interaction(i, picks[h] as number);
  }
  const gainOf = (i: number) =>
    (field[picks[groupOf[i] as number] as number] as number) - (field[i] as number);
  const delta = (r: number, i: number) => {
    const cost = costs[r] as Float64Array;
    return (cost[i] as number) - (cost[picks[groupOf[i] as number] as number] as number);
  };
  const keeps = (i: number, j: number | undefined) =>
    budgets.every((budget, r) => {
      const next = (taken[r] as number) + delta(r, i) + (j === undefined ? 0 : delta(r, j));
      return next <= budget + toleranceOf(budget);
    });
  const apply = (i: number) => {
    const g = groupOf[i] as number;
    const old = picks[g] as number;
    for (let r = 0; r < budgets.length; r++) taken[r] = (taken[r] as number) + delta(r, i);
    picks[g] = i;
    for (let k = 0; k < choices; k++) {
      if (groupOf[k] !== g) field[k] = (field[k] as number) + interaction(k, i) - interaction(k, old);
    }
  };
  let moves = 0;
  for (; moves < most; moves++) {
    const floor = 1e-12 * Math.max(1e-300, Math.abs(from.loss));
    let [best, partner, bestGain] = [-1, -1, floor];
    for (let i = 0; i < choices; i++) {
      const gain = gainOf(i);
      if (gain > bestGain && keeps(i, undefined)) [best, partner, bestGain] = [i, -1, gain];
    }
    if (best < 0) {
      for (let i = 0; i < choices; i++) {
        const a = groupOf[i] as number;
        const oldA = picks[a] as number;
        if (i === oldA) continue;
        for (let j = starts[a + 1] as number; j < choices; j++) {
          const oldB = picks[groupOf[j] as number] as number;
          if (j === oldB) continue;
          const both =
            interaction(i, j) - interaction(i, oldB) - interaction(oldA, j) + interaction(oldA, oldB);
          const gain = gainOf(i) + gainOf(j) - both;
          if (gain > bestGain && keeps(i, j)) [best, partner, bestGain] = [i, j, gain];
        }
      }
    }
    if (best < 0) break;
    apply(best);
    if (partner >= 0) apply(partner);
  }
  return { ...totalsOf(program, picks), joint: jointLoss(program, picks, interaction), moves };
}
