// Convolutions and matrix products of codes: ConvInteger-10 and MatMulInteger-10 with int32 sums, or QLinearConv-10,
// QLinearMatMul-10 and com.microsoft QGemm, which rescale by themselves.

import { type Attribute, build, floatOf, intOf, type Node } from "@bitscape/graph";
import { roundHalfEven } from "@bitscape/quant";
import { floatsOf } from "../../network/constants.ts";
import { limited } from "../sums.ts";
import { type Codes, mostOf, type Sum, type SumParts, sumOf, type Target } from "../values.ts";
import { absoluteSums, type IntegerWeight, layCodes, transposed } from "../weights.ts";
import { type At, once, type Rule } from "./rule.ts";

/** One scale an output channel: s_x · s_w, of float32 factors. */
function steps(input: Codes, { scale }: IntegerWeight, channels: number): Float64Array {
  return Float64Array.from(
    { length: channels },
    (_, c) => input.scale * (scale[scale.length === 1 ? 0 : c] as number),
  );
}

/** A constant bias in steps of the sum; null where it is none that channels have. */
function biasOf(name: string | undefined, scale: Float64Array, at: At): Int32Array | undefined | null {
  if (name === undefined || name === "") return undefined;
  const constant = at.constant(name);
  if (constant?.dtype !== "float32") return null;
  const values = floatsOf(constant);
  if (values.length !== scale.length && values.length !== 1) return null;
  return Int32Array.from(scale, (step, c) =>
    limited(roundHalfEven((values[values.length === 1 ? 0 : c] as number) / step)),
  );
}

interface Layer {
  readonly input: Codes;
  readonly weight: IntegerWeight;
  /** Axis of the weight's outputs, and of the sum's channels. */
  readonly from: number;
  readonly to: number;
  readonly shape: (channels: number) => readonly number[];
  readonly bias: string | undefined;
  readonly products: () => string;
  readonly fused: (target: Target, bias: Int32Array | undefined) => string | undefined;
}

function layerSum(node: Node, at: At, layer: Layer): readonly [Sum] | undefined {
  const { input, weight, from, to } = layer;
  const channels = weight.shape[from] as number;
  const scale = steps(input, weight, channels);
  const bias = biasOf(layer.bias, scale, at);
  if (bias === null) return undefined;
  const reach = mostOf(input);
  at.lowers(weight);
  const parts: SumParts = {
    products: once(layer.products),
    ...{ scale, bias, shape: layer.shape(channels), axis: to },
    most: absoluteSums(weight, from).map((sum) => sum * reach),
    fused: (target) => layer.fused(target, bias),
  };
  return [sumOf(node, parts)];
}

/** Codes with their scale and zero point, as QLinear operators list them. */
export function quantizedInput({ name, scale, zeroPoint }: Codes, { sheet }: At): readonly string[] {
  return [name, sheet.share("float32", [scale]), sheet.share("uint8", [zeroPoint])];
}

export function quantizedOutput({ scale, zeroPoint }: Target, { sheet }: At): readonly string[] {
  return [sheet.share("float32", [scale]), sheet.share("uint8", [zeroPoint])];
}

const conv: Rule = (node, at) => {
  const input = at.codes(node.inputs[0] as string);
  const weight = at.weight(node.inputs[1], node);
  if (!input || !weight) return undefined;
  const { sheet } = at;
  const rank = weight.shape.length;
  const name = weight.plan.weight.name;
  const codes = once(() => layCodes(name, weight.shape, weight.codes, at.packs, sheet));
  const attributes = Object.fromEntries(node.attributes);
  return layerSum(node, at, {
    ...{ input, weight, from: 0, to: 1, bias: node.inputs[2] },
    shape: (channels) => [channels, ...Array<number>(rank - 2).fill(1)],
    products: () => {
      const zero = sheet.share("uint8", [input.zeroPoint]);
      return layNamed(node, "ConvInteger", [input.name, codes(), zero], attributes, at);
    },
    fused: (target, bias) => {
      const scale = sheet.constant(`${name}.scale`, "float32", scaleShape(weight), weight.scale);
      const zero = sheet.share("int8", Array<number>(weight.scale.length).fill(0), scaleShape(weight));
      const parts = [...quantizedInput(input, at), codes(), scale, zero, ...quantizedOutput(target, at)];
      const biases = bias ? [sheet.constant(`${name}.bias`, "int32", [bias.length], bias)] : [];
      return layNamed(node, "QLinearConv", [...parts, ...biases], attributes, at);
    },
  });
};

function scaleShape({ scale, plan }: IntegerWeight): readonly number[] {
  return plan.grouping.kind === "tensor" ? [] : [scale.length];
}

/** A node that stands for the network's own and keeps its name, so that it can be found in the file. */
export function layNamed(
  node: Node,
  op: string,
  inputs: readonly string[],
  attributes: Record<string, Attribute>,
  at: At,
  domain = "",
): string {
  const output = at.sheet.pool.free(`${node.outputs[0]}.int`);
  at.sheet.add(build.node(op, inputs, [output], attributes, node.id, domain));
  return output;
}

/** The weight as [K, N]. */
function matrix(weight: IntegerWeight, flipped: boolean, at: At): () => string {
  const { shape, codes } = weight;
  const [rows, columns] = shape as [number, number];
  const { name } = weight.plan.weight;
  return once(() =>
    flipped
      ? layCodes(name, [columns, rows], transposed(codes, rows, columns), at.packs, at.sheet)
      : layCodes(name, shape, codes, at.packs, at.sheet),
  );
}

function matrixSum(
  node: Node,
  at: At,
  input: Codes,
  weight: IntegerWeight,
  flipped: boolean,
  bias: string | undefined,
): readonly [Sum] | undefined {
  if (weight.shape.length !== 2) return undefined;
  const { sheet } = at;
  const codes = matrix(weight, flipped, at);
  const rank = at.shape(node.outputs[0] as string)?.length;
  if (rank === undefined) return undefined;
  const { name } = weight.plan.weight;
  return layerSum(node, at, {
    ...{ input, weight, from: flipped ? 0 : 1, to: rank - 1, bias },
    shape: (channels) => [channels],
    products: () => {
      const zero = sheet.share("uint8", [input.zeroPoint]);
      return layNamed(node, "MatMulInteger", [input.name, codes(), zero], {}, at);
    },
    fused: (target, biases) => {
      const shape = scaleShape(weight);
      const scale = sheet.constant(`${name}.scale`, "float32", shape, weight.scale);
      const zero = sheet.share("int8", Array<number>(weight.scale.length).fill(0), shape);
      const operands = [...quantizedInput(input, at), codes(), scale, zero];
      if (!biases) {
        return layNamed(node, "QLinearMatMul", [...operands, ...quantizedOutput(target, at)], {}, at);
      }
      if (rank !== 2) return undefined;
      const c = sheet.constant(`${name}.bias`, "int32", [biases.length], biases);
      const inputs = [...operands, c, ...quantizedOutput(target, at)];
      return layNamed(node, "QGemm", inputs, {}, at, "com.microsoft");
    },
  });
}

const gemm: Rule = (node, at) => {
  const plain = floatOf(node, "alpha", 1) === 1 && floatOf(node, "beta", 1) === 1;
  const input = at.codes(node.inputs[0] as string);
  const weight = at.weight(node.inputs[1], node);
  if (!plain || intOf(node, "transA", 0) !== 0 || !input || !weight) return undefined;
  return matrixSum(node, at, input, weight, intOf(node, "transB", 0) === 1, node.inputs[2]);
};

const matMul: Rule = (node, at) => {
  const [left, right] = node.inputs as [string, string];
  const a = at.codes(left);
  if (!a) return undefined;
  const weight = at.weight(right, node);
  if (weight) return matrixSum(node, at, a, weight, false, undefined);
  const b = at.codes(right);
  const depth = at.shape(left)?.at(-1);
  if (!b || depth === undefined) return undefined;
  const zeros = [a, b].map(({ zeroPoint }) => at.sheet.share("uint8", [zeroPoint]));
  const parts: SumParts = {
    products: once(() => layNamed(node, "MatMulInteger", [a.name, b.name, ...zeros], {}, at)),
    ...{ scale: Float64Array.of(a.scale * b.scale), bias: undefined, shape: [], axis: 0 },
    most: Float64Array.of(depth * mostOf(a) * mostOf(b)),
    fused: (target) => {
      const operands = [...quantizedInput(a, at), ...quantizedInput(b, at), ...quantizedOutput(target, at)];
      return layNamed(node, "QLinearMatMul", operands, {}, at);
    },
  };
  return [sumOf(node, parts)];
};

export const products: Readonly<Record<string, Rule>> = { Conv: conv, Gemm: gemm, MatMul: matMul };
