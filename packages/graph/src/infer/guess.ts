// A sensible number for a free dimension of an input: from the weights that read it, else its name, else its place.

import type { DType } from "@bitscape/tensor";
import { intOf } from "../attribute.ts";
import { type Graph, linksOf, type Node, type ValueInfo } from "../graph.ts";

const IMAGE = 224;
const CHANNELS = 3;
const TOKENS = 128;
const SAMPLES = 512;
const VOLUME = 16;

/** The first name that fits wins. */
const byName: readonly (readonly [RegExp, number])[] = [
  [/^(n|b|bs|none|unk__\d+)$|batch|num_?images/i, 1],
  [/past/i, 0],
  [/height|width|image|pixel|^[hw]$/i, IMAGE],
  [/channel|^c$/i, CHANNELS],
];
const sequence = /seq|len|token|time|word|text|frame|^[tsl]$/i;
const floats: ReadonlySet<DType> = new Set<DType>(["float32", "float16", "float64", "bfloat16"]);

export function guessOf(graph: Graph, input: ValueInfo, axis: number): number {
  return fromWeights(graph, input, axis) ?? fromName(input, axis) ?? fromPlace(input, axis);
}

/** Sizes that a weight dictates to an axis of the tensor it is applied to. */
const dictated: Partial<
  Record<
    string,
    (node: Node, weight: readonly number[], rank: number) => readonly [axis: number, size: number | undefined]
  >
> = {
  Conv: (node, weight) => [1, (weight[1] ?? 0) * intOf(node, "group", 1)],
  MatMul: (_, weight, rank) => [rank - 1, weight.at(-2)],
  Gemm: (node, weight, rank) => [rank - 1, weight[intOf(node, "transB", 0) ? 1 : 0]],
};

function fromWeights(graph: Graph, input: ValueInfo, axis: number): number | undefined {
  const links = linksOf(graph);
  for (const node of links.consumers.get(input.name) ?? []) {
    const weight = links.constants.get(node.inputs[1] ?? "");
    if (node.domain !== "" || node.inputs[0] !== input.name || !weight) continue;
    const [at, size] = dictated[node.op]?.(node, weight.shape, input.shape?.length ?? 0) ?? [];
    if (at === axis && size) return size;
  }
  return undefined;
}

const isFloat = (input: ValueInfo) => input.dtype !== undefined && floats.has(input.dtype);

function fromName(input: ValueInfo, axis: number): number | undefined {
  const name = input.shape?.[axis];
  if (typeof name !== "string") return undefined;
  const fit = byName.find(([pattern]) => pattern.test(name))?.[1];
  if (fit !== undefined) return fit;
  if (!sequence.test(name)) return undefined;
  // A float sequence of rank 2 is a waveform, not words.
  return isFloat(input) && input.shape?.length === 2 ? SAMPLES : TOKENS;
}

/** By axis for each rank; the last entry stands for all later axes. */
const byRank: Partial<Record<number, readonly number[]>> = {
  2: [1, SAMPLES],
  3: [1, TOKENS],
  4: [1, CHANNELS, IMAGE],
  5: [1, CHANNELS, VOLUME],
};

function fromPlace(input: ValueInfo, axis: number): number {
  const shape = input.shape ?? [];
  if (axis === 0) return 1;
  if (!isFloat(input)) return TOKENS;
  const last = shape.at(-1);
  // NHWC: a fixed small last axis is the channels.
  if (shape.length === 4 && typeof last === "number" && last <= 4) return IMAGE;
  const row = byRank[shape.length] ?? [1];
  return row[Math.min(axis, row.length - 1)] as number;
}
