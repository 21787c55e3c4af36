// What an integer-only file carries of how it was made: the inspector's record, and the plan that it promises to compute.

import type { Model } from "@bitscape/graph";
import { RECIPE_KEY } from "../export/exporter.ts";
import type { Network } from "../network/network.ts";
import { type Plan, planRecipe } from "../plan/plan.ts";
import { parseRecipe } from "../recipeSchema.ts";
import { INTEGER_KEY } from "./exportInteger.ts";
import type { IntegerReport } from "./report.ts";

/** The record in a model's metadata; undefined where there is none that can be read. */
export function carriedReport({ metadata }: Model): IntegerReport | undefined {
  const record = metadata.get(INTEGER_KEY);
  if (record === undefined) return undefined;
  try {
    const found = JSON.parse(record) as IntegerReport;
    return Array.isArray(found.layers) && Array.isArray(found.points) ? found : undefined;
  } catch {
    return undefined; // not ours
  }
}

/** The plan that an integer-only file was written from; undefined for other files, and for those of another network. */
export function carriedPlan(model: Model, network: Network): Plan | undefined {
  const report = carriedReport(model);
  const text = model.metadata.get(RECIPE_KEY);
  if (!report || text === undefined) return undefined;
  try {
    const recipe = parseRecipe(JSON.parse(text));
    if (recipe.model?.sha256 !== network.sha256) return undefined;
    const given = new Map(report.points.map(({ tensor, ...calibrated }) => [tensor, calibrated]));
    return planRecipe(network, recipe, undefined, given);
  } catch {
    return undefined; // another version's
  }
}
