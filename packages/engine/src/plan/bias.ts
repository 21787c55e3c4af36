// Biases that must be integers for an integer kernel to run: ONNX Runtime quantizes the float bias of a Conv itself,
// but makes a QGemm of a Gemm without output quantizer only where its bias is int32 in steps of s_x · s_w already.
// The exporter writes them so, and the probe computes with the same rounded values.

import { type Constant, floatOf, linksOf, type Node } from "@bitscape/graph";
import { type Encoded, roundHalfEven } from "@bitscape/quant";
import { floatsOf } from "../network/constants.ts";
import type { Network } from "../network/network.ts";
import type { Plan, PointPlan, WeightPlan } from "./plan.ts";

/** A bias that a plan makes int32. */
export interface BiasPlan {
  readonly bias: Constant;
  readonly weight: WeightPlan;
  readonly input: PointPlan;
}

/** Gemm nodes whose bias may become int32 under some plan: a float vector that nothing else reads. */
export function integerBiases(network: Network): { readonly node: Node; readonly bias: Constant }[] {
  const { graph } = network.model;
  const { consumers, outputs } = linksOf(graph);
  return graph.nodes.flatMap((node) => {
    if (node.op !== "Gemm" || node.domain !== "" || floatOf(node, "beta", 1) !== 1) return [];
    const bias = graph.constants.get(node.inputs[2] ?? "");
    const weight = graph.constants.get(node.inputs[1] ?? "");
    if (bias?.dtype !== "float32" || weight?.dtype !== "float32" || bias.shape.length !== 1) return [];
    const own = consumers.get(bias.name)?.length === 1 && !outputs.has(bias.name);
    return own && bias.name !== weight.name ? [{ node, bias }] : [];
  });
}

/** Biases that some plan changes: to integers, or to correct what quantization does to a mean. */
export function changedBiases(network: Network): Constant[] {
  const { constants } = network.model.graph;
  const names = new Set(integerBiases(network).map(({ bias }) => bias.name));
  for (const name of network.biases ?? []) names.add(name);
  return [...names].flatMap((name) => constants.get(name) ?? []);
}

/** The same network with other values for some biases. */
export function withBiases(network: Network, biases: Plan["biases"]): Network {
  if (!biases || biases.size === 0) return network;
  const { model } = network;
  const constants = new Map([...model.graph.constants, ...biases]);
  return { ...network, model: { ...model, graph: { ...model.graph, constants } } };
}

/** Those that are int32 under this plan: input and weight are both 8-bit, the weight not in blocks. */
export function biasPlans(network: Network, plan: Plan): BiasPlan[] {
  if (plan.points.size === 0 || plan.weights.size === 0) return [];
  const points = new Map<string, PointPlan>();
  for (const each of plan.points.values()) {
    for (const name of [each.point.tensor, ...each.point.aliases]) points.set(name, each);
  }
  return integerBiases(network).flatMap(({ node, bias }) => {
    const input = points.get(node.inputs[0] as string);
    const weight = plan.weights.get(node.inputs[1] as string);
    if (!input || !weight || weight.grouping.kind === "block") return [];
    // Only a DequantizeLinear of 8-bit integers becomes an integer kernel.
    const formats = [input.format, weight.format];
    if (formats.some(({ kind, bits }) => kind !== "affine" || bits !== 8)) return [];
    if (weight.scheme.memory === "expanded") return [];
    const channels = weight.shape[weight.weight.channelAxis];
    return channels === bias.shape[0] ? [{ bias, weight, input }] : [];
  });
}

export interface IntegerBias {
  readonly codes: Int32Array;
  /** One, or one a channel, as the weight has. */
  readonly scale: Float32Array;
}

/** The scales of a weight that a bias plan names. */
export function weightScale(encoded: Encoded): Float32Array {
  if (encoded.kind !== "affine") throw new Error(`bias: a weight of kind ${encoded.kind}, expected affine`);
  return encoded.scale;
}

const MOST = 2 ** 31 - 1;

/** A bias in steps of s_x · s_w. @param weightScale of the weight, quantized under the plan */
export function integerBias({ bias, input }: BiasPlan, weightScale: Float32Array): IntegerBias {
  const scale = weightScale.map((each) => each * input.scale);
  const codes = Int32Array.from(floatsOf(bias), (value, c) => {
    const step = scale[scale.length === 1 ? 0 : c] as number;
    return Math.max(-MOST, Math.min(roundHalfEven(value / step), MOST));
  });
  return { codes, scale };
}

/** The float32 values that DequantizeLinear makes of it. */
export function biasValues({ codes, scale }: IntegerBias): Float32Array {
  return Float32Array.from(
    codes,
    (code, c) => Math.fround(code) * (scale[scale.length === 1 ? 0 : c] as number),
  );
}
