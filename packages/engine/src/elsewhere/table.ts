// Who writes a decision for which tool, a row each.

import type { Network } from "../network/network.ts";
import type { Plan } from "../plan/plan.ts";
import type { Recipe } from "../recipe.ts";
import { withoutRepairs } from "../repair/asked.ts";
import type { Configuration } from "./configuration.ts";
import type { Known } from "./losses.ts";
import { modelExplorerConfiguration } from "./modelExplorer.ts";
import { netronConfiguration } from "./netron.ts";
import { nncfConfiguration } from "./nncf.ts";
import { oliveConfiguration } from "./olive.ts";
import { ortConfiguration } from "./ort.ts";
import { elsewhere, type ToolId } from "./tools.ts";

type Write = (network: Network, plan: Plan, recipe: Recipe, known?: Known) => Configuration;

const writers: Readonly<Record<ToolId, Write>> = {
  ort: ortConfiguration,
  nncf: nncfConfiguration,
  olive: oliveConfiguration,
  netron: netronConfiguration,
  "model-explorer": modelExplorerConfiguration,
};

/**
 * A recipe for a tool, of a network as it is in its file: what repairs change cannot be told to another.
 * @param known losses of single cells, for tools that show them
 * @throws one sentence for a tool there is none of, or where it can be told nothing of the recipe
 */
export async function configurationFor(
  tool: string,
  network: Network,
  recipe: Recipe,
  planned: (plain: Recipe) => Promise<Plan>,
  known?: Known,
): Promise<Configuration> {
  const found = elsewhere.find(({ id }) => id === tool);
  if (!found) throw new Error(`tool: ${tool}, expected ${elsewhere.map(({ id }) => id).join(", ")}`);
  return writers[found.id](network, await planned(withoutRepairs(recipe)), recipe, known);
}
