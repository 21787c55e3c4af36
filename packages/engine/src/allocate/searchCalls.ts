// What the page asks of the engine about allocations that measure joint recipes on the network itself: searches, and methods of
// the literature. Plain records. How they are answered is measuringRoom.ts.

import type { OnProgress } from "../progress.ts";
import type { Recipe } from "../recipe.ts";
import type { Finding } from "../score/finding.ts";
import type { Budgets } from "./budgets.ts";
import type { JointLoss } from "./joint.ts";
import type { AllocationSetting, MeasuredRecipe } from "./setting.ts";

export interface SearchRequest {
  readonly setting: AllocationSetting;
  /** With `drop`, the smallest file whose measured fall of top-1 stays within it; else the least loss. */
  readonly budgets: Budgets;
  /** The recipe at hand: measured first, the one to be beaten; absent where nothing is to compete. */
  readonly first?: Recipe;
  /** Joint recipes to measure. */
  readonly evaluations: number;
  /** Recipes that are known: they teach, and are not tried again. */
  readonly known: readonly MeasuredRecipe[];
}

/** A joint recipe that was measured. */
export interface TriedRecipe {
  readonly recipe: Recipe;
  /** Exact, of its file. */
  readonly bytes: number;
  readonly predicted: JointLoss;
  readonly divergence: Finding;
  /** Fall of top-1 as a fraction; null where it was not asked for. */
  readonly drop: Finding | null;
  /** Not all samples were run: it was already beyond hope. */
  readonly cut: boolean;
  /** The same on samples that the search did not see. */
  readonly confirmed: { readonly divergence: Finding; readonly drop: Finding | null } | null;
}

export interface SearchReport {
  /** Null where nothing that was tried keeps the budgets. */
  readonly best: TriedRecipe | null;
  readonly tried: number;
  /** It was ended before its time: the best so far. */
  readonly stopped: boolean;
}

/** "hawq": HAWQ-V3 (arXiv 2011.10680); "mixdq": MixDQ (arXiv 2405.17873). */
export type PublishedMethod = "hawq" | "mixdq";

export interface PublishedRequest {
  readonly method: PublishedMethod;
  /** How weights are stored, and what all else is kept at. */
  readonly recipe: Recipe;
  /** The most that the file may take. */
  readonly bytes: number;
  /** Of calibration, at most. */
  readonly samples: number;
}

export interface SearchCalls {
  /** Measures joint recipes that budgets allow, learning from each. Cancelled, it gives the best so far. */
  search(
    job: string,
    request: SearchRequest,
    onTried: (tried: TriedRecipe, best: TriedRecipe | null) => void,
  ): Promise<SearchReport | "cancelled">;
  /**
   * The recipe that a published method gives for a size of the file: weights alone, activations as they are.
   * @throws one sentence where its widths cannot make so small a file, or it does not apply to the network
   */
  allocateBy(
    job: string,
    request: PublishedRequest,
    onProgress: OnProgress,
  ): Promise<{ readonly recipe: Recipe; readonly bytes: number } | "cancelled">;
}
