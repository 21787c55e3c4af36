// A table of k fitted values: one of the whole tensor, or one a channel; every weight is a place in its table.
// Deep compression (Han et al. 2016), with gradient-weighted means where importances are given (GWK: Khalifa et al.).

import { seededRandom } from "@bitscape/tensor";
import type { Levels } from "../encoded.ts";
import { eachGroup, eachRun, type Groups, gather, groupsOf } from "../grouping.ts";
import { clusterValues } from "../kmeans.ts";
import { widthOf } from "../levels.ts";
import { type NearestTable, nearestTable, rankOf } from "../nearest.ts";
import { argsOf } from "./name.ts";
import type { FormatRow, Job } from "./row.ts";

/** Blocks have no tables: they would be larger than the block. A channel's table is along the axis of outputs. */
function tablesOf({ shape, grouping, options }: Job): Groups {
  if (grouping.kind === "tensor" || shape.length === 0) return groupsOf(shape, { kind: "tensor" });
  const axis = grouping.kind === "channel" ? grouping.axis : (options.axes?.outputs ?? 0);
  return groupsOf(shape, { kind: "channel", axis });
}

function quantizeCodebook(job: Job): Levels {
  const { data, shape, facts, options } = job;
  const size = facts.args[0] as number;
  const tables = tablesOf(job);
  const importance = options.weights && gather(options.weights, tables);
  const random = seededRandom(options.seed ?? 0);
  const levels = new Float32Array(tables.count * size);
  const nearest: NearestTable[] = [];
  eachGroup(data, tables, (values, table) => {
    const centroids = clusterValues(values, importance?.[table], size, random);
    levels.set(centroids, table * size);
    nearest[table] = nearestTable(centroids);
  });
  const codes = new Uint8Array(data.length);
  const { step } = tables;
  eachRun(tables, (from, to, table) => {
    for (let i = from, t = table; i < to; i++, t += step) {
      const found = nearest[t] as NearestTable;
      codes[i] = found.codes[rankOf(found, data[i] as number)] as number;
    }
  });
  const width = widthOf(size);
  return {
    kind: "levels",
    format: facts,
    shape,
    codes,
    width,
    levels,
    size,
    tables,
    groups: null,
    scale: null,
  };
}

const params = [{ name: "k", least: 2, most: 256, help: "values in a table" }] as const;

export const codebook: FormatRow = {
  family: "codebook",
  pattern: "codebook(k)",
  params,
  help: "k values fitted to the weights by k-means, for the tensor or for each channel.",
  source: "Han et al. 2016 (Deep Compression); k-means++ of Arthur & Vassilvitskii 2007",
  granularities: ["tensor", "channel"],
  heeds: [],
  examples: ["codebook(2)", "codebook(5)", "codebook(16)", "codebook(256)"],
  parse: (name) => {
    const args = argsOf(name, "codebook", params);
    return args && { name, family: "codebook", args, bits: widthOf(args[0] as number), kind: "levels" };
  },
  quantize: quantizeCodebook,
};
