// Belief: what was predicted of a joint recipe beside what was measured, and which layers interact where they disagree.
// Pure; the interactions themselves come from the engine (pairs), the prediction from the solver.

import { crossesOf, type Finding, type JointLoss, type Part } from "@bitscape/engine";
import type { Pairs } from "../store.ts";

export type Verdict =
  | { readonly kind: "unmeasured" }
  /** Measured on some samples, and within so far or still too uncertain to say. */
  | { readonly kind: "measuring"; readonly measured: Finding }
  | { readonly kind: "within"; readonly measured: Finding }
  /** Layers do not add up: more was lost than predicted, or less. */
  | { readonly kind: "more" | "less"; readonly measured: Finding };

/** Whether a measurement bears a prediction out: their 95 % intervals meet. */
export function verdictOf(predicted: JointLoss, measured: Finding | null, done: boolean): Verdict {
  if (!measured) return { kind: "unmeasured" };
  if (measured.low > predicted.high) return { kind: "more", measured };
  if (measured.high < predicted.low) return { kind: "less", measured };
  return { kind: done ? "within" : "measuring", measured };
}

export interface Interacting {
  readonly a: string;
  readonly b: string;
  /** What the two together add beyond each alone; negative where their errors cancel. */
  readonly adds: number;
}

/** Pairs of a recipe's layers by what they add to its loss, those that explain most first. */
export function interacting(
  parts: readonly Part[],
  pairs: Pick<Pairs, "layers" | "matrix">,
  kind: "more" | "less",
  count = 3,
): Interacting[] {
  const crosses = crossesOf(parts, pairs).map(({ layers: [a, b], adds }) => ({ a, b, adds }));
  return kind === "more"
    ? crosses.filter(({ adds }) => adds > 0).slice(0, count)
    : crosses
        .filter(({ adds }) => adds < 0)
        .toReversed()
        .slice(0, count);
}

/** Layers that share of the loss is largest, where no pair explains what was measured. */
export const dearest = (parts: readonly Part[], count = 3): string[] =>
  parts
    .filter(({ value }) => value > 0)
    .toSorted((a, b) => b.value - a.value)
    .slice(0, count)
    .map(({ layer }) => layer);
