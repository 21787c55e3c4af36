// The front of size and loss, and where uniform recipes and a person's own lie beside it.

import { convexFront, picksAfter } from "@bitscape/methods";
import type { Recipe } from "../recipe.ts";
import { budgeted } from "./budgets.ts";
import type { JointLoss } from "./joint.ts";
import type { Sized } from "./prepared.ts";
import { decisionsOf, partsOf, predictedFor, predictedOf, problemFor, type Table } from "./table.ts";

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

/**
 * The convex front of the whole range of sizes, by rising bytes and falling loss.
 * @param most points; of more, evenly many are left out
 */
export function frontOf(
  table: Table,
  problem = problemFor(table, false),
  most = Number.POSITIVE_INFINITY,
): FrontPoint[] {
  const program = budgeted(problem, table.sizes, { bytes: Number.MAX_VALUE });
  const front = convexFront(program.program);
  const { pairs, fixed } = table.options;
  const plain = pairs === undefined && fixed === undefined && table.measured.length === 0;
  const last = front.cost.length - 1;
  const count = Math.min(last + 1, most);
  const steps = Array.from({ length: count }, (_, i) => Math.round((i * last) / Math.max(1, count - 1)));
  return steps.map((k): FrontPoint => {
    const bytes = table.sizes.rest + (front.cost[k] as number);
    if (plain) return { bytes, value: front.loss[k] as number };
    const decisions = decisionsOf(problem, program, picksAfter(front, k).picks);
    return { bytes, value: predictedFor(table, partsOf(problem, decisions)).value };
  });
}

/** A recipe beside the front. */
export async function place(
  prepared: Sized,
  name: string,
  recipe: Recipe,
  front = frontOf(prepared),
): Promise<Placed> {
  const { bytes } = await prepared.size(recipe);
  return placed(name, bytes, expected(prepared, recipe), front);
}

/** What a recipe is expected to lose; null where nothing is known of one of its choices: it has a place by size alone. */
export function expected(table: Table, recipe: Recipe): JointLoss | null {
  try {
    return predictedOf(table, recipe);
  } catch {
    return null;
  }
}

export interface Uniform extends Placed {
  readonly key: string;
  /** Rules, locks and columns leave it to be chosen. */
  readonly allowed: boolean;
}

/** The recipes that give every layer one column, those alone that all layers have evidence in; whether limits allow them or not. */
export function uniformOf(table: Table, front = frontOf(table)): Uniform[] {
  const weighted = table.known.filter(({ target }) => target === "weight");
  return [...table.sizes.columns.values()]
    .filter(({ layers }) => weighted.every(({ id }) => layers.has(id)))
    .map(({ key, recipe, bytes }) => {
      const predicted = predictedOf({ ...table, known: weighted }, recipe);
      const allowed = table.choices.every(
        ({ target, options }) => target !== "weight" || options.some((option) => option.key === key),
      );
      return { ...placed(`uniform ${key}`, bytes, predicted, front), key, allowed };
    });
}

export function placed(
  name: string,
  bytes: number,
  predicted: JointLoss | null,
  front: readonly FrontPoint[],
): Placed {
  const better =
    predicted && front.findLast((point) => point.bytes <= bytes && point.value < predicted.value);
  return { name, bytes, predicted, dominatedBy: better ?? null };
}
