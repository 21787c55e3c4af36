// Allocation: bits for every layer under budgets. The program's costs are exact but for the few bytes that columns share,
// so the file's size is settled by exporting the answer and solving again with what it was off.

import {
  type Answer,
  type Grouping,
  type IntegerSolver,
  localSearch,
  type Outcome,
  type Shortfall,
  solve,
  solveProven,
} from "@bitscape/methods";
import type { Recipe } from "../recipe.ts";
import { type Budgets, budgeted, Infeasible, infeasible } from "./budgets.ts";
import { interactionOf, type JointLoss, type Pairs } from "./joint.ts";
import type { Sized } from "./prepared.ts";
import type { Decision, Problem } from "./problem.ts";
import { decisionsOf, partsOf, partsOfOne, predictedFor, problemFor, recipeOf, type Table } from "./table.ts";

export interface Allocation {
  readonly recipe: Recipe;
  /** Exact, of its file. */
  readonly bytes: number;
  /** Mean over the elements of the allocated weights. */
  readonly bits: number;
  readonly bops: number;
  /** Of one run end to end, predicted; only where times are known. */
  readonly seconds?: number;
  readonly predicted: JointLoss;
  /** Fall of top-1 as a fraction, predicted; only where it was asked with what is known of falls. */
  readonly drop?: JointLoss;
  /** (loss − bound) ÷ loss, of the sum of losses; 0 where the optimum is proven. */
  readonly gap: number;
  readonly by: Answer["by"];
  /** Moves that interactions made from the optimum of the sum; 0 where none are known. */
  readonly moves: number;
}

/** An answer whose file has not been sized: what a slider shows while it moves. */
export interface Draft extends Omit<Allocation, "bytes"> {
  /** Within a few bytes a layer. */
  readonly bytes: number;
}

/**
 * Solves at once; interactions are in its prediction, not in its choice.
 * @throws Infeasible, with a sentence by how much
 */
export function draft(
  table: Table,
  budgets: Budgets,
  problem = problemFor(table, isMultiplied(budgets)),
): Draft {
  const once = (under: Budgets) => {
    const program = budgeted(problem, table.sizes, under);
    return drafted(table, under, problem, program, solve(program.program));
  };
  const { loss: most } = budgets;
  return most === undefined ? once(budgets) : withinLoss(most, (loss) => once({ ...budgets, loss }));
}

// The loss of a joint recipe is not the sum that the program knows: so many corrections settle it.
const LOSS_CORRECTIONS = 4;

/** The smallest found whose joint loss is predicted to be within a limit. */
function withinLoss(most: number, at: (sum: number) => Draft): Draft {
  let best: Draft | undefined;
  let last: Draft | undefined;
  let allowed = most;
  for (let round = 0; round < LOSS_CORRECTIONS; round++) {
    last = at(allowed);
    const { value } = last.predicted;
    if (value <= most && (!best || last.bytes < best.bytes)) best = last;
    if (value === 0 || Math.abs(value / most - 1) < 0.02) break;
    allowed *= most / value;
  }
  if (best) return best;
  const { value } = (last as Draft).predicted;
  throw new Infeasible(
    `loss: ${Number(most.toPrecision(3))}, expected at least ${Number(value.toPrecision(3))}, which the smallest loss found is predicted to be`,
  );
}

// Costs are off by what columns share and by the words of the recipe: a few corrections are enough.
const CORRECTIONS = 8;

/**
 * The best recipe within the budgets, its size exact.
 * @param solver proves the optimum; without it, the gap says how near the answer is
 * @throws Infeasible, with a sentence by how much
 */
export async function allocateBits(
  prepared: Sized,
  budgets: Budgets,
  solver?: IntegerSolver,
  problem = problemFor(prepared, isMultiplied(budgets)),
): Promise<Allocation> {
  if (budgets.loss !== undefined) {
    const found = draft(prepared, budgets, problem);
    return { ...found, bytes: (await prepared.size(found.recipe)).bytes };
  }
  const { bytes: most } = budgets;
  let best: Allocation | undefined;
  let allowed = most;
  let refused: readonly Shortfall[] = [];
  for (let round = 0; round < CORRECTIONS; round++) {
    const program = budgeted(problem, prepared.sizes, {
      ...budgets,
      ...(allowed !== undefined && { bytes: allowed }),
    });
    const outcome = solver ? await solveProven(program.program, solver) : solve(program.program);
    if (outcome.kind === "infeasible") {
      if (most === undefined) throw infeasible(budgets, outcome.shortfalls, problem, prepared.sizes);
      refused = outcome.shortfalls;
      break;
    }
    const found = drafted(prepared, budgets, problem, program, outcome, prepared.options.pairs);
    const sized: Allocation = { ...found, bytes: (await prepared.size(found.recipe)).bytes };
    if (most === undefined || allowed === undefined) return sized;
    if (sized.bytes > most) {
      // Below this estimate, so that the next answer is another.
      allowed = Math.min(allowed, found.bytes) - (sized.bytes - most);
      continue;
    }
    if (!best || sized.predicted.value < best.predicted.value) best = sized;
    // What the estimate was above the exact size is left to be used.
    const next = most + found.bytes - sized.bytes;
    if (next <= allowed) return best;
    allowed = next;
  }
  if (best) return best;
  // Estimates may lie above the exact size: the least of all can still keep the budget.
  const least = await leastOf(prepared, problem);
  const sole = budgets.bits === undefined && budgets.bops === undefined && budgets.seconds === undefined;
  if (sole && most !== undefined && least.bytes <= most) return least;
  const bytes = { resource: 0, budget: 0, least: least.bytes - prepared.sizes.rest, given: false };
  const short = refused.length > 0 ? refused : [bytes];
  throw infeasible(budgets, short, problem, prepared.sizes, least.bytes);
}

/** Of these resources, a layer's weights and activations take together what neither takes alone. */
export function isMultiplied({ bops, seconds }: Budgets): boolean {
  return bops !== undefined || seconds !== undefined;
}

/** Every tensor in its smallest option. */
async function leastOf(prepared: Sized, problem: Problem): Promise<Allocation> {
  const unlimited = budgeted(problem, prepared.sizes, { bytes: Number.MAX_VALUE });
  const { program } = unlimited;
  const outcome = solve({ ...program, loss: program.costs[0] as Float64Array });
  if (outcome.kind === "infeasible") throw infeasible({}, outcome.shortfalls, problem, prepared.sizes);
  const found = drafted(prepared, {}, problem, unlimited, outcome);
  return { ...found, bytes: (await prepared.size(found.recipe)).bytes };
}

function drafted(
  table: Table,
  budgets: Budgets,
  problem: Problem,
  program: Grouping,
  outcome: Outcome,
  pairs?: Pairs,
): Draft {
  if (outcome.kind === "infeasible") throw infeasible(budgets, outcome.shortfalls, problem, table.sizes);
  const { answer } = outcome;
  const improved =
    pairs && localSearch(program.program, answer, interactionOf(jointParts(problem, program), pairs));
  const decisions = decisionsOf(problem, program, improved?.picks ?? answer.picks);
  const total = (cost: 0 | 1 | 2 | 3) =>
    problem.items.reduce((sum, item, i) => {
      const at = (problem.decisions[i] as readonly Decision[]).indexOf(decisions[i] as Decision);
      return sum + (item.options[at]?.costs[cost] as number);
    }, 0);
  return {
    recipe: recipeOf(table, problem, decisions),
    bytes: table.sizes.rest + total(0),
    bits: total(1) / Math.max(1, problem.elements),
    bops: total(2),
    ...(problem.secondsBeside !== undefined && { seconds: problem.secondsBeside + total(3) }),
    predicted: predictedFor(table, partsOf(problem, decisions)),
    gap: answer.gap,
    by: answer.by,
    moves: improved?.moves ?? 0,
  };
}

/** The parts of every choice of the program. */
function jointParts(problem: Problem, { groups, joints, program }: Grouping) {
  const groupOf = (choice: number) => groups[program.starts.findLastIndex((start) => start <= choice)] ?? [];
  return joints.map(({ options }, choice) =>
    groupOf(choice).flatMap((item, k) =>
      partsOfOne(
        (problem.items[item] as { id: string }).id,
        problem.decisions[item]?.[options[k] as number] as Decision,
      ),
    ),
  );
}
