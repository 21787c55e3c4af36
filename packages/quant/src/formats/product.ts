// Product quantization: blocks of d weights, each one of k centroids, so that a weight takes log2(k) / d bits. No scales;
// centroids are float32, or int8 with one scale. Source: iPQ of Quant-Noise (Fan et al. 2021): catalogue of methods §4.

import { seededRandom } from "@bitscape/tensor";
import type { Product } from "../encoded.ts";
import { widthOf } from "../levels.ts";
import { weightFloor } from "../points.ts";
import { columnsOf, eachBlock, productLayout } from "../productLayout.ts";
import { roundHalfEven } from "../round.ts";
import { storedScale } from "../scale.ts";
import { assignColumns, centreColumns, clusterColumns } from "../vectors.ts";
import { argsOf } from "./name.ts";
import type { FormatRow, Job } from "./row.ts";

function quantizeProduct({ data, shape, facts, scheme, grouping, options }: Job): Product {
  const [k, d] = facts.args as [number, number];
  const axes = options.axes ?? (grouping.kind === "channel" ? { outputs: grouping.axis } : {});
  const layout = productLayout(shape, d, axes);
  const { rows, blocks } = layout;
  const importance = options.weights && positive(options.weights);
  const columns = {
    values: columnsOf(data, layout),
    weights: importance && columnsOf(importance, layout),
    d,
  };
  const fitted = clusterColumns(columns, k, seededRandom(options.seed ?? 0));
  const indices = new Uint8Array(blocks * rows);
  assignColumns(columns, fitted, indices);
  centreColumns(columns, indices, fitted);
  const base = { kind: "product", format: facts, shape, indices, rows, blocks, d, layout } as const;
  if (scheme.centroids !== "int8") {
    return { ...base, centroids: Float32Array.from(fitted), centroidScale: null, centroidCodes: null };
  }
  const most = fitted.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
  const centroidScale = storedScale(most / 127, options.roundScale);
  const centroidCodes = Int8Array.from(fitted, (x) =>
    Math.max(-127, Math.min(127, roundHalfEven(x / centroidScale))),
  );
  const centroids = Float32Array.from(centroidCodes, (q) => q * centroidScale);
  // Rounded centroids may have others nearest.
  assignColumns(columns, centroids, indices);
  return { ...base, centroids, centroidScale, centroidCodes };
}

/** Importances without zeros, so that every cluster has a mean. */
function positive(weights: Float32Array): Float32Array {
  const floor = weightFloor(weights);
  return weights.map((w) => Math.max(floor, w));
}

export function decodeProduct({ indices, centroids, d, layout, rows, blocks }: Product): Float32Array {
  const data = new Float32Array(rows * blocks * d);
  const { stride } = layout;
  eachBlock(layout, (start, column) => {
    const from = (indices[column] as number) * d;
    for (let i = 0, at = start; i < d; i++, at += stride) data[at] = centroids[from + i] as number;
  });
  return data;
}

const params = [
  { name: "k", least: 2, most: 256, help: "centroids" },
  { name: "d", least: 1, most: 4096, help: "weights in a block" },
] as const;

export const product: FormatRow = {
  family: "product",
  pattern: "product(k,d)",
  params,
  help: "Blocks of d weights, each replaced by one of k centroids: fractions of a bit a weight.",
  source: "Stock et al. 2020 (iPQ), Fan et al. 2021 (Quant-Noise)",
  granularities: ["tensor"],
  heeds: ["centroids"],
  examples: ["product(16,2)", "product(256,4)", "product(256,8)", "product(64,9)"],
  parse: (name) => {
    const args = argsOf(name, "product", params);
    if (!args) return undefined;
    const [k, d] = args as [number, number];
    return { name, family: "product", args, bits: widthOf(k) / d, kind: "product" };
  },
  quantize: quantizeProduct,
};
