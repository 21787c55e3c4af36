// What the page asks of the engine, and of the solver, about allocation: plain records. How they are answered is room.ts.

import type { Recipe } from "../recipe.ts";
import type { Allocation, Draft } from "./allocate.ts";
import type { Part } from "./belief.ts";
import type { Budgets } from "./budgets.ts";
import type { Costs } from "./costs.ts";
import type { Scheme } from "./evidence.ts";
import type { FrontPoint, Uniform } from "./front.ts";
import type { JointLoss } from "./joint.ts";
import type { SearchCalls } from "./searchCalls.ts";
import type { AllocationSetting } from "./setting.ts";
import type { Kept, SizeOf } from "./sizes.ts";

export interface CostsRequest {
  /** Those that layers may get. */
  readonly schemes: readonly Scheme[];
  /** What the recipe says of everything that is not allocated. */
  readonly kept: Kept;
  /** The rest of the recipe, which lies in the file too. */
  readonly inside: Partial<Recipe>;
}

/** What the engine answers: it has the network. */
export interface AllocationCalls extends SearchCalls {
  /** What every scheme takes in the file, and what of the layers is needed besides: one export plan a column. */
  costs(job: string, request: CostsRequest): Promise<Costs | "cancelled">;
}

export type Goal = keyof Budgets;

/** The least and the most that there can be of each, every budget by itself. */
export type Ends = Readonly<Partial<Record<Goal, { readonly least: number; readonly most: number }>>>;

export interface Fronts {
  readonly front: readonly FrontPoint[];
  readonly uniform: readonly Uniform[];
  readonly ends: Ends;
}

/** Budgets that cannot be kept, by how much. */
export interface Refused {
  readonly refused: string;
}

/** What a recipe is expected to lose, and by which parts. */
export interface Expected {
  /** Of the file, within a few bytes a layer: as the front's points are. */
  readonly bytes: number;
  readonly predicted: JointLoss;
  readonly parts: readonly Part[];
  /** Mean over the elements of the allocated weights. */
  readonly bits: number;
  readonly bops: number;
  /** Of one run; null where no times are known. */
  readonly seconds: number | null;
  /** Fall of top-1 as a fraction, predicted; null where nothing is known of falls. */
  readonly drop: JointLoss | null;
}

/** What the solver's own thread answers. Nothing before `set`. */
export interface SolverCalls {
  /** @throws one sentence for rules and locks that leave a layer nothing */
  set(setting: AllocationSetting): Promise<Fronts>;
  /** At once, for a slider that moves. */
  draft(budgets: Budgets): Promise<Draft | Refused>;
  /** Proven, its size exact; where interactions are known, improved by them. */
  answer(budgets: Budgets, size: SizeOf): Promise<Allocation | Refused>;
  /** Null where nothing is known of one of its choices. */
  expect(recipe: Recipe): Promise<Expected | null>;
}
