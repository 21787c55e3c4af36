// What the page asks of the worker about methods that change a recipe: what they can do here, and what they do to its figures.
// Plain records; the computing is in the files beside this one.

import type { Score } from "../cells/calls.ts";
import type { OnProgress } from "../progress.ts";
import type { Recipe } from "../recipe.ts";
import type { Finding } from "../score/finding.ts";
import type { RepairName } from "./names.ts";

export interface ContrastRequest {
  readonly before: Recipe;
  readonly after: Recipe;
  /** Evaluation samples at most; all of them where absent. */
  readonly samples?: number;
}

/** Two recipes on the same held-out samples. */
export interface Contrast {
  readonly n: number;
  /** Samples that were asked for. */
  readonly of: number;
  readonly before: Score;
  readonly after: Score;
  /** Mean over samples of what the second has less, with the interval of paired differences: above zero is nearer to float. */
  readonly divergence: Finding;
  /** What it gains of top-1, likewise: above zero is better; null without labels. */
  readonly top1: Finding | null;
  /** Exact bytes of both files. */
  readonly bytes: { readonly before: number; readonly after: number };
  /** What part of its bias correction the second uses, 0 to 1; absent where it corrects none. */
  readonly strength?: number;
  readonly done: boolean;
}

/** What this network and its data allow: a sentence why not, or null. */
export type Repairable = Readonly<Record<RepairName, string | null>>;

/** The calls of the engine about methods. */
export interface RepairCalls {
  repairable(): Promise<Repairable>;
  /** Tokens that the data show to be constant outliers, by layer, as a recipe folds them. @throws one sentence where none are */
  foldableTokens(
    job: string,
    onProgress: OnProgress,
  ): Promise<Readonly<Record<string, number>> | "cancelled">;
  /** Does a recipe's repairs ahead of what will be asked of it, with progress of its own: they are then known. */
  mend(job: string, recipe: Recipe, onProgress: OnProgress): Promise<"mended" | "cancelled">;
  /** Measures two recipes on the same samples; running reports arrive by `onReport`. */
  contrast(
    job: string,
    request: ContrastRequest,
    onReport: (report: Contrast) => void,
    onProgress: OnProgress,
  ): Promise<Contrast | "cancelled">;
}
