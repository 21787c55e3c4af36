// All that an allocation rests on, as plain records: what its searches and its solver are given.

import type { Recipe } from "../recipe.ts";
import type { Costs } from "./costs.ts";
import type { MeasuredCell } from "./evidence.ts";
import type { Fall } from "./fall.ts";
import type { AllocationOptions } from "./table.ts";

/** A joint recipe, and what it was found to lose. */
export interface MeasuredRecipe {
  readonly recipe: Recipe;
  readonly value: number;
}

/** All that an allocation rests on. */
export interface AllocationSetting {
  readonly costs: Costs;
  /** What is known of the layers, each cell with the scheme it is about; those with a value. */
  readonly cells: readonly MeasuredCell[];
  readonly options: AllocationOptions;
  /** Joint recipes that were measured correct the predictions. */
  readonly measured: readonly MeasuredRecipe[];
  /** How far top-1 fell where the output diverged, of cells and recipes; absent without labels. */
  readonly falls?: readonly Fall[];
}
