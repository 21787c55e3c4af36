// Pairs of layers that scales can be moved between: one layer's outputs reach another's inputs, and nothing else, through
// operators that keep a channel's scale (DFQ, Nagel et al. 2019, arXiv 1906.04721, §4.1.1: f(s·x) = s·f(x)). Finds them; the
// scales are equalize.ts.

import { intOf, type Links, linksOf, type Node } from "@bitscape/graph";
import { sizeOf } from "@bitscape/tensor";
import { floatsOf } from "../../network/constants.ts";
import type { Layer, Network } from "../../network/network.ts";
import type { Weight } from "../../network/weights.ts";
import { type BiasSite, biasSites } from "../correction/sites.ts";

/** A ReLU6 or the like between two layers: its limit is of the values as they were. */
export interface Limit {
  readonly node: Node;
  readonly most: number;
  /** As of the pair, where the limit is. */
  readonly repeat: number;
}

export interface Pair {
  readonly first: BiasSite;
  readonly second: Layer;
  readonly weight: Weight;
  readonly channels: number;
  /** Consecutive inputs of the second that are one channel of the first: the pixels of what was flattened, else 1. */
  readonly repeat: number;
  readonly limits: readonly Limit[];
}

/** What a walk from the first layer's output has met. */
interface Walk {
  readonly tensor: string;
  readonly repeat: number;
  readonly limits: readonly Limit[];
}

/** How each operator between two layers is passed; an operator that is not here ends the walk, as does `undefined`. */
type Passing = (node: Node, walk: Walk, network: Network) => Partial<Walk> | undefined;

const homogeneous: Passing = () => ({});
/** Only where the channels stay whole and in order: [N, C, …] to [N, C · …]. */
const flattening: Passing = (node, walk, { values }) => {
  const from = values.get(node.inputs[0] ?? "")?.shape ?? [];
  const to = values.get(node.outputs[0] ?? "")?.shape ?? [];
  const whole = to.length === 2 && from.length >= 2 && from[0] === to[0];
  return whole ? { repeat: walk.repeat * sizeOf(from.slice(2)) } : undefined;
};

const passings: Readonly<Record<string, Passing>> = {
  Relu: homogeneous,
  LeakyRelu: homogeneous,
  Identity: homogeneous,
  MaxPool: homogeneous,
  AveragePool: homogeneous,
  GlobalAveragePool: homogeneous,
  GlobalMaxPool: homogeneous,
  Flatten: (node, walk, network) =>
    intOf(node, "axis", 1) === 1 ? flattening(node, walk, network) : undefined,
  Reshape: flattening,
  // Clip-13 from 0 to a constant: ReLU6.
  Clip: (node, walk, network) => {
    const [, low, high] = node.inputs.map((name) => {
      const constant = network.model.graph.constants.get(name);
      return constant?.dtype === "float32" ? floatsOf(constant)[0] : undefined;
    });
    if (low !== 0 || high === undefined || !(high > 0)) return undefined;
    return { limits: [...walk.limits, { node, most: high, repeat: walk.repeat }] };
  },
};

/** Pairs in topological order. */
export function equalizablePairs(network: Network): Pair[] {
  const { graph } = network.model;
  const links = linksOf(graph);
  const layers = new Map(network.layers.map((layer) => [layer.node.id, layer]));
  return biasSites(network).flatMap((first) => {
    const { node, sharedWith } = first.layer;
    if (node.op === "ConvTranspose" || sharedWith.length > 0 || !ownWeight(first.weight, links)) return [];
    // A bias that other nodes read too cannot be scaled.
    if (first.bias === null && (node.inputs[2] ?? "") !== "") return [];
    let walk: Walk = { tensor: first.output, repeat: 1, limits: [] };
    for (;;) {
      const [reader, ...others] = links.consumers.get(walk.tensor) ?? [];
      if (!reader || others.length > 0 || links.outputs.has(walk.tensor) || reader.domain !== "") return [];
      const layer = layers.get(reader.id);
      const weight = layer?.weights[0];
      if (layer && weight && reader.inputs[0] === walk.tensor)
        return ends(first, layer, weight, walk, links) ?? [];
      const more = passings[reader.op]?.(reader, walk, network);
      if (!more || reader.inputs[0] !== walk.tensor) return [];
      walk = { ...walk, ...more, tensor: reader.outputs[0] as string };
    }
  });
}

function ends(first: BiasSite, second: Layer, weight: Weight, walk: Walk, links: Links): Pair[] | undefined {
  const { node, sharedWith, weights } = second;
  const single = weights.length === 1 && sharedWith.length === 0 && ownWeight(weight, links);
  if (!single || weight.dtype !== "float32" || weight.name !== node.inputs[1]) return undefined;
  const inputs = inputsOf(node, weight);
  if (inputs === undefined || inputs !== first.channels * walk.repeat) return undefined;
  // Channels along the last axis meet a product along the last axis, those along the second a convolution or a flattened vector.
  const alongSecond = node.op === "Conv" || (node.op === "Gemm" && first.axis === 1);
  if (alongSecond !== (first.axis === 1)) return undefined;
  return [{ first, second, weight, channels: first.channels, repeat: walk.repeat, limits: walk.limits }];
}

/** Input channels of a second layer: none where its operator is not known here. */
function inputsOf(node: Node, { shape }: Weight): number | undefined {
  if (node.op === "Conv") return (shape[1] as number) * intOf(node, "group", 1);
  if (node.op === "Gemm" && intOf(node, "transA", 0) === 0) {
    return shape[intOf(node, "transB", 0) === 0 ? 0 : 1];
  }
  return node.op === "MatMul" && shape.length === 2 ? shape[0] : undefined;
}

function ownWeight({ name }: Weight, { consumers, outputs }: Links): boolean {
  return consumers.get(name)?.length === 1 && !outputs.has(name);
}
