// The solver's room: holds the table that allocation is solved on, and answers about it. Plain data go in and come out, so
// that it can have a thread of its own (worker.ts), and tests need none. It knows no network and measures nothing.

import type { IntegerSolver } from "@bitscape/methods";
import { type Recipe, schemeFor, type Target } from "../recipe.ts";
import { type Allocation, allocateBits, type Draft, draft } from "./allocate.ts";
import { type Budgets, Infeasible, withoutDrop } from "./budgets.ts";
import type { Ends, Expected, Fronts, Refused, SolverCalls } from "./calls.ts";
import { type FallCurve, fallCurve } from "./fall.ts";
import { type FrontPoint, frontOf, uniformOf } from "./front.ts";
import { type Problem, resources } from "./problem.ts";
import type { AllocationSetting } from "./setting.ts";
import type { SizeOf } from "./sizes.ts";
import { partsOfRecipe, predictedFor, problemFor, type Table } from "./table.ts";
import { tableIn } from "./tableIn.ts";

// A chart shows no more.
const FRONT_POINTS = 160;

interface Held {
  readonly table: Table;
  readonly problem: Problem;
  readonly falls: FallCurve | undefined;
}

export class AllocationRoom implements SolverCalls {
  readonly #solver: IntegerSolver | undefined;
  #held: Held | undefined;

  /** @param solver proves what is answered at rest; without it, the gap says how near that is */
  constructor(solver?: IntegerSolver) {
    this.#solver = solver;
  }

  async set(setting: AllocationSetting): Promise<Fronts> {
    this.#held = undefined;
    const table = tableIn(setting);
    // Weights and activations of a layer are one item wherever both are chosen: bit operations are told right.
    const problem = problemFor(table, true);
    const curve = fallCurve(setting.falls ?? []);
    this.#held = { table, problem, falls: curve };
    warm(table, problem);
    const front = frontOf(table, problem, FRONT_POINTS);
    return { front, uniform: uniformOf(table, front), ends: endsOf(table, problem, front, curve) };
  }

  async draft(budgets: Budgets): Promise<Draft | Refused> {
    const { table, problem, falls } = this.#table();
    return refusing(() => withDrop(draft(table, withoutDrop(budgets, falls), problem), falls));
  }

  async answer(budgets: Budgets, size: SizeOf): Promise<Allocation | Refused> {
    const { table, problem, falls } = this.#table();
    const asked = (by: IntegerSolver | undefined) =>
      refusing(async () => {
        const found = await allocateBits(sized(table, size), withoutDrop(budgets, falls), by, problem);
        return withDrop(found, falls);
      });
    try {
      return await asked(this.#solver);
    } catch (error) {
      // Without a proof, the answer says itself how near the optimum it is.
      if (!this.#solver) throw error;
      return asked(undefined);
    }
  }

  async expect(recipe: Recipe): Promise<Expected | null> {
    const { table, problem, falls } = this.#table();
    try {
      const parts = partsOfRecipe(table, recipe);
      const [bytes, bits, bops, own] = resources.map((_, resource) => takenOf(problem, recipe, resource)) as [
        number,
        number,
        number,
        number,
      ];
      const mean = bits / Math.max(1, problem.elements);
      const { secondsBeside } = problem;
      const seconds = secondsBeside === undefined ? null : secondsBeside + own;
      const predicted = predictedFor(table, parts);
      const drop = falls?.at(predicted) ?? null;
      return { bytes: table.sizes.rest + bytes, predicted, parts, bits: mean, bops, seconds, drop };
    } catch {
      return null;
    }
  }

  #table() {
    if (!this.#held) throw new Error("allocation: nothing to choose from, expected it to be set first");
    return this.#held;
  }
}

/** The first frames of a drag should not be the ones that the code is compiled in. */
function warm(table: Table, problem: Problem): void {
  for (let i = 0; i < 3; i++) draft(table, {}, problem);
}

// No data tells falls apart that are smaller, as fractions.
const LEAST_DROP = 0.0005;

function dropsOf(falls: FallCurve, loss: number) {
  const { value } = falls.at({ value: loss, low: loss, high: loss });
  return { least: LEAST_DROP, most: Math.max(2 * LEAST_DROP, value) };
}

const withDrop = <T extends Draft>(found: T, falls: FallCurve | undefined): T =>
  falls ? { ...found, drop: falls.at(found.predicted) } : found;

/** Recipes are sized with what lies in the file besides. */
const sized = (table: Table, size: SizeOf) => ({ ...table, size });

async function refusing<T>(solve: () => T | Promise<T>): Promise<T | Refused> {
  try {
    return await solve();
  } catch (error) {
    if (error instanceof Infeasible) return { refused: error.message };
    throw error;
  }
}

/** What a recipe takes of a resource, by the costs of the program. */
function takenOf({ items, decisions }: Problem, recipe: Recipe, resource: number): number {
  return items.reduce((sum, { id, options }, i) => {
    const at = decisions[i]?.findIndex((decision) =>
      Object.entries(decision).every(
        ([target, option]) =>
          schemeFor(recipe, id, target as Target)?.format === option.evidence?.scheme.format,
      ),
    );
    return sum + (options[at ?? -1]?.costs[resource] ?? 0);
  }, 0);
}

function endsOf(
  table: Table,
  problem: Problem,
  front: readonly FrontPoint[],
  falls: FallCurve | undefined,
): Ends {
  const sums = (r: number, pick: (...values: number[]) => number) =>
    problem.items.reduce(
      (sum, { options }) => sum + pick(...options.map(({ costs }) => costs[r] as number)),
      0,
    );
  const range = (r: number, own: (value: number) => number) => ({
    least: own(sums(r, Math.min)),
    most: own(sums(r, Math.max)),
  });
  const { secondsBeside } = problem;
  const positive = front.map(({ value }) => value).filter((value) => value > 0);
  return {
    bytes: range(0, (value) => value + table.sizes.rest),
    bits: range(1, (value) => value / Math.max(1, problem.elements)),
    bops: range(2, (value) => value),
    ...(secondsBeside !== undefined && { seconds: range(3, (value) => value + secondsBeside) }),
    ...(positive.length > 0 && { loss: { least: Math.min(...positive), most: Math.max(...positive) } }),
    ...(falls && positive.length > 0 && { drop: dropsOf(falls, Math.max(...positive)) }),
  };
}
