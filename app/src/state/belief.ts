// Belief: what was predicted of a joint recipe beside what was measured, and which layers interact where they disagree.
// Pure; the interactions themselves come from the engine (pairs), the prediction from the solver.

import { correlationOf, type Finding, type JointLoss, type Part } from "@bitscape/engine";
import type { Pairs } from "./store.ts";

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

/** Pairs of a recipe's layers by what they add to its loss, 2 r √(S_a S_b), the largest first. */
export function interacting(
  parts: readonly Part[],
  pairs: Pick<Pairs, "layers" | "matrix">,
  kind: "more" | "less",
  count = 3,
): Interacting[] {
  const correlation = correlationOf(pairs);
  const found = parts.flatMap((a, i) =>
    parts.slice(i + 1).flatMap((b): Interacting[] => {
      const adds = 2 * correlation(a.layer, b.layer) * Math.sqrt(a.value * b.value);
      return (kind === "more" ? adds > 0 : adds < 0) ? [{ a: a.layer, b: b.layer, adds }] : [];
    }),
  );
  return found.toSorted((x, y) => Math.abs(y.adds) - Math.abs(x.adds)).slice(0, count);
}

/** Layers that share of the loss is largest, where no pair explains what was measured. */
export const dearest = (parts: readonly Part[], count = 3): string[] =>
  parts
    .filter(({ value }) => value > 0)
    .toSorted((a, b) => b.value - a.value)
    .slice(0, count)
    .map(({ layer }) => layer);
