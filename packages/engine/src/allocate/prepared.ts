// An allocation prepared from a network at hand: its table, and the exact sizes of its files.

import { layerOf, type Network } from "../network/network.ts";
import type { Recipe } from "../recipe.ts";
import { costsOf } from "./costs.ts";
import type { Evidence } from "./evidence.ts";
import type { SizeOf } from "./sizes.ts";
import { type AllocationOptions, keptOf, type Table, tableOf } from "./table.ts";

/** A table whose recipes can be sized. */
export interface Sized extends Table {
  readonly size: SizeOf;
}

export interface Prepared extends Sized {
  readonly network: Network;
}

/** @throws one sentence for rules and locks that leave a layer nothing, or are about a layer there is not */
export async function prepare(
  network: Network,
  evidence: readonly Evidence[],
  size: SizeOf,
  options: AllocationOptions = {},
): Promise<Prepared> {
  for (const id of Object.keys(options.locks ?? {})) layerOf(network, id);
  const whole: SizeOf = (recipe: Recipe) => size({ ...recipe, ...options.inside });
  const costs = await costsOf(network, evidence, keptOf(options), whole);
  return { ...tableOf(costs, evidence, options), network, size: whole };
}
