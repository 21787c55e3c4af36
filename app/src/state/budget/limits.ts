// What limits an allocation, as a document that is kept with the study: budgets, which columns may be used, locks, rules in
// words.

import type { Goal } from "@bitscape/engine";

export interface Limits {
  /** What the slider moves. */
  readonly goal: Goal;
  /** The budgets that hold. */
  readonly most: Readonly<Partial<Record<Goal, number>>>;
  /** Columns of weights that may be used, "float" among them; null: all that the heatmap has. */
  readonly columns: readonly string[] | null;
  /** Activations are chosen too; otherwise they stay as they are. */
  readonly activations: boolean;
  /** Layers that feed the same addition get the same bits. */
  readonly residual: boolean;
  /** Layers that keep what they have. */
  readonly locks: readonly string[];
  /** In words: "first>=8". */
  readonly rules: readonly string[];
}

export const noLimits: Limits = {
  goal: "bytes",
  most: {},
  columns: null,
  activations: false,
  residual: false,
  locks: [],
  rules: [],
};
