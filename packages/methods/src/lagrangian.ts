// The Lagrangian dual of a program: a price on each resource splits it into groups, each solved by itself, and bounds
// the loss from below. One budget: exact, by the hull's sweep. Several: subgradient steps (Held, Wolfe & Crowder 1974,
// eq. 9). The choices that come with it are made feasible greedily.

import { fill, repair } from "./greedy.ts";
import { convexFront, picksAfter, placeOf } from "./hull.ts";
import { fits, groupCount, leastOf, type Picks, type Program } from "./program.ts";

export interface Relaxed {
  /** The best feasible choices seen; undefined where none was. */
  readonly best: Picks | undefined;
  /** No choice within the budgets loses less. Infinite where the prices prove that there is none. */
  readonly bound: number;
  /** The price of each resource at the bound: loss for a unit of it. */
  readonly multipliers: Float64Array;
}

export interface RelaxOptions {
  /** Steps of the dual where one budget alone does not decide (default 250, fewer for large programs). */
  readonly steps?: number;
}

// Nearer than this, relative, an answer is as good as a frame of a drag needs.
const NEAR = 0.01;

/** As many steps as a frame of a drag has time for. */
function stepsFor({ loss, costs }: Program): number {
  return Math.max(40, Math.min(250, Math.floor(1e6 / (loss.length * costs.length))));
}

/** Bounds a program from both sides. Never throws; says nothing about how far an infeasible budget is off. */
export function relax(program: Program, { steps = stepsFor(program) }: RelaxOptions = {}): Relaxed {
  const { budgets } = program;
  const multipliers = new Float64Array(budgets.length);
  const free = withPrices(program, multipliers);
  if (fits(program, free.at)) return { best: free.at, bound: free.at.loss, multipliers };
  let start: Relaxed = { best: undefined, bound: free.value, multipliers };
  let decisive = false;
  for (let r = 0; r < budgets.length; r++) {
    if ((free.at.costs[r] as number) <= (budgets[r] as number)) continue;
    const alone = oneBudget(program, r);
    const best = better(start.best, alone.best);
    if (alone.bound <= start.bound) {
      start = { ...start, best };
      continue;
    }
    start = { ...alone, best };
    // Where its own choices keep the others too, this budget decides: its relaxation is the relaxation of all.
    decisive = alone.best !== undefined;
  }
  if (start.bound === Number.POSITIVE_INFINITY) return start;
  if (decisive && (start.best as Picks).loss - start.bound <= NEAR * Math.abs(start.bound)) return start;
  return budgets.length === 1 ? start : ascend(program, start, steps);
}

/** The relaxation that asks for one budget only; its choices are kept where they happen to fit all. */
function oneBudget(program: Program, resource: number): Relaxed {
  const front = convexFront(program, resource);
  const place = placeOf(front, program.budgets[resource] as number);
  const multipliers = new Float64Array(program.budgets.length);
  if (!place) return { best: undefined, bound: Number.POSITIVE_INFINITY, multipliers };
  multipliers[resource] = place.multiplier;
  const below = picksAfter(front, place.count);
  const best = fits(program, below) ? fill(program, below) : undefined;
  return { best, bound: place.bound, multipliers };
}

/** Every group's best choice at given prices, and the value of the dual there. */
function withPrices(program: Program, multipliers: Float64Array): { at: Picks; value: number } {
  const { starts, loss, costs, budgets } = program;
  const priced = loss.slice();
  for (const [r, cost] of costs.entries()) {
    const price = multipliers[r] as number;
    if (price === 0) continue;
    for (let i = 0; i < priced.length; i++) priced[i] = (priced[i] as number) + price * (cost[i] as number);
  }
  const count = groupCount(program);
  const picks = new Int32Array(count);
  const taken = new Array<number>(costs.length).fill(0);
  let [total, value] = [0, 0];
  for (let g = 0; g < count; g++) {
    const at =
      starts[g + 1] === (starts[g] as number) + 1 ? (starts[g] as number) : leastOf(program, g, priced);
    picks[g] = at;
    total += loss[at] as number;
    value += priced[at] as number;
    for (let r = 0; r < costs.length; r++)
      taken[r] = (taken[r] as number) + ((costs[r] as Float64Array)[at] as number);
  }
  for (const [r, budget] of budgets.entries()) value -= (multipliers[r] as number) * budget;
  return { at: { picks, loss: total, costs: taken }, value };
}

// A step that did not raise the bound for so many tries is halved.
const PATIENCE = 8;
// The way from prices to feasible choices costs more than a step: it is tried once in so many.
const EVERY = 40;

function ascend(program: Program, start: Relaxed, steps: number): Relaxed {
  const { budgets } = program;
  const scales = scalesOf(program);
  let { best, bound } = start;
  let top = start.multipliers;
  const multipliers = start.multipliers.slice();
  let theta = 1;
  let since = 0;
  for (let step = 0; step < steps; step++) {
    const { at, value } = withPrices(program, multipliers);
    if (value > bound) {
      [bound, top, since] = [value, multipliers.slice(), 0];
    } else if (++since >= PATIENCE) {
      theta /= 2;
      since = 0;
      multipliers.set(top);
    }
    if (step % EVERY === 0) {
      const found = fits(program, at) ? at : repair(program, at.picks, scales);
      if (found) best = better(best, fill(program, found));
    }
    const slopes = budgets.map((budget, r) => ((at.costs[r] as number) - budget) / (scales[r] as number));
    const squares = slopes.reduce(
      (sum, slope, r) => sum + (pressing(slope, multipliers[r]) ? slope * slope : 0),
      0,
    );
    if (squares === 0) break;
    // Where nothing feasible is known, the distance to the optimum is taken as a part of the loss.
    const target = best ? best.loss : bound + Math.max(1e-3 * Math.abs(bound), 1e-12);
    const length = (theta * Math.max(target - value, 1e-9 * Math.abs(target))) / squares;
    for (const [r, slope] of slopes.entries()) {
      const next = (multipliers[r] as number) + (length * slope) / (scales[r] as number);
      multipliers[r] = Math.max(0, next);
    }
    if (theta < 1e-6) break;
  }
  // The way back from the best prices, last: they are where the optimum's neighbourhood is.
  const last = repair(program, withPrices(program, top).at.picks, scales);
  if (last) best = better(best, fill(program, last));
  return { best, bound, multipliers: top };
}

function pressing(slope: number, price: number | undefined): boolean {
  return slope > 0 || (price as number) > 0;
}

/** What of each resource the groups can differ by: units in which excesses can be compared. */
function scalesOf(program: Program): number[] {
  const { starts, costs } = program;
  return costs.map((cost) => {
    let width = 0;
    for (let g = 0; g < groupCount(program); g++) {
      const own = cost.subarray(starts[g] as number, starts[g + 1] as number);
      width += own.reduce((a, b) => Math.max(a, b)) - own.reduce((a, b) => Math.min(a, b));
    }
    return width > 0 ? width : 1;
  });
}

function better(a: Picks | undefined, b: Picks | undefined): Picks | undefined {
  if (!a || !b) return a ?? b;
  return b.loss < a.loss ? b : a;
}
