// Rounding sites: layers whose weights can be rounded by what their inputs are, and how such a weight is rows over inputs. Conv-22,
// ConvTranspose-22, Gemm-13, MatMul-13 with float32 constants on the right. Plans only; nothing runs.

import { floatOf, intOf, intsOf, linksOf, type Node, stringOf } from "@bitscape/graph";
import { sizeOf } from "@bitscape/tensor";
import { floatsOf } from "../../network/constants.ts";
import type { Layer, Network } from "../../network/network.ts";
import type { Weight } from "../../network/weights.ts";

/** A convolution's geometry, an entry for each spatial axis. */
export interface Geometry {
  /** Whether inputs spread over outputs, as ConvTranspose does. */
  readonly transposed: boolean;
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** What is padded before each axis, or by which rule of auto_pad. */
  readonly pads: readonly number[] | "SAME_UPPER" | "SAME_LOWER";
}

export interface RoundingSite {
  readonly layer: Layer;
  readonly weight: Weight;
  /** Groups whose rows read inputs of their own: 1 but for grouped convolutions. */
  readonly groups: number;
  /** Of each group. */
  readonly rows: number;
  /** Of each row. */
  readonly inputs: number;
  /** Where the weight of a group's row and input lies in the tensor. */
  readonly element: (group: number, row: number, input: number) => number;
  /** null for a product of matrices: the channels are then the last axis of inputs and outputs. */
  readonly geometry: Geometry | null;
  /** What is added to each channel, float32 [groups · rows]; null where nothing is. */
  readonly bias: Float32Array | null;
}

// H of a row with so many inputs has 5.3 million numbers; what takes more is left as it is rounded.
export const MOST_INPUTS = 2304;

type Shaped = Pick<RoundingSite, "groups" | "rows" | "inputs" | "element" | "geometry">;

/** By operator: how its weight is rows over inputs; undefined where it is not. */
const shapes: Readonly<Record<string, (node: Node, weight: Weight) => Shaped | undefined>> = {
  Conv: (node, { shape }) => {
    const geometry = geometryOf(node, shape, false);
    const groups = intOf(node, "group", 1);
    const rows = (shape[0] as number) / groups;
    const inputs = sizeOf(shape.slice(1));
    const element = (group: number, row: number, input: number) => (group * rows + row) * inputs + input;
    return geometry && { groups, rows, inputs, element, geometry };
  },
  ConvTranspose: (node, { shape }) => {
    const geometry = geometryOf(node, shape, true);
    const groups = intOf(node, "group", 1);
    const [all = 1, rows = 1] = shape;
    const taps = sizeOf(shape.slice(2));
    const channels = all / groups;
    const element = (group: number, row: number, input: number) =>
      ((group * channels + Math.floor(input / taps)) * rows + row) * taps + (input % taps);
    return geometry && { groups, rows, inputs: channels * taps, element, geometry };
  },
  Gemm: (node, { shape }) =>
    intOf(node, "transA", 0) === 0 && floatOf(node, "alpha", 1) === 1 && floatOf(node, "beta", 1) === 1
      ? matrix(shape, intOf(node, "transB", 0) !== 0)
      : undefined,
  MatMul: (_, { shape }) => (shape.length === 2 ? matrix(shape, false) : undefined),
};

function matrix([first = 1, second = 1]: readonly number[], transposed: boolean): Shaped {
  const [rows, inputs] = transposed ? [first, second] : [second, first];
  const element = (_: number, row: number, input: number) =>
    transposed ? row * inputs + input : input * rows + row;
  return { groups: 1, rows, inputs, element, geometry: null };
}

function geometryOf(node: Node, shape: readonly number[], transposed: boolean): Geometry | undefined {
  const kernel = shape.slice(2);
  const ones = kernel.map(() => 1);
  const pads = intsOf(node, "pads") ?? ones.map(() => 0);
  const rule = stringOf(node, "auto_pad", "NOTSET");
  const found = {
    transposed,
    kernel,
    strides: intsOf(node, "strides") ?? ones,
    dilations: intsOf(node, "dilations") ?? ones,
  };
  if (rule === "SAME_UPPER" || rule === "SAME_LOWER")
    return transposed ? undefined : { ...found, pads: rule };
  return { ...found, pads: rule === "VALID" ? ones.map(() => 0) : pads.slice(0, kernel.length) };
}

/** The sites of a network's main graph, in topological order. */
export function roundingSites(network: Network): RoundingSite[] {
  const { graph } = network.model;
  const { consumers } = linksOf(graph);
  const byId = new Map(network.layers.map((layer) => [layer.node.id, layer]));
  return graph.nodes.flatMap((node) => {
    const layer = byId.get(node.id);
    const [weight] = layer?.weights ?? [];
    const shape = node.domain === "" ? shapes[node.op] : undefined;
    if (!layer || !weight || !shape || weight.name !== node.inputs[1] || weight.dtype !== "float32")
      return [];
    // What several nodes read would have to be rounded for all of them.
    if (consumers.get(weight.name)?.length !== 1) return [];
    const shaped = shape(node, weight);
    const bias = shaped && biasOf(network, node, shaped.groups * shaped.rows);
    if (!shaped || bias === undefined || shaped.inputs > MOST_INPUTS) return [];
    return [{ layer, weight, ...shaped, bias }];
  });
}

/** The values of an operator's own bias; null where it has none, undefined where it is no constant of one a channel. */
function biasOf({ model }: Network, node: Node, channels: number): Float32Array | null | undefined {
  const name = node.inputs[2] ?? "";
  if (name === "") return null;
  const constant = model.graph.constants.get(name);
  if (constant?.dtype !== "float32" || sizeOf(constant.shape) !== channels) return undefined;
  return floatsOf(constant);
}
