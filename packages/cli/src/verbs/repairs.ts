// --repair: what is done to a network beside quantizing it, and what came of it in words.

import {
  learnedIn,
  type Recipe,
  type RepairName,
  repairNames,
  repairsOf,
  withRepair,
} from "@bitscape/engine";
import type { Model } from "@bitscape/graph";
import { list, type Values } from "../flags.ts";
import { Usage } from "../usage.ts";

/** The recipe with the repairs that the flag names; bias correction needs data. */
export function withRepairs(recipe: Recipe, values: Values): Recipe {
  const asked = list(values, "repair") ?? [];
  const unknown = asked.find((name) => !repairNames.includes(name as RepairName));
  if (unknown !== undefined)
    throw new Usage(`--repair: ${unknown}, expected ${repairNames.join(" or ")}, separated by commas`);
  const made = (asked as RepairName[]).reduce((each, name) => withRepair(each, name), recipe);
  if (made.repairs?.includes("bias-correction") && values.data === undefined)
    throw new Usage("bias correction: no --data, expected real samples to take means over");
  if (learnedIn(made) && values.data === undefined)
    throw new Usage("learned rounding: no --data, expected real samples to learn from");
  return made;
}

/** A line for each repair that a file's metadata tells of. */
export function repairText(model: Model): string[] {
  const { equalization, rounding, "bias-correction": correction } = repairsOf({ model });
  return [
    ...(equalization ? [`equalization: ${equalization.pairs} pairs of layers`] : []),
    ...(rounding
      ? [
          `learned rounding (${rounding.by}): of ${rounding.weights} weights, from ${rounding.samples} samples`,
        ]
      : []),
    ...(correction
      ? [
          `bias correction: ${correction.layers} layers, means over ${correction.samples} samples${strengthText(correction.strength)}`,
        ]
      : []),
  ];
}

function strengthText(strength: string | undefined): string {
  if (strength === "0.0") return "; left out, as it makes the loss worse on those it is not made from";
  return strength === "0.5" ? "; half of it, as on those it is not made from all of it does not help" : "";
}
