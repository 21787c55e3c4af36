// Method: something from the literature that turns the present recipe into another one. The panel measures both on the same
// held-out samples, shows before and after, and applies the second as one step of undo. Tables of methods: *.methods.ts beside.

import type { DataSummary, ModelSummary, Recipe, Repairable } from "@bitscape/engine";

/** What a method finds when it starts. */
export interface MethodInput {
  readonly recipe: Recipe;
  readonly model: ModelSummary;
  /** The size of the present recipe's file in bytes: what allocations have to keep to. */
  readonly bytes: number;
  readonly data: DataSummary;
  /** What the network and its data allow; null until it is known. */
  readonly repairable: Repairable | null;
}

export interface Method {
  readonly id: string;
  /** The field's name for it: "Bias correction". */
  readonly title: string;
  /** One sentence: what it does, and what it costs. */
  readonly summary: string;
  /** Authors, title, venue and year, with the equation or section that is followed. */
  readonly reference: string;
  readonly kind: "repair" | "allocation";
  /** Why it has nothing to do here, as a sentence; undefined where it applies. Cheap: called whenever the recipe changes. */
  unsuited(input: MethodInput): string | undefined;
  /** Whether the recipe has it already; what takes it out again. Absent where a method leaves no word in the recipe. */
  readonly inside?: {
    readonly has: (recipe: Recipe) => boolean;
    readonly without: (recipe: Recipe) => Recipe;
  };
  /** The recipe it proposes. Rejects with one sentence; says where it stands between 0 and 1. */
  propose(input: MethodInput, signal: AbortSignal, onProgress: (share: number) => void): Promise<Recipe>;
}
