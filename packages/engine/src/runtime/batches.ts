// Batches: which samples run together, and each sample's own part of an output.

import { trueInputs } from "@bitscape/graph";
import { sizeOf, type Tensor, toFloat32 } from "@bitscape/tensor";
import type { Dataset } from "../data/index.ts";
import type { Network } from "../network/network.ts";

// Activations of one batch stay under this many bytes, so that a browser tab keeps room for the weights.
const BATCH_BYTES = 96 * 2 ** 20;
const MOST = 32;

/**
 * Samples that run together: several where every input's first axis is symbolic, and the network's values fit.
 * Networks whose graph fixes the batch elsewhere are found out by running (see Runner).
 */
export function batchSize(network: Network, dataset: Dataset): number {
  if (dataset.oneAtATime) return 1;
  const inputs = trueInputs(network.model.graph);
  const fixed = inputs.map((input) => input.shape?.[0]).find((dim) => typeof dim === "number");
  if (typeof fixed === "number") return fixed;
  let elements = 0;
  for (const value of network.values.values()) elements += sizeOf(value.shape);
  return Math.max(1, Math.min(MOST, Math.floor(BATCH_BYTES / (4 * Math.max(elements, 1)))));
}

/** The fewest samples that run: the first one, as often as a fixed batch holds it. */
export function leastBatch(network: Pick<Network, "model">): readonly number[] {
  const sizes = trueInputs(network.model.graph).map((input) => input.shape?.[0]);
  const fixed = sizes.find((dim) => typeof dim === "number") ?? 1;
  // As data sets see it: a first dimension that inputs do not share is no batch.
  return new Array<number>(sizes.every((dim) => dim === fixed) ? Math.max(1, fixed) : 1).fill(0);
}

/** Whether the graph fixes how many samples run together: a batch must then be full. */
export function fixesBatch({ model }: Network): boolean {
  return model.graph.inputs.some((input) => typeof input.shape?.[0] === "number");
}

/** Indices (or what else stands for samples) cut into batches; a fixed batch is filled up by repeating its last sample. */
export function* batchesOf<T = number>(
  indices: readonly T[],
  size: number,
  fixed: boolean,
): Generator<{ readonly indices: readonly T[]; readonly count: number }> {
  for (let from = 0; from < indices.length; from += size) {
    const own = indices.slice(from, from + size);
    const count = own.length;
    while (fixed && own.length < size) own.push(own.at(-1) as T);
    yield { indices: own, count };
  }
}

/** Sample i's part of an output whose first axis is the batch; the whole output where it has no such axis. */
export function rowOf(output: Tensor, i: number, batch: number): Float32Array {
  const values = toFloat32(output.dtype, output.data);
  if (batch === 1) return values;
  const stride = values.length / batch;
  return values.subarray(i * stride, (i + 1) * stride);
}
