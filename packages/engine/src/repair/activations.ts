// How large each channel of activations gets on calibration samples: what equalisation may not make larger than the tensor's
// largest, where a tensor of activations has one scale. The float network is run; nothing is changed.

import { build, type Constant, encodeModel, type Node, opsetOf } from "@bitscape/graph";
import { toFloat32 } from "@bitscape/tensor";
import { batchesOf, batchSize, fixesBatch } from "../batches.ts";
import type { Dataset } from "../data/index.ts";
import type { Network } from "../network/network.ts";
import type { Runtime } from "../runtime.ts";
import { reduction } from "./channels.ts";
import { CORRECTION_SAMPLES } from "./correction.ts";
import type { LeastScales } from "./equalize.ts";
import { equalizablePairs } from "./pairs.ts";

export interface ActivationsJob {
  readonly network: Network;
  readonly dataset: Dataset;
  readonly indices: readonly number[];
  readonly runtime: Runtime;
  readonly between: (done: number, total: number) => Promise<void>;
}

/** The least scales of each pair's first layer: a_i / max a, a_i being the largest magnitude of its channel's outputs. */
export async function leastScales(job: ActivationsJob): Promise<LeastScales> {
  const { network, dataset, runtime, between } = job;
  const { model } = network;
  const pairs = equalizablePairs(network);
  const nodes: Node[] = [];
  const constants: Constant[] = [];
  for (const { first, limits } of pairs) {
    // Behind a ReLU6 values are bounded already.
    const input = limits.at(-1)?.node.outputs[0] ?? first.output;
    const rank = network.values.get(input)?.shape.length ?? 1;
    const size = build.node("Abs", [input], [sizeName(first.layer.id)]);
    const most = reduction("ReduceMax", opsetOf(model), {
      input: sizeName(first.layer.id),
      output: mostName(first.layer.id),
      rank,
      axis: first.axis,
    });
    nodes.push(size, ...most.nodes);
    constants.push(...most.constants);
  }
  const outputs = pairs.map(({ first }) => mostName(first.layer.id));
  const { graph } = model;
  const watching = {
    ...model,
    graph: {
      ...graph,
      nodes: [...graph.nodes, ...nodes],
      constants: new Map([...graph.constants, ...constants.map((each) => [each.name, each] as const)]),
      outputs: [...graph.outputs, ...outputs.map((name) => build.value(name, "float32"))],
      valueInfo: [],
    },
  };
  const session = await runtime.load(encodeModel(watching));
  const found = new Map(pairs.map(({ first }) => [first.layer.id, new Float64Array(first.channels)]));
  const indices = job.indices.slice(0, CORRECTION_SAMPLES);
  let done = 0;
  try {
    for (const batch of batchesOf(indices, batchSize(network, dataset), fixesBatch(network))) {
      await between(done, indices.length);
      const result = await session.run(await dataset.batch(batch.indices), outputs);
      for (const [id, most] of found) {
        const values = toFloat32("float32", result[mostName(id)]?.data ?? new Float32Array());
        // A flattened channel comes as its pixels.
        const repeat = values.length / most.length;
        for (let k = 0; k < values.length; k++) {
          const c = Math.floor(k / repeat);
          most[c] = Math.max(most[c] as number, values[k] as number);
        }
      }
      done += batch.count;
    }
  } finally {
    await session.release();
  }
  for (const most of found.values()) {
    const largest = most.reduce((a, b) => Math.max(a, b), 0);
    if (largest > 0) for (let c = 0; c < most.length; c++) most[c] = (most[c] as number) / largest;
  }
  return found;
}

const sizeName = (layer: string) => `${layer}/bitscape.size`;
const mostName = (layer: string) => `${layer}/bitscape.most`;
