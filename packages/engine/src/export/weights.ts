// The weight side of an export: a float initializer replaced by codes, scales, zero points and a DequantizeLinear
// whose output keeps the initializer's name, so that no consumer is rewired.

import { build, type Constant, constantOf, linksOf, type Node } from "@bitscape/graph";
import { formatFacts, groupsOf, type Quantized } from "@bitscape/quant";
import { floatToHalf, tensor } from "@bitscape/tensor";
import type { Network } from "../network/network.ts";
import type { Plan, WeightPlan } from "../plan.ts";
import { quantizeWeight } from "../weight.ts";
import { dequantize, parameterConstants, storageOf } from "./storage.ts";

export interface Part {
  readonly constants: readonly Constant[];
  readonly nodes: readonly Node[];
}

/** The opset that a weight's storage needs. Blocked scales came with DequantizeLinear-21, float16 scales with -19. */
export function weightOpset({ scheme, grouping, weight }: WeightPlan, types: boolean): number {
  const { bits } = formatFacts(scheme.format);
  return Math.max(
    storageOf(bits, types).opset,
    grouping.kind === "block" ? 21 : 13,
    weight.dtype === "float16" ? 19 : 13,
  );
}

/** A memory of one: codes, scales and zero points of a weight are asked for in turn, and only one weight is held. */
export function lastQuantized(network: Network): (plan: WeightPlan) => Quantized {
  let last: { plan: WeightPlan; quantized: Quantized } | undefined;
  return (plan) => {
    if (last?.plan !== plan) last = { plan, quantized: quantizeWeight(network, plan) };
    return last.quantized;
  };
}

/** The constants and nodes that stand for one planned weight. */
export function weightPart(
  network: Network,
  plan: Plan,
  weight: WeightPlan,
  types: boolean,
  quantized: (plan: WeightPlan) => Quantized,
): Part {
  const { name, shape, dtype } = weight.weight;
  const format = formatFacts(weight.scheme.format);
  const groups = groupsOf(weight.shape, weight.grouping);
  const codes = () => quantized(weight);
  const stored = storageOf(format.bits, types).store(`${name}_quantized`, weight.shape, format, codes);
  const { scale, zeroPoint } = parameterConstants(
    name,
    stored,
    groups.scaleShape,
    dtype === "float16",
    codes,
    floatToHalf,
  );
  const constants = [...stored.constants, scale, zeroPoint];
  const reshaped = weight.shape.join() !== shape.join() || needsBarrier(network, plan, weight);
  const output = reshaped ? `${name}_dequantized` : name;
  const nodes = [
    ...stored.nodes,
    dequantize([stored.codes, scale.name, zeroPoint.name], output, weight.grouping),
  ];
  if (reshaped) {
    const target = constantOf(`${name}_shape`, tensor("int64", [shape.length], shape));
    constants.push(target);
    nodes.push(build.node("Reshape", [output, target.name], [name], {}, `${name}/Reshape`));
  }
  return { constants, nodes };
}

/**
 * ONNX Runtime fuses DequantizeLinear → MatMul or Gemm to MatMulNBits, whose native kernel rounds activations to
 * 8 bits and whose 2-bit kernel is wrong for N % 4 ≠ 0 (measured with 1.30). A Reshape in between prevents it, so
 * that the file computes what it says; not needed where both operands are quantized and a true integer kernel runs.
 */
function needsBarrier(network: Network, plan: Plan, { weight, scheme, grouping }: WeightPlan): boolean {
  const readers = linksOf(network.model.graph).consumers.get(weight.name) ?? [];
  const quantizedTensors = new Set(
    [...plan.points.values()].flatMap(({ point }) => [point.tensor, ...point.aliases]),
  );
  const integer = formatFacts(scheme.format).bits === 8 && grouping.kind !== "block";
  return readers.some(
    (node) =>
      (node.op === "MatMul" || node.op === "Gemm") &&
      !(integer && node.inputs[1] === weight.name && quantizedTensors.has(node.inputs[0] as string)),
  );
}
