// Constant outlier tokens of a network's own activations (MixDQ, arXiv 2405.17873, §4.1): runs the float network on some
// samples and looks at what every matrix product reads. Looks; changes nothing: see foldTokens.ts.

import { build } from "@bitscape/graph";
import { type Token, tokensOf } from "@bitscape/methods";
import { sizeOf, toFloat32 } from "@bitscape/tensor";
import type { Dataset } from "../data/index.ts";
import type { Network } from "../network/network.ts";
import { batchesOf, batchSize, fixesBatch } from "../runtime/batches.ts";
import { loadModel } from "../runtime/loading.ts";
import type { Runtime } from "../runtime/runtime.ts";

/** What one layer reads, token by token. */
export interface LayerTokens {
  readonly layer: string;
  readonly tensor: string;
  readonly tokens: readonly Token[];
  /** How many of the first are constant outliers, one after the other: those can be folded. */
  readonly leading: number;
  /** Of those, the values: [leading, channels]. */
  readonly rows: Float32Array;
  /** The first sample's values: [tokens, channels]. */
  readonly first: Float32Array;
  readonly samples: number;
}

export interface TokensJob {
  readonly network: Network;
  readonly dataset: Dataset;
  readonly indices: readonly number[];
  readonly runtime: Runtime;
  readonly between: (done: number, total: number) => Promise<void>;
}

// Activations that are kept of all samples together.
const KEEP_BYTES = 128 * 2 ** 20;

/** Layers that multiply tokens by constant weights: what they read is [samples, tokens, channels]. */
export function tokenLayers({
  layers,
  values,
}: Network): { readonly layer: string; readonly tensor: string }[] {
  return layers.flatMap(({ id, node, weights, sharedWith }) => {
    const [tensor = ""] = node.inputs;
    const shape = values.get(tensor)?.shape;
    const reads = node.op === "MatMul" && weights.length === 1 && sharedWith.length === 0;
    return reads && shape?.length === 3 && (shape[1] as number) > 1 ? [{ layer: id, tensor }] : [];
  });
}

/** Every such layer's tokens; constancy needs two samples or more. */
export async function findTokens(job: TokensJob): Promise<LayerTokens[]> {
  const { network, dataset, runtime, between } = job;
  const wanted = tokenLayers(network);
  const tensors = [...new Set(wanted.map(({ tensor }) => tensor))];
  if (tensors.length === 0) return [];
  const { graph } = network.model;
  const shown = new Set(graph.outputs.map(({ name }) => name));
  const extra = tensors.filter((name) => !shown.has(name)).map((name) => build.value(name, "float32"));
  const perSample = tensors.reduce((sum, name) => sum + 4 * sizeOf(network.values.get(name)?.shape ?? []), 0);
  const indices = job.indices.slice(0, Math.max(2, Math.floor(KEEP_BYTES / Math.max(1, perSample))));
  const exposed = { ...network.model, graph: { ...graph, outputs: [...graph.outputs, ...extra] } };
  const session = await loadModel(exposed, runtime);
  const kept = new Map<string, { readonly parts: Float32Array[]; shape: readonly number[] }>(
    tensors.map((name) => [name, { parts: [], shape: [] }]),
  );
  try {
    const fixed = fixesBatch(network);
    let done = 0;
    for (const batch of batchesOf(indices, batchSize(network, dataset), fixed)) {
      await between(done, indices.length);
      const outputs = await session.run(await dataset.batch(batch.indices), tensors);
      for (const [name, own] of kept) {
        const value = outputs[name];
        if (!value) continue;
        const values = toFloat32(value.dtype, value.data);
        own.parts.push(values.slice(0, (values.length / batch.indices.length) * batch.count));
        own.shape = value.shape;
      }
      done += batch.count;
    }
  } finally {
    await session.release();
  }
  return wanted.flatMap(({ layer, tensor }): LayerTokens[] => {
    const { parts, shape } = kept.get(tensor) as { parts: Float32Array[]; shape: readonly number[] };
    const [, count = 0, channels = 0] = shape;
    // Samples of different lengths have no tokens in common but by position.
    if (parts.some((part) => part.length % (count * channels) !== 0)) return [];
    const x = joined(parts);
    const samples = x.length / (count * channels);
    const tokens = tokensOf(x, [samples, count, channels]);
    const end = tokens.findIndex(({ treatment }) => treatment !== "fold");
    const leading = end < 0 ? count : end;
    return [
      {
        layer,
        tensor,
        tokens,
        leading,
        rows: x.slice(0, leading * channels),
        first: x.slice(0, count * channels),
        samples,
      },
    ];
  });
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
