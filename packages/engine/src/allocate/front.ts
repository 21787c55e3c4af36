// The front of size and loss, and where uniform recipes and a person's own lie beside it.

import { convexFront, picksAfter } from "@bitscape/methods";
import type { Recipe } from "../recipe.ts";
import { budgeted } from "./budgets.ts";
import type { JointLoss } from "./joint.ts";
import { decisionsOf, type Prepared, partsOf, predictedFor, predictedOf, problemFor } from "./prepared.ts";

export interface FrontPoint {
  /** Within a few bytes a layer. */
  readonly bytes: number;
  /** Predicted. */
  readonly value: number;
}

export interface Placed {
  readonly name: string;
  /** Exact, of its file. */
  readonly bytes: number;
  /** Null where some of its choices have no evidence. */
  readonly predicted: JointLoss | null;
  /** The point of the front that takes no more bytes and loses less; null where there is none. */
  readonly dominatedBy: FrontPoint | null;
}

/** The convex front of the whole range of sizes, by rising bytes and falling loss. */
export function frontOf(prepared: Prepared): FrontPoint[] {
  const problem = problemFor(prepared, false);
  const program = budgeted(problem, prepared.sizes, { bytes: Number.MAX_VALUE });
  const front = convexFront(program.program);
  const correlated = prepared.options.pairs !== undefined || prepared.measured.length > 0;
  return Array.from(front.cost, (cost, k): FrontPoint => {
    const bytes = prepared.sizes.rest + cost;
    if (!correlated) return { bytes, value: front.loss[k] as number };
    const decisions = decisionsOf(problem, program, picksAfter(front, k).picks);
    return { bytes, value: predictedFor(prepared, partsOf(problem, decisions)).value };
  });
}

/** A recipe beside the front. */
export async function place(
  prepared: Prepared,
  name: string,
  recipe: Recipe,
  front = frontOf(prepared),
): Promise<Placed> {
  const { bytes } = await prepared.size(recipe);
  let predicted: JointLoss | null = null;
  try {
    predicted = predictedOf(prepared, recipe);
  } catch {
    // A choice nothing is known of: it has a place by size alone.
  }
  return placed(name, bytes, predicted, front);
}

/** The recipes that give every layer one column, those alone that all layers have evidence in. */
export function uniformOf(prepared: Prepared, front = frontOf(prepared)): Placed[] {
  const weighted = prepared.known.filter(({ target }) => target === "weight");
  return [...prepared.sizes.columns.values()]
    .filter(({ layers }) => weighted.every(({ id }) => layers.has(id)))
    .map(({ key, recipe, bytes }) => {
      return placed(`uniform ${key}`, bytes, predictedOf({ ...prepared, known: weighted }, recipe), front);
    });
}

function placed(
  name: string,
  bytes: number,
  predicted: JointLoss | null,
  front: readonly FrontPoint[],
): Placed {
  const better =
    predicted && front.findLast((point) => point.bytes <= bytes && point.value < predicted.value);
  return { name, bytes, predicted, dominatedBy: better ?? null };
}
