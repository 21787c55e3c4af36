// The file that a recipe asks for, whichever its form: QDQ pairs, or integers alone.

import { type Exported, exportNetwork } from "../export/exporter.ts";
import type { Network } from "../network/network.ts";
import type { Plan } from "../plan/plan.ts";
import type { Recipe } from "../recipe.ts";

/**
 * @param asked what decides the form
 * @param inside the recipe that the file carries
 * @param between awaited between weights, where the form needs their scales at once
 */
export async function exportPlan(
  network: Network,
  plan: Plan,
  asked: Recipe,
  inside = asked,
  between: () => Promise<void> = async () => {},
): Promise<Exported> {
  const { arithmetic } = asked;
  if (!arithmetic) return exportNetwork(network, plan, inside);
  // Most recipes have no use for it.
  const { exportInteger } = await import("./exportInteger.ts");
  return exportInteger(network, plan, inside, arithmetic, between);
}
