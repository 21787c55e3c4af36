// The weight side of an export: a float initializer replaced by codes, scales, zero points and a DequantizeLinear
// whose output keeps the initializer's name, so that no consumer is rewired.

import { build, int, lazyConstant, linksOf, type Node } from "@bitscape/graph";
import { formatFacts, groupsOf, type Quantized } from "@bitscape/quant";
import { bytesOf, floatToHalf, packBits } from "@bitscape/tensor";
import type { Network } from "../network/network.ts";
import type { Plan, WeightPlan } from "../plan.ts";
import { quantizeWeight } from "../weight.ts";
import type { Pool } from "./pool.ts";
import { type Stored, shapeConstant, storageOf } from "./storage.ts";

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

/** Nodes that stand for one planned weight, and the bytes of the constants that they added to the pool. */
export function weightPart(
  network: Network,
  plan: Plan,
  weight: WeightPlan,
  types: boolean,
  quantized: (plan: WeightPlan) => Quantized,
  pool: Pool,
): { readonly nodes: readonly Node[]; readonly bytes: number } {
  const { name, shape } = weight.weight;
  const format = formatFacts(weight.scheme.format);
  const before = pool.constants.length;
  const codes = () => quantized(weight);
  const stored = storageOf(format.bits, types).store(`${name}.q`, weight.shape, format, codes, pool);
  const inputs = [stored.codes, ...parameters(weight, stored, codes, pool)];
  const reshaped = weight.shape.join() !== shape.join() || needsBarrier(network, plan, weight);
  const output = reshaped ? pool.free(`${name}.dq`) : name;
  const { grouping } = weight;
  // The axis is always explicit where there is one (ONNX DequantizeLinear-13, -21).
  const attributes = {
    ...(grouping.kind !== "tensor" && { axis: int(grouping.axis) }),
    ...(grouping.kind === "block" && { block_size: int(grouping.size) }),
  };
  const nodes = [...stored.nodes, build.node("DequantizeLinear", inputs, [output], attributes)];
  if (reshaped) nodes.push(build.node("Reshape", [output, shapeConstant(pool, shape)], [name]));
  const added = pool.constants.slice(before);
  return { nodes, bytes: added.reduce((sum, each) => sum + each.byteLength, 0) };
}

/** Names of the scale and the zero point; symmetric weights of one shape share their zero points. */
function parameters(
  weight: WeightPlan,
  stored: Stored,
  quantized: () => Quantized,
  pool: Pool,
): [string, string] {
  const { name, dtype } = weight.weight;
  const { scaleShape } = groupsOf(weight.shape, weight.grouping);
  const half = dtype === "float16";
  const scaleBytes = () => {
    const { scale } = quantized();
    return bytesOf(half ? Uint16Array.from(scale, floatToHalf) : scale);
  };
  const scale = pool.add(lazyConstant(`${name}.scale`, half ? "float16" : "float32", scaleShape, scaleBytes));
  const { symmetric, format } = weight.scheme;
  const { signed, bits } = formatFacts(format);
  const zeros = (zero: (group: number) => number, count: number) =>
    packBits(
      Int32Array.from({ length: count }, (_, g) => zero(g) + stored.offset),
      stored.width,
    );
  if (!symmetric) {
    const bytes = () => {
      const { zeroPoint } = quantized();
      return zeros((g) => zeroPoint[g] as number, zeroPoint.length);
    };
    return [scale, pool.add(lazyConstant(`${name}.zero`, stored.dtype, scaleShape, bytes))];
  }
  const { count } = groupsOf(weight.shape, weight.grouping);
  const data = zeros(() => (signed ? 0 : 2 ** (bits - 1)), count);
  return [scale, pool.share("zero", { dtype: stored.dtype, shape: scaleShape, data })];
}

/**
 * What ONNX Runtime 1.30 makes of DequantizeLinear → operator, where it would not compute what the file says:
 * - MatMul and Gemm become MatMulNBits, whose native kernel rounds activations to 8 bits and whose 2-bit kernel is
 *   wrong for N % 4 ≠ 0; fine where both operands are quantized and a true integer kernel runs instead,
 * - but that one takes scales per channel of a matrix only, and fails to run on a stack of them;
 * - Conv between quantizers becomes QLinearConv, which has no 2-bit kernel, and the file does not load.
 * A Reshape in between prevents each.
 */
function needsBarrier(network: Network, plan: Plan, { weight, scheme, grouping }: WeightPlan): boolean {
  const readers = linksOf(network.model.graph).consumers.get(weight.name) ?? [];
  const quantizedTensors = new Set(
    [...plan.points.values()].flatMap(({ point }) => [point.tensor, ...point.aliases]),
  );
  const { bits } = formatFacts(scheme.format);
  const matrix = weight.shape.length === 2 || grouping.kind === "tensor";
  const integer = bits === 8 && grouping.kind !== "block" && matrix;
  return readers.some((node) => {
    const quantized = quantizedTensors.has(node.inputs[0] as string);
    if (node.op === "Conv") return bits === 2 && quantized;
    if (node.op !== "MatMul" && node.op !== "Gemm") return false;
    return !(integer && node.inputs[1] === weight.name && quantized);
  });
}
