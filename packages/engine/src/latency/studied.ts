// Times of a network at hand: puts together what measuring them takes. The same for the worker and the command line. No data
// are needed: an export that is only timed gets stand-in ranges, and one batch of made-up inputs.

import type { Model } from "@bitscape/graph";
import { syntheticDataset } from "../data/index.ts";
import { exportNetwork } from "../export/exporter.ts";
import { boundsOf, inputsOf } from "../network/inputs.ts";
import type { Network } from "../network/network.ts";
import { planRecipe } from "../plan/plan.ts";
import type { Recipe } from "../recipe.ts";
import { withoutRepairs } from "../repair/asked.ts";
import { correctedSites } from "../repair/correction/correction.ts";
import { withBiasSites } from "../repair/correction/sites.ts";
import { equalized, unequalizable } from "../repair/equalization/equalize.ts";
import { leastBatch } from "../runtime/batches.ts";
import type { Feeds } from "../runtime/runtime.ts";
import type { LatencyReport, LatencyRequest } from "./calls.ts";
import { type EndToEnd, type LatencyJob, measureLatency, timesOf } from "./measured.ts";
import { standInRanges } from "./standIn.ts";
import type { Timings } from "./timings.ts";

/**
 * The model of a recipe, to be timed and not kept. Of its repairs it has what is more to compute: biases that were not there, of
 * any values, and limits of equalised channels; folded tokens, which take data to find, are left out.
 */
export function timedModel(network: Network, { repairs = [], ...asked }: Recipe): Model {
  const recipe = withoutRepairs(asked);
  const equal = repairs.includes("equalization") && unequalizable(network) === undefined;
  const bare = equal ? equalized(network) : network;
  const plan = planRecipe(bare, recipe, standInRanges(bare));
  const corrected = repairs.includes("bias-correction") ? correctedSites(bare, plan) : [];
  const laid = withBiasSites(bare, new Set(corrected.map(({ layer }) => layer.id)));
  return exportNetwork(laid, plan, recipe).model;
}

/** One batch of made-up inputs, as large as the shapes that the layers are timed at. */
export async function timedFeeds(network: Network): Promise<Feeds> {
  const made = await syntheticDataset(inputsOf(network), {
    pins: network.pins,
    bounds: boundsOf(network),
    size: 8,
  });
  return made.batch(leastBatch(network));
}

/** Measures what a request asks about. */
export async function latencyOf(
  network: Network,
  timings: Timings,
  request: LatencyRequest,
  heard: Pick<LatencyJob, "onRow" | "between"> = {},
): Promise<LatencyReport> {
  const table = await measureLatency({
    network,
    timings,
    ...request,
    model: async (recipe) => timedModel(network, { ...recipe, repairs: request.repairs }),
    feeds: await timedFeeds(network),
    ...heard,
  });
  const factor = factorOf(table.endToEnd);
  return { ...table, factor, times: timesOf(table, factor) };
}

/** End to end by sum: the mean, in ratio, over the files that were run whole. */
export function factorOf(runs: readonly EndToEnd[]): number {
  const known = runs.filter(({ factor }) => factor > 0 && Number.isFinite(factor));
  if (known.length === 0) return 1;
  return Math.exp(known.reduce((sum, { factor }) => sum + Math.log(factor), 0) / known.length);
}
