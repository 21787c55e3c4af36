// --repair: what is done to a network beside quantizing it, and what came of it in words.

import { type Recipe, type RepairName, repairNames, repairsOf, withRepair } from "@bitscape/engine";
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
  return made;
}

/** A line for each repair that a file's metadata tells of. */
export function repairText(model: Model): string[] {
  const { equalization, "bias-correction": correction } = repairsOf({ model });
  return [
    ...(equalization ? [`equalization: ${equalization.pairs} pairs of layers`] : []),
    ...(correction
      ? [`bias correction: ${correction.layers} layers, means over ${correction.samples} samples`]
      : []),
  ];
}
