// The tools that a decision can be written for, a row each.

import type { Network } from "../network/network.ts";
import type { Plan } from "../plan.ts";
import type { Recipe } from "../recipe.ts";
import { type Configuration, ortConfiguration } from "./ort.ts";

export interface Elsewhere {
  readonly id: string;
  readonly title: string;
  readonly write: (network: Network, plan: Plan, recipe: Recipe) => Configuration;
}

export const elsewhere: readonly Elsewhere[] = [
  { id: "ort", title: "ONNX Runtime (quantize_static)", write: ortConfiguration },
];
