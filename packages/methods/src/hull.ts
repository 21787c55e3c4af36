// The convex front of a program in one resource: every group's lower convex hull, merged by slope. One sorted sweep
// gives the optimum of the linear relaxation at every budget (Sinha & Zoltners 1979; Kellerer et al. 2004, §11.2).
// Not the exact front, which is not convex: see pareto.ts.

import { groupCount, type Picks, type Program, toleranceOf, totalsOf } from "./program.ts";

/** A step of the sweep: one group moves to the next choice of its hull. */
export interface ConvexFront {
  readonly program: Program;
  readonly resource: number;
  /** The cheapest choice of each group (of those, the one that loses least). */
  readonly first: Int32Array;
  /** The choice that each step moves to, steepest step first. */
  readonly steps: Int32Array;
  /** The group of each step. */
  readonly groups: Int32Array;
  /** Totals before the first step and after each: one longer than `steps`. Costs rise, losses fall, slopes flatten. */
  readonly cost: Float64Array;
  readonly loss: Float64Array;
}

/** Group by group, the choices on the lower convex hull of (cost, loss), cheapest first. */
export function hullOf({ starts, loss, costs }: Program, g: number, resource: number): number[] {
  const cost = costs[resource] as Float64Array;
  const at = (i: number) => [cost[i] as number, loss[i] as number] as const;
  const order: number[] = [];
  for (let i = starts[g] as number; i < (starts[g + 1] as number); i++) order.push(i);
  order.sort((a, b) => at(a)[0] - at(b)[0] || at(a)[1] - at(b)[1]);
  const hull: number[] = [];
  for (const i of order) {
    const [x, y] = at(i);
    const last = hull.at(-1);
    if (last !== undefined && y >= at(last)[1]) continue;
    while (hull.length > 1) {
      const [x0, y0] = at(hull.at(-2) as number);
      const [x1, y1] = at(hull.at(-1) as number);
      // The last one lies on or above the line from the one before it to the new one.
      if ((y1 - y0) * (x - x0) < (y - y0) * (x1 - x0)) break;
      hull.pop();
    }
    hull.push(i);
  }
  return hull;
}

export function convexFront(program: Program, resource = 0): ConvexFront {
  const { loss } = program;
  const cost = program.costs[resource] as Float64Array;
  const count = groupCount(program);
  const first = new Int32Array(count);
  const steps: { to: number; group: number; dCost: number; dLoss: number }[] = [];
  for (let g = 0; g < count; g++) {
    const hull = hullOf(program, g, resource);
    first[g] = hull[0] as number;
    for (let k = 1; k < hull.length; k++) {
      const [from, to] = [hull[k - 1] as number, hull[k] as number];
      const dCost = (cost[to] as number) - (cost[from] as number);
      steps.push({ to, group: g, dCost, dLoss: (loss[to] as number) - (loss[from] as number) });
    }
  }
  // A stable sort keeps the steps of one group in their order where slopes are equal.
  steps.sort((a, b) => a.dLoss * b.dCost - b.dLoss * a.dCost);
  const start = totalsOf(program, first);
  const costAt = new Float64Array(steps.length + 1);
  const lossAt = new Float64Array(steps.length + 1);
  costAt[0] = start.costs[resource] as number;
  lossAt[0] = start.loss;
  for (const [k, step] of steps.entries()) {
    costAt[k + 1] = (costAt[k] as number) + step.dCost;
    lossAt[k + 1] = (lossAt[k] as number) + step.dLoss;
  }
  return {
    program,
    resource,
    first,
    steps: Int32Array.from(steps, (step) => step.to),
    groups: Int32Array.from(steps, (step) => step.group),
    cost: costAt,
    loss: lossAt,
  };
}

/** The picks after the first `count` steps. */
export function picksAfter({ program, first, steps, groups }: ConvexFront, count: number): Picks {
  const picks = first.slice();
  for (let k = 0; k < count; k++) picks[groups[k] as number] = steps[k] as number;
  return totalsOf(program, picks);
}

export interface FrontPlace {
  /** Steps that fit the budget. */
  readonly count: number;
  /** The least loss of the linear relaxation: no choice loses less. */
  readonly bound: number;
  /** Loss that one more unit of the resource saves there: the multiplier of the budget. */
  readonly multiplier: number;
}

/** Where a budget lies on the front; undefined where even the cheapest choices exceed it. */
export function placeOf({ cost, loss }: ConvexFront, budget: number): FrontPlace | undefined {
  const limit = budget + toleranceOf(budget);
  if ((cost[0] as number) > limit) return undefined;
  let [low, high] = [0, cost.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((cost[middle] as number) <= limit) low = middle;
    else high = middle - 1;
  }
  const count = low;
  const here = loss[count] as number;
  if (count === cost.length - 1) return { count, bound: here, multiplier: 0 };
  const dCost = (cost[count + 1] as number) - (cost[count] as number);
  const multiplier = (here - (loss[count + 1] as number)) / dCost;
  const over = Math.max(0, budget - (cost[count] as number));
  return { count, bound: here - multiplier * over, multiplier };
}
