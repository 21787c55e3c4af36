// What a layer's values look like, and what a scheme makes of them: the histograms, ranges and grids that a chart draws.

import {
  addValues,
  clamp,
  decode,
  type Encoded,
  emptyHistogram,
  type Groups,
  type Histogram,
  roundHalfEven,
  sqnrDb,
} from "@bitscape/quant";
import { floatsOf } from "../network/constants.ts";
import type { Layer, Network } from "../network/network.ts";
import type { Weight } from "../network/weights.ts";
import { type Float8Type, float8Type } from "../plan/float8.ts";
import { type PointPlan, planRecipe, type Ranges } from "../plan/plan.ts";
import { encodeWeight } from "../plan/weight.ts";
import type { ChannelReport, HistogramReport } from "../protocol.ts";
import type { Recipe, RecipeScheme } from "../recipe.ts";
import { clippedShare, groupsIn, histogramError, type Reach, reachOfGrid } from "./clipped.ts";
import { finiteValues, gridOf, integerEnds, integerGrid, scaledGrid } from "./grid.ts";

const BINS = 128;
const MOST_CHANNELS = 4096;

/**
 * A layer's weights (all of them together) under a scheme.
 * @param channel one to report by itself too
 */
export function weightHistogram(
  network: Network,
  layer: Layer,
  scheme: RecipeScheme | null,
  channel?: number,
): HistogramReport {
  const all = layer.weights.map(({ name }) => floatsNamed(network, name));
  const histogram = emptyHistogram();
  for (const values of all) addValues(histogram, values);
  const { min, max } = histogram;
  const width = max > min ? (max - min) / BINS : 1;
  const bins = { from: min, width };
  const counts = new Float64Array(BINS);
  for (const values of all) count(values, bins, counts);
  const [first, values] = [layer.weights[0] as Weight, all[0] as Float32Array];
  const base = { ...bins, counts, min, max, channels: channelRanges(first, values) };
  const encoded = scheme && encodedWeight(network, layer, scheme);
  const one =
    channel === undefined || channel >= (first.shape[first.channelAxis] as number)
      ? {}
      : { channel: channelReport(first, values, channel, bins, encoded) };
  if (!encoded)
    return { ...base, grid: new Float64Array(), low: min, high: max, sqnrDb: null, clipped: null, ...one };
  const grid = gridOf(encoded);
  return {
    ...base,
    grid: grid.values,
    low: grid.low,
    high: grid.high,
    sqnrDb: sqnrDb(values, decode(encoded)),
    clipped: clippedShare(values, encoded),
    ...one,
  };
}

/** The float values of a weight. Throws where the network has none of the name. */
export function floatsNamed(network: Network, name: string): Float32Array {
  const found = network.model.graph.constants.get(name);
  if (!found) throw new Error(`weight ${name}: missing, expected an initializer`);
  return floatsOf(found);
}

/** A layer's first weight as a scheme encodes it, the rest of the network float. */
export function encodedWeight(network: Network, layer: Layer, scheme: RecipeScheme): Encoded {
  const recipe: Recipe = { schema: "bitscape/recipe/1", layers: { [layer.id]: { weight: scheme } } };
  const [plan] = planRecipe(network, recipe).weights.values();
  if (!plan) throw new Error(`layer ${layer.id}: no weights, expected some to quantize`);
  return encodeWeight(network, plan);
}

interface Bins {
  readonly from: number;
  readonly width: number;
}

function count(values: Iterable<number>, { from, width }: Bins, counts: Float64Array): void {
  for (const x of values) {
    const bin = Math.min(counts.length - 1, Math.floor((x - from) / width));
    counts[bin] = (counts[bin] as number) + 1;
  }
}

/** Smallest and largest value of each output channel; null where they are too many to show. */
export function channelRanges(
  { shape, channelAxis }: Pick<Weight, "shape" | "channelAxis">,
  values: Float32Array,
): HistogramReport["channels"] {
  const channels = shape[channelAxis] as number;
  if (channels > MOST_CHANNELS) return null;
  const inner = innerOf(shape, channelAxis);
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

const innerOf = (shape: readonly number[], axis: number) => shape.slice(axis + 1).reduce((a, b) => a * b, 1);

function channelReport(
  { shape, channelAxis }: Weight,
  values: Float32Array,
  index: number,
  bins: Bins,
  encoded: Encoded | null,
): ChannelReport {
  const inner = innerOf(shape, channelAxis);
  const channels = shape[channelAxis] as number;
  const isOwn = (_: number, i: number) => Math.floor(i / inner) % channels === index;
  const own = values.filter(isOwn);
  const counts = new Float64Array(BINS);
  count(own, bins, counts);
  const [min, max] = [own.reduce((a, b) => Math.min(a, b)), own.reduce((a, b) => Math.max(a, b))];
  const base = { index, counts, min, max };
  if (!encoded) return { ...base, grid: new Float64Array(), low: min, high: max, sqnrDb: null };
  const groups = groupsIn(encoded);
  const { values: grid } = gridOf(encoded, groups ? groupAt(groups, index * inner) : 0);
  return {
    ...base,
    grid,
    low: grid[0] ?? min,
    high: grid.at(-1) ?? max,
    sqnrDb: sqnrDb(own, decode(encoded).filter(isOwn)),
  };
}

/** The group that the element at a row-major place is in. */
function groupAt({ dim, inner, at, step }: Groups, place: number): number {
  const d = Math.floor(place / inner);
  return at(Math.floor(d / dim), d % dim) + (place % inner) * step;
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
  const base = { ...rebinned(histogram), channels: null };
  if (!scheme) {
    const { min: low, max: high } = histogram;
    return { ...base, grid: new Float64Array(), low, high, sqnrDb: null, clipped: null };
  }
  const recipe: Recipe = { schema: "bitscape/recipe/1", layers: { [layer.id]: { activation: scheme } } };
  const plan = planRecipe(network, recipe, ranges).points.get(point.tensor);
  if (!plan) throw new Error(`layer ${layer.id}: no plan for ${point.tensor}`);
  return { ...base, ...activationGrid(plan), ...activationError(plan, histogram) };
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
  return { grid: integerGrid(qmin, qmax, scale, zeroPoint), ...integerEnds(format, scale, zeroPoint) };
}

/** The bins of a calibration histogram, each at its centre, as the quantizer rounds and clips them. */
function activationError({ format, scale, zeroPoint }: PointPlan, histogram: Histogram) {
  if (format.kind === "float8") {
    const { code, value } = float8Type(format.name) as Float8Type;
    const reach = reachOfGrid(scaledGrid(finiteValues(format.name), Float32Array.of(scale)).values);
    return histogramError(histogram, reach as Reach, (x) => value(code(x / scale)) * scale);
  }
  const { qmin, qmax } = format;
  return histogramError(histogram, integerEnds(format, scale, zeroPoint, 0.5), (x) => {
    return clamp(roundHalfEven(x / scale), qmin - zeroPoint, qmax - zeroPoint) * scale;
  });
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
