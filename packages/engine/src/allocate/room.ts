// The solver's room: holds the table that allocation is solved on, and answers about it. Plain data go in and come out, so
// that it can have a thread of its own (worker.ts), and tests need none. It knows no network and measures nothing.

import type { IntegerSolver } from "@bitscape/methods";
import { type Recipe, recipeKey, schemeFor, type Target } from "../recipe.ts";
import { type Allocation, allocateBits, type Draft, draft } from "./allocate.ts";
import { type Budgets, Infeasible } from "./budgets.ts";
import type {
  AllocationSetting,
  Ends,
  Expected,
  Fronts,
  MeasuredRecipe,
  Refused,
  SolverCalls,
} from "./calls.ts";
import { evidenceIn } from "./evidence.ts";
import { type FrontPoint, frontOf, uniformOf } from "./front.ts";
import { taught } from "./lessons.ts";
import type { Problem } from "./problem.ts";
import { proposal } from "./propose.ts";
import type { SizeOf } from "./sizes.ts";
import { partsOfRecipe, predictedFor, problemFor, type Table, tableOf, withMeasured } from "./table.ts";

// A chart shows no more.
const FRONT_POINTS = 160;

export class AllocationRoom implements SolverCalls {
  readonly #solver: IntegerSolver | undefined;
  #held: { readonly table: Table; readonly problem: Problem } | undefined;

  /** @param solver proves what is answered at rest; without it, the gap says how near that is */
  constructor(solver?: IntegerSolver) {
    this.#solver = solver;
  }

  async set(setting: AllocationSetting): Promise<Fronts> {
    this.#held = undefined;
    const { costs, cells, options, measured } = setting;
    const evidence = cells.length > 0 ? evidenceIn(cells, ["weight", "activation"]) : [];
    const table = measured.reduce(
      (known, { recipe, value }) => withMeasured(known, recipe, value),
      tableOf(costs, evidence, options),
    );
    // Weights and activations of a layer are one item wherever both are chosen: bit operations are told right.
    const problem = problemFor(table, true);
    this.#held = { table, problem };
    warm(table, problem);
    const front = frontOf(table, problem, FRONT_POINTS);
    return { front, uniform: uniformOf(table, front), ends: endsOf(table, problem, front) };
  }

  async draft(budgets: Budgets): Promise<Draft | Refused> {
    const { table, problem } = this.#table();
    return refusing(() => draft(table, budgets, problem));
  }

  async answer(budgets: Budgets, size: SizeOf): Promise<Allocation | Refused> {
    const { table, problem } = this.#table();
    return refusing(() => allocateBits(sized(table, size), budgets, this.#solver, problem));
  }

  async propose(
    budgets: Budgets,
    measured: readonly MeasuredRecipe[],
    size: SizeOf,
  ): Promise<Allocation | null> {
    const { table } = this.#table();
    const tried = new Set(measured.map(({ recipe }) => recipeKey(recipe)));
    return proposal(sized(taught(table, measured), size), budgets, tried, this.#solver);
  }

  async expect(recipe: Recipe): Promise<Expected | null> {
    const { table, problem } = this.#table();
    try {
      const parts = partsOfRecipe(table, recipe);
      const [bits, bops, own] = [1, 2, 3].map((resource) => takenOf(problem, recipe, resource)) as [
        number,
        number,
        number,
      ];
      const mean = bits / Math.max(1, problem.elements);
      const { secondsBeside } = problem;
      const seconds = secondsBeside === undefined ? null : secondsBeside + own;
      return { predicted: predictedFor(table, parts), parts, bits: mean, bops, seconds };
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

function endsOf(table: Table, problem: Problem, front: readonly FrontPoint[]): Ends {
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
  };
}
