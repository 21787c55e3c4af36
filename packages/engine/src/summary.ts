// Summaries: what of a network, its data and a plan is worth showing, as plain records that cross to the page.

import { encodedSize, intOf, opsetOf, trueInputs } from "@bitscape/graph";
import { addValues, decode, emptyHistogram, type Histogram, sqnrDb } from "@bitscape/quant";
import { byteLengthOf } from "@bitscape/tensor";
import type { Exported } from "./export/exporter.ts";
import { finiteValues, gridOf, integerGrid, scaledGrid } from "./grid.ts";
import { floatsOf } from "./network/constants.ts";
import type { Layer, Network } from "./network/network.ts";
import { type PointPlan, planRecipe, type Ranges } from "./plan.ts";
import type { HistogramReport, LayerSummary, ModelSummary, SizeReport, ValueSummary } from "./protocol.ts";
import type { Recipe, RecipeScheme } from "./recipe.ts";
import { encodeWeight } from "./weight.ts";

export function modelSummary(network: Network): ModelSummary {
  const { original, model, values } = network;
  const valueNamed = (name: string): ValueSummary => ({
    name,
    dtype: values.get(name)?.dtype ?? "float32",
    shape: values.get(name)?.shape ?? [],
  });
  const { producer } = original;
  return {
    name: network.name,
    bytes: network.bytes,
    sha256: network.sha256,
    opset: opsetOf(original),
    irVersion: original.irVersion,
    producer: [producer.name, producer.version].filter((part) => part !== "").join(" "),
    parameters: network.parameters,
    inputs: trueInputs(model.graph).map(({ name }) => valueNamed(name)),
    outputs: model.graph.outputs.map(({ name }) => valueNamed(name)),
    layers: network.layers.map(layerSummary),
    skipped: network.skipped,
    pins: network.pins,
    notes: network.notes,
  };
}

function layerSummary(layer: Layer): LayerSummary {
  const { id, node, points, macs } = layer;
  const weights = layer.weights.map(({ name, shape, dtype, elements }) => ({
    name,
    shape,
    dtype,
    elements,
    bytes: byteLengthOf(dtype, elements),
  }));
  const others = new Set(points.flatMap((point) => point.deciders).filter((decider) => decider !== id));
  return {
    id,
    op: node.op,
    weights,
    macs,
    activations: points.map((point) => point.tensor),
    sharedWith: [...others],
    ...(layer.sharedWith.length > 0 && { weightsSharedWith: layer.sharedWith }),
    depthwise: node.op === "Conv" && intOf(node, "group", 1) > 1 && weights[0]?.shape[1] === 1,
  };
}

/** The exact size of the file that an export would write, and what each layer's weights take in it. */
export function sizeReport(network: Network, { model, opset, warnings, tensors }: Exported): SizeReport {
  const float = (layer: Layer) =>
    layer.weights.reduce((sum, { dtype, elements }) => sum + byteLengthOf(dtype, elements), 0);
  const stored = new Map<string, number>();
  for (const { layer, bytes } of tensors) stored.set(layer, (stored.get(layer) ?? 0) + bytes);
  const layers = network.layers.map((layer) => ({
    id: layer.id,
    bytes: stored.get(layer.id) ?? float(layer),
  }));
  return { bytes: encodedSize(model), opset, layers, tensors, warnings };
}

const BINS = 128;
const MOST_CHANNELS = 4096;

/** A layer's weights (all of them together) under a scheme. */
export function weightHistogram(
  network: Network,
  layer: Layer,
  scheme: RecipeScheme | null,
): HistogramReport {
  const all = layer.weights.map(({ name }) => {
    const found = network.model.graph.constants.get(name);
    if (!found) throw new Error(`weight ${name}: missing, expected an initializer`);
    return floatsOf(found);
  });
  const histogram = emptyHistogram();
  for (const values of all) addValues(histogram, values);
  const { min, max } = histogram;
  const width = max > min ? (max - min) / BINS : 1;
  const counts = new Float64Array(BINS);
  for (const values of all) {
    for (const x of values) {
      const bin = Math.min(BINS - 1, Math.floor((x - min) / width));
      counts[bin] = (counts[bin] as number) + 1;
    }
  }
  const base = { from: min, width, counts, min, max, channels: channelRanges(layer, all[0]) };
  if (!scheme) return { ...base, grid: new Float64Array(), low: min, high: max, sqnrDb: null };
  const recipe: Recipe = { schema: "bitscape/recipe/1", layers: { [layer.id]: { weight: scheme } } };
  const [plan] = planRecipe(network, recipe).weights.values();
  if (!plan) throw new Error(`layer ${layer.id}: no weights, expected some to quantize`);
  const encoded = encodeWeight(network, plan);
  const { values, low, high } = gridOf(encoded);
  return { ...base, grid: values, low, high, sqnrDb: sqnrDb(all[0] as Float32Array, decode(encoded)) };
}

function channelRanges(layer: Layer, values: Float32Array | undefined): HistogramReport["channels"] {
  const weight = layer.weights[0];
  if (!weight || !values) return null;
  const { shape, channelAxis } = weight;
  const channels = shape[channelAxis] as number;
  if (channels > MOST_CHANNELS) return null;
  const inner = shape.slice(channelAxis + 1).reduce((a, b) => a * b, 1);
  const low = new Float32Array(channels).fill(Number.POSITIVE_INFINITY);
  const high = new Float32Array(channels).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < values.length; i++) {
    const c = Math.floor(i / inner) % channels;
    const x = values[i] as number;
    if (x < (low[c] as number)) low[c] = x;
    if (x > (high[c] as number)) high[c] = x;
  }
  return { low, high };
}

/** A layer's activations, from calibration, under a scheme. */
export function activationHistogram(
  network: Network,
  layer: Layer,
  ranges: Ranges,
  scheme: RecipeScheme | null,
): HistogramReport {
  const point = layer.points[0];
  const histogram = point && ranges.get(point.tensor);
  if (!point || !histogram)
    throw new Error(`layer ${layer.id}: no activations to quantize, expected a layer that has some`);
  const base = { ...rebinned(histogram), channels: null, sqnrDb: null };
  if (!scheme) return { ...base, grid: new Float64Array(), low: histogram.min, high: histogram.max };
  const recipe: Recipe = { schema: "bitscape/recipe/1", layers: { [layer.id]: { activation: scheme } } };
  const plan = planRecipe(network, recipe, ranges).points.get(point.tensor);
  if (!plan) throw new Error(`layer ${layer.id}: no plan for ${point.tensor}`);
  return { ...base, ...activationGrid(plan) };
}

function activationGrid({
  format,
  scale,
  zeroPoint,
}: PointPlan): Pick<HistogramReport, "grid" | "low" | "high"> {
  if (format.kind === "float8") {
    const { values, low, high } = scaledGrid(finiteValues(format.name), Float32Array.of(scale));
    return { grid: values, low, high };
  }
  const { qmin, qmax } = format;
  const grid = integerGrid(qmin, qmax, scale, zeroPoint);
  return { grid, low: (qmin - zeroPoint) * scale, high: (qmax - zeroPoint) * scale };
}

/** The bins of a calibration histogram between its extremes, merged to about as many as a chart shows. */
function rebinned({
  counts,
  limit,
  min,
  max,
}: Histogram): Pick<HistogramReport, "from" | "width" | "counts" | "min" | "max"> {
  const fine = (2 * limit) / counts.length;
  const first = Math.max(0, Math.floor((min + limit) / fine));
  const last = Math.min(counts.length - 1, Math.floor((max + limit) / fine));
  const merge = Math.max(1, Math.ceil((last - first + 1) / BINS));
  const merged = new Float64Array(Math.ceil((last - first + 1) / merge));
  for (let bin = first; bin <= last; bin++) {
    const at = Math.floor((bin - first) / merge);
    merged[at] = (merged[at] as number) + (counts[bin] as number);
  }
  return { from: -limit + first * fine, width: fine * merge, counts: merged, min, max };
}
