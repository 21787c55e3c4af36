// How samples are stacked for a pass with gradients: many at once where each can be told apart, else one.

import type { CellKey } from "../cells/sensitivity.ts";
import type { Dataset } from "../data/index.ts";
import type { Network } from "../network/network.ts";
import { batchSize } from "../runtime/batches.ts";
import { type Batching, batching } from "./batching.ts";
import { type Form, formulationOf } from "./formulation.ts";

// Gradients of the largest weight for each sample of a batch.
const DIAGONAL_BYTES = 64 * 2 ** 20;

/** A batching under which every sample's part can be told apart; a sentence where not even one sample's can be. */
export function stackingOf(
  network: Network,
  dataset: Dataset,
  { keys, form, slots }: { readonly keys: readonly CellKey[]; readonly form: Form; readonly slots: number },
): Batching | string {
  const most = batchSize(network, dataset);
  // Gradients hold what a forward run lets go of, and a diagonal those of each weight for every sample.
  const heaviest = Math.max(
    1,
    ...network.layers.flatMap(({ weights }) => weights.map(({ elements }) => elements)),
  );
  const fitting = form === "diagonal" ? Math.floor(DIAGONAL_BYTES / (4 * heaviest)) : most;
  const wanted = Math.max(1, Math.min(slots, fitting, most < 32 ? most >> 1 : most));
  const layers = new Set(keys.map(({ layer }) => layer));
  const columns = new Set(keys.map(({ bits }) => bits)).size;
  const tells = (batching: Batching) =>
    network.layers.every(
      ({ id, weights, points }) =>
        !layers.has(id) ||
        (weights.every(
          (weight) => formulationOf({ network, batching, form }, weight, columns) !== undefined,
        ) &&
          points.every(({ tensor }) => batching.size === 1 || batching.axisOf(tensor) !== undefined)),
    );
  for (const size of new Set([wanted, 1, most])) {
    const found = batching(network, size);
    if (found && tells(found)) return found;
  }
  return `${network.name}: samples cannot be told apart within its values, expected an axis of their own`;
}
