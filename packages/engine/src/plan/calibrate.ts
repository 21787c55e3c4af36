// Calibration: runs the float network over the calibration samples and keeps a histogram for each activation point.
// Memory is one histogram a tensor and one batch of activations.

import { build } from "@bitscape/graph";
import { addValues, emptyHistogram, type Histogram } from "@bitscape/quant";
import { sizeOf, type Tensor, toFloat32 } from "@bitscape/tensor";
import type { Dataset } from "../data/index.ts";
import type { Network } from "../network/network.ts";
import { batchesOf, batchSize, fixesBatch } from "../runtime/batches.ts";
import { loadModel } from "../runtime/loading.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Ranges } from "./plan.ts";

// Activations brought out of the session at once.
const OUTPUT_BYTES = 64 * 2 ** 20;

/**
 * Histograms of every activation point over some samples.
 * @param between awaited before each batch; throws to cancel
 */
export async function calibrate(
  network: Network,
  dataset: Dataset,
  indices: readonly number[],
  runtime: Runtime,
  between: (done: number, total: number) => Promise<void>,
): Promise<Ranges> {
  const { points } = network;
  const ranges = new Map<string, Histogram>(points.map(({ tensor }) => [tensor, emptyHistogram()]));
  if (points.length === 0) return ranges;
  const { graph } = network.model;
  const outside = new Set(graph.inputs.map((input) => input.name));
  const shown = new Set(graph.outputs.map((output) => output.name));
  const inner = points.map(({ tensor }) => tensor).filter((name) => !outside.has(name));
  const extra = inner.filter((name) => !shown.has(name)).map((name) => build.value(name, "float32"));
  const exposed = { ...network.model, graph: { ...graph, outputs: [...graph.outputs, ...extra] } };
  const session = await loadModel(exposed, runtime);
  try {
    const perSample = inner.reduce((sum, name) => sum + 4 * sizeOf(network.values.get(name)?.shape ?? []), 4);
    const wanted = batchSize(network, dataset);
    const fixed = fixesBatch(network);
    const size = fixed ? wanted : Math.max(1, Math.min(wanted, Math.floor(OUTPUT_BYTES / perSample)));
    let done = 0;
    for (const batch of batchesOf(indices, size, fixed)) {
      await between(done, indices.length);
      const samples = await dataset.batch(batch.indices);
      const outputs = await session.run(samples, inner.length > 0 ? inner : undefined);
      for (const [tensor, histogram] of ranges) {
        const value = samples[tensor] ?? outputs[tensor];
        if (value) addValues(histogram, ownValues(value, batch));
      }
      done += batch.count;
    }
    await between(done, indices.length);
  } finally {
    await session.release();
  }
  return ranges;
}

/** A fixed batch is filled up with a sample that was counted already: those rows are left out. */
function ownValues(value: Tensor, { indices, count }: { indices: readonly number[]; count: number }) {
  const values = toFloat32(value.dtype, value.data);
  const size = indices.length;
  return value.shape[0] === size ? values.subarray(0, (values.length / size) * count) : values;
}
