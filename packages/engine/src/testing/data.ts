// Data sets in memory, and small networks opened with them. For tests only.

import { encodeModel } from "@bitscape/graph";
import { allocate, sizeOf, type Tensor } from "@bitscape/tensor";
import { zipSync } from "fflate";
import { checkIndices, type Dataset } from "../data/dataset.ts";
import type { Network } from "../network/network.ts";
import { openNetwork } from "../network/open.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { type SmallNet, samplesOf } from "./nets.ts";

/** Tensors whose first axis is samples, as a data set. */
export function memoryDataset(
  tensors: Readonly<Record<string, Tensor>>,
  more: Partial<Dataset> = {},
): Dataset {
  const size = Object.values(tensors)[0]?.shape[0] ?? 0;
  const dataset: Dataset = {
    name: "memory",
    kind: "real",
    size,
    digest: "",
    skipped: [],
    oneAtATime: false,
    batch: async (indices) => {
      checkIndices(indices, dataset);
      return Object.fromEntries(Object.entries(tensors).map(([name, value]) => [name, rows(value, indices)]));
    },
    ...more,
  };
  return dataset;
}

function rows({ dtype, shape, data }: Tensor, indices: readonly number[]): Tensor {
  const stride = sizeOf(shape.slice(1));
  const out = allocate(dtype, stride * indices.length);
  for (const [i, index] of indices.entries()) {
    out.set(data.subarray(index * stride, (index + 1) * stride) as never, i * stride);
  }
  return { dtype, shape: [indices.length, ...shape.slice(1)], data: out };
}

export function openSmall(net: SmallNet, runtime: Runtime): Promise<Network> {
  return openNetwork(encodeModel(net.model), runtime, { name: `${net.name}.onnx` });
}

/** Seeded samples of a network as a data set. */
export function smallDataset(net: SmallNet, count: number, more: Partial<Dataset> = {}): Dataset {
  return memoryDataset(samplesOf(net, count), more);
}

/** A zip archive of files by name. */
export function zipOf(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  return zipSync({ ...files });
}
