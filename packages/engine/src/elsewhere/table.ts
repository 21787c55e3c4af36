// The tools that a decision can be written for, a row each.

import type { Network } from "../network/network.ts";
import type { Plan } from "../plan.ts";
import type { Recipe } from "../recipe.ts";
import { withoutRepairs } from "../repair/names.ts";
import type { Configuration } from "./configuration.ts";
import { ortConfiguration } from "./ort.ts";

export interface Elsewhere {
  readonly id: string;
  readonly title: string;
  readonly write: (network: Network, plan: Plan, recipe: Recipe) => Configuration;
}

/** A recipe for a tool, of a network as it is in its file: what repairs change cannot be told to another. */
export async function configurationFor(
  tool: string,
  network: Network,
  recipe: Recipe,
  planned: (plain: Recipe) => Promise<Plan>,
): Promise<Configuration> {
  const found = elsewhere.find(({ id }) => id === tool);
  if (!found) throw new Error(`tool: ${tool}, expected ${elsewhere.map(({ id }) => id).join(", ")}`);
  return found.write(network, await planned(withoutRepairs(recipe)), recipe);
}

export const elsewhere: readonly Elsewhere[] = [
  { id: "ort", title: "ONNX Runtime (quantize_static)", write: ortConfiguration },
];
