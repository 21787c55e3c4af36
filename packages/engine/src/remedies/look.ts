// The facts about a tensor that a diagnosis rests on: taken from the weights and their codes, or from the calibration
// histogram. Nothing is run.

import { type Affine, decode, type Encoded, eachRun, type Histogram, sqnrDb } from "@bitscape/quant";
import { type Layer, layerOf, type Network } from "../network/network.ts";
import type { Weight } from "../network/weights.ts";
import type { Ranges } from "../plan/plan.ts";
import type { RecipeScheme } from "../recipe.ts";
import { clippedShare } from "../views/clipped.ts";
import { activationHistogram, channelRanges, encodedWeight, floatsNamed } from "../views/histogramReport.ts";
import type { Diagnosis } from "./calls.ts";
import { checkChannels } from "./channels.ts";
import { type CodeUse, type TensorFacts, troublesOf } from "./diagnosis.ts";

// With fewer values a code, codes without any say nothing.
const VALUES_A_CODE = 8;

/** @throws one sentence where the layer has no weights */
export function diagnoseWeight(network: Network, id: string, scheme: RecipeScheme): Diagnosis {
  const layer = layerOf(network, id);
  const weight = layer.weights[0];
  if (!weight) throw new Error(`layer ${id}: no weights, expected some to quantize`);
  const values = floatsNamed(network, weight.name);
  const encoded = encodedWeight(network, layer, scheme);
  return {
    sqnrDb: sqnrDb(values, decode(encoded)),
    troubles: troublesOf(weightFacts(layer, weight, values, encoded, scheme)),
  };
}

function weightFacts(
  layer: Layer,
  weight: Weight,
  values: Float32Array,
  encoded: Encoded,
  scheme: RecipeScheme,
): TensorFacts {
  const { shape, channelAxis } = weight;
  const found = channelRanges(weight, values);
  const affine = encoded.kind === "affine" ? encoded : null;
  return {
    target: "weight",
    peak: peakOf(values),
    clipped: clippedShare(values, encoded),
    codes: affine && codeUse(affine),
    idle: affine && scheme.symmetric ? idleShare(affine, values) : null,
    channels: found && {
      ...checkChannels(found),
      elements: values.length / (shape[channelAxis] as number),
    },
    depthwise: layer.node.op === "Conv" && shape.length > 2 && shape[1] === 1,
    whole: "groups" in encoded && encoded.groups !== null && encoded.groups.count === 1,
  };
}

function peakOf(values: Float32Array): number {
  let [most, squares] = [0, 0];
  for (const x of values) {
    most = Math.max(most, Math.abs(x));
    squares += x * x;
  }
  return squares > 0 ? most / Math.sqrt(squares / values.length) : 0;
}

function codeUse({ codes, format }: Affine): CodeUse | null {
  const all = 2 ** format.bits;
  if (codes.length < VALUES_A_CODE * all) return null;
  const counts = new Float64Array(all);
  for (const code of codes) counts[code - format.qmin] = (counts[code - format.qmin] as number) + 1;
  return usedOf(counts);
}

/** @param counts values by code */
export function usedOf(counts: Float64Array): CodeUse {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const sorted = counts
    .filter((count) => count > 0)
    .sort()
    .reverse();
  let [held, holding] = [0, 0];
  while (holding < sorted.length && held < 0.95 * total) held += sorted[holding++] as number;
  return { all: counts.length, used: sorted.length, holding };
}

/** Half of what the shorter side of each group's values leaves of a grid that is as long on both sides. */
function idleShare({ groups }: Affine, values: Float32Array): number {
  const low = new Float64Array(groups.count);
  const high = new Float64Array(groups.count);
  eachRun(groups, (from, to, group) => {
    for (let i = from, g = group; i < to; i++, g += groups.step) {
      low[g] = Math.max(low[g] as number, -(values[i] as number));
      high[g] = Math.max(high[g] as number, values[i] as number);
    }
  });
  let sum = 0;
  for (let g = 0; g < groups.count; g++) sum += idleOf(low[g] as number, high[g] as number);
  return sum / groups.count;
}

const idleOf = (below: number, above: number) => {
  const longer = Math.max(below, above);
  return longer > 0 ? (1 - Math.min(below, above) / longer) / 2 : 0;
};

/** @throws one sentence where the layer has no activations that were calibrated */
export function diagnoseActivation(
  network: Network,
  id: string,
  ranges: Ranges,
  scheme: RecipeScheme,
): Diagnosis {
  const layer = layerOf(network, id);
  const report = activationHistogram(network, layer, ranges, scheme);
  const histogram = ranges.get(layer.points[0]?.tensor ?? "") as Histogram;
  const { min, max } = histogram;
  const facts: TensorFacts = {
    target: "activation",
    peak: peakIn(histogram),
    clipped: report.clipped,
    codes: report.grid.length > 1 && /^u?int/.test(scheme.format) ? codesIn(histogram, report.grid) : null,
    idle: scheme.symmetric ? idleOf(Math.max(0, -min), Math.max(0, max)) : null,
    channels: null,
    depthwise: false,
    whole: true,
  };
  return { sqnrDb: report.sqnrDb, troubles: troublesOf(facts) };
}

const centre = ({ counts, limit }: Histogram, bin: number) =>
  -limit + (bin + 0.5) * ((2 * limit) / counts.length);

function peakIn(histogram: Histogram): number {
  const { counts, count, min, max } = histogram;
  const squares = counts.reduce((sum, each, bin) => sum + each * centre(histogram, bin) ** 2, 0);
  return squares > 0 ? Math.max(-min, max) / Math.sqrt(squares / count) : 0;
}

/** Bins spread over the codes that they cover: a bin may be wider than a step. */
function codesIn(histogram: Histogram, grid: Float64Array): CodeUse | null {
  const { counts, limit, count } = histogram;
  const step = (grid[1] as number) - (grid[0] as number);
  if (count < VALUES_A_CODE * grid.length || (2 * limit) / counts.length > step) return null;
  const used = new Float64Array(grid.length);
  counts.forEach((each, bin) => {
    const code = Math.round((centre(histogram, bin) - (grid[0] as number)) / step);
    const at = Math.max(0, Math.min(grid.length - 1, code));
    used[at] = (used[at] as number) + each;
  });
  return usedOf(used);
}
