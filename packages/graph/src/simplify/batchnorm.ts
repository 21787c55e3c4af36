// BatchNormalization in inference, folded into the layer before it: W' = s·W and b' = s·b + (B − s·mean) with
// s = scale / sqrt(var + ε), per output channel. Only where that layer's output has no other reader.
// Source: ONNX BatchNormalization 7 to 15; Conv, ConvTranspose and Gemm 7 to 22.

import { type DType, tensor } from "@bitscape/tensor";
import { floatOf, intOf } from "../attribute.ts";
import { type Constant, constantOf } from "../constant.ts";
import { type Graph, linksOf, type Node } from "../graph.ts";
import { type Names, namesBeside } from "./names.ts";
import { type ChannelOf, numbersOf, scaled } from "./scale.ts";

interface Layer {
  readonly channels: number;
  readonly channelOf: ChannelOf;
}

/** How each op lays output channels out in its weight; undefined for a weight it cannot have. */
const layers: Readonly<Record<string, (node: Node, shape: readonly number[]) => Layer | undefined>> = {
  Conv: (_, shape) => rows(shape),
  ConvTranspose: (node, [inputs = 0, perGroup = 0, ...kernel]) => {
    const group = intOf(node, "group", 1);
    const area = kernel.reduce((size, dim) => size * dim, 1);
    return {
      channels: perGroup * group,
      channelOf: (i) => {
        const input = Math.floor(i / (perGroup * area));
        const groupOf = Math.floor(input / (inputs / group));
        return groupOf * perGroup + (Math.floor(i / area) % perGroup);
      },
    };
  },
  Gemm: (node, shape) => {
    if (shape.length !== 2) return undefined;
    if (intOf(node, "transB", 0) !== 0) return rows(shape);
    const channels = shape[1] as number;
    return { channels, channelOf: (i) => i % channels };
  },
};

/** Output channels along the first axis. */
function rows(shape: readonly number[]): Layer {
  const [channels = 0, ...rest] = shape;
  const size = rest.reduce((product, dim) => product * dim, 1);
  return { channels, channelOf: (i) => Math.floor(i / size) };
}

/** The graph with each BatchNormalization folded whose layer and parameters are constant. Not inside its nodes. */
export function foldBatchNorms(graph: Graph): Graph {
  let names: Names | undefined;
  const replaced = new Map<Node, Node | undefined>();
  const constants = new Map(graph.constants);
  for (const norm of graph.nodes) {
    if (norm.op !== "BatchNormalization" || norm.domain !== "") continue;
    const layer = linksOf(graph).producer.get(norm.inputs[0] as string);
    if (!layer || replaced.has(layer)) continue;
    names ??= namesBeside(graph);
    const fold = foldInto(graph, layer, norm, names);
    if (!fold) continue;
    for (const constant of fold.constants) constants.set(constant.name, constant);
    replaced.set(layer, fold.node);
    replaced.set(norm, undefined);
  }
  if (replaced.size === 0) return graph;
  const nodes = graph.nodes.flatMap((node) => {
    const next = replaced.has(node) ? replaced.get(node) : node;
    return next ? [next] : [];
  });
  return { ...graph, nodes, constants };
}

interface Fold {
  readonly node: Node;
  readonly constants: readonly Constant[];
}

function foldInto(graph: Graph, node: Node, norm: Node, names: Names): Fold | undefined {
  const { consumers, outputs } = linksOf(graph);
  const [data = "", weightName = "", biasName = ""] = node.inputs;
  const value = node.outputs[0] as string;
  const weight = graph.constants.get(weightName);
  const readers = consumers.get(value) ?? [];
  if (node.domain !== "" || !weight || readers.length !== 1 || outputs.has(value)) return undefined;
  if (norm.inputs.indexOf(value) !== norm.inputs.lastIndexOf(value)) return undefined;
  const layer = layers[node.op]?.(node, weight.shape);
  const affine = layer && affineOf(graph, norm, layer.channels);
  const bias = layer && biasOf(graph, node, biasName, layer.channels);
  if (!affine || !bias || !numbersOf(weight)) return undefined;

  const shift = affine.shift.map((each, i) => (affine.factor[i] as number) * (bias[i] as number) + each);
  const keeps = (name: string) => (isOwn(graph, name, node) ? name : names(`${name}_${norm.id}`));
  const newWeight = scaled(weight, keeps(weightName), affine.factor, layer.channelOf);
  const newBias = vector(
    biasName === "" ? names(`${node.id}_bias`) : keeps(biasName),
    graph.constants.get(biasName)?.dtype ?? weight.dtype,
    shift,
  );
  // Gemm's beta went into the bias.
  const attributes = new Map(node.attributes);
  attributes.delete("beta");
  const inputs = [data, newWeight.name, newBias.name];
  const next = { ...node, inputs, outputs: [norm.outputs[0] as string], attributes };
  return { node: next, constants: [newWeight, newBias] };
}

/** Whether a constant is read by that node alone, and only once: then its name may keep standing for it. */
function isOwn(graph: Graph, name: string, node: Node): boolean {
  const { consumers, outputs } = linksOf(graph);
  const once = node.inputs.filter((input) => input === name).length === 1;
  return once && consumers.get(name)?.length === 1 && !outputs.has(name);
}

function vector(name: string, dtype: DType, values: ArrayLike<number>): Constant {
  return constantOf(name, tensor(dtype, [values.length], values));
}

/** y = factor · x + shift for each channel; undefined for training, `spatial=0`, or parameters not constant. */
function affineOf(
  graph: Graph,
  norm: Node,
  channels: number,
): { factor: Float64Array; shift: Float64Array } | undefined {
  const trains = intOf(norm, "training_mode", 0) !== 0 || norm.outputs.slice(1).some((name) => name !== "");
  if (trains || intOf(norm, "spatial", 1) === 0) return undefined;
  const parameters = norm.inputs.slice(1, 5).map((name) => numbersOf(graph.constants.get(name)));
  const [scale, shift, mean, variance] = parameters;
  if (!scale || !shift || !mean || !variance) return undefined;
  if (parameters.some((each) => each?.length !== channels)) return undefined;
  const epsilon = floatOf(norm, "epsilon", Math.fround(1e-5));
  const factor = Float64Array.from(scale, (each, i) => each / Math.sqrt((variance[i] as number) + epsilon));
  return { factor, shift: factor.map((each, i) => (shift[i] as number) - each * (mean[i] as number)) };
}

/** A layer's bias for each channel, zeros where it has none; undefined where it is not constant or not per channel. */
function biasOf(graph: Graph, node: Node, name: string, channels: number): Float64Array | undefined {
  if (name === "") return new Float64Array(channels);
  const constant = graph.constants.get(name);
  const values = numbersOf(constant);
  if (!constant || !values) return undefined;
  // Gemm broadcasts its C, and multiplies it by beta.
  const perChannel = values.length === channels && constant.shape.at(-1) === channels;
  if (!perChannel && (values.length !== 1 || node.op !== "Gemm")) return undefined;
  const beta = node.op === "Gemm" ? floatOf(node, "beta", 1) : 1;
  return Float64Array.from({ length: channels }, (_, i) => beta * (values[perChannel ? i : 0] as number));
}
