// Program: one choice a group, least loss under several budgets at once (the multiple-choice knapsack in several
// dimensions; H. Kellerer, U. Pferschy, D. Pisinger, "Knapsack Problems", 2004, ch. 11). Data and arithmetic; solves
// nothing, and knows neither layers nor bits.

/** Choices of all groups lie one after another; everything is in the caller's units. */
export interface Program {
  /** Choice `starts[g]` is the first of group g; its length is one more than there are groups. */
  readonly starts: Int32Array;
  /** What each choice loses; any sign. */
  readonly loss: Float64Array;
  /** What each choice takes of each resource; any sign (a negative one makes a budget a floor). */
  readonly costs: readonly Float64Array[];
  /** The most of each resource that may be taken in all. */
  readonly budgets: readonly number[];
}

/** A choice of a group, before groups are laid one after another. */
export interface Alternative {
  readonly loss: number;
  /** One for each budget. */
  readonly costs: readonly number[];
}

/** One choice for each group, as indices into the program's arrays, and what they sum to. */
export interface Picks {
  readonly picks: Int32Array;
  readonly loss: number;
  readonly costs: readonly number[];
}

/** @throws one sentence for a group without choices, a number that is not finite, or costs that do not match the budgets */
export function programOf(groups: readonly (readonly Alternative[])[], budgets: readonly number[]): Program {
  const starts = new Int32Array(groups.length + 1);
  for (const [g, group] of groups.entries()) {
    if (group.length === 0) throw new Error(`group ${g}: no choices, expected at least one`);
    starts[g + 1] = (starts[g] as number) + group.length;
  }
  for (const [r, budget] of budgets.entries())
    if (Number.isNaN(budget)) throw new Error(`budget ${r}: NaN, expected a number`);
  const all = groups.flat();
  for (const [i, { loss, costs }] of all.entries()) {
    if (costs.length !== budgets.length)
      throw new Error(`choice ${i}: ${costs.length} costs, expected ${budgets.length}, one for each budget`);
    if (![loss, ...costs].every(Number.isFinite))
      throw new Error(`choice ${i}: loss ${loss} and costs ${costs.join(", ")}, expected finite numbers`);
  }
  return {
    starts,
    loss: Float64Array.from(all, (each) => each.loss),
    costs: budgets.map((_, r) => Float64Array.from(all, (each) => each.costs[r] as number)),
    budgets,
  };
}

export function groupCount(program: Program): number {
  return program.starts.length - 1;
}

/** Sums what the picked choices lose and take. */
export function totalsOf(program: Program, picks: Int32Array): Picks {
  const sum = (values: Float64Array) => picks.reduce((total, at) => total + (values[at] as number), 0);
  return { picks, loss: sum(program.loss), costs: program.costs.map(sum) };
}

// Sums of the same numbers in another order differ in the last bits: that must not make a budget fail.
const ROUNDING = 1e-12;

/** How far above a budget a sum may lie and still be within it. */
export function toleranceOf(budget: number): number {
  return ROUNDING * Math.max(1, Math.abs(budget));
}

export function fits(program: Program, { costs }: Pick<Picks, "costs">): boolean {
  return costs.every(
    (cost, r) => cost <= (program.budgets[r] as number) + toleranceOf(program.budgets[r] as number),
  );
}

/** Index of the choice of a group with the least value; the first of equals. */
export function leastOf({ starts }: Program, g: number, values: ArrayLike<number>): number {
  let best = starts[g] as number;
  for (let i = best + 1; i < (starts[g + 1] as number); i++) {
    if ((values[i] as number) < (values[best] as number)) best = i;
  }
  return best;
}

/** The least that every group together can take of a resource. */
export function leastSum(program: Program, values: ArrayLike<number>): number {
  let sum = 0;
  for (let g = 0; g < groupCount(program); g++) sum += values[leastOf(program, g, values)] as number;
  return sum;
}
