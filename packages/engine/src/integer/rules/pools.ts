// Means of codes as int32 sums: GlobalAveragePool, ReduceMean over known axes, AveragePool as a ConvInteger of ones.
// com.microsoft QLinearAveragePool and QLinearGlobalAveragePool where QLinear operators are asked for.

import { int, intOf, ints, intsOf, type Node, stringOf, tensorOf } from "@bitscape/graph";
import { type Codes, mostOf, type Sum, type SumParts, sumOf, type Target } from "../values.ts";
import { quantizedInput, quantizedOutput } from "./products.ts";
import { type At, once, type Rule } from "./rule.ts";

/** Σ codes over axes, kept as 1 or not. */
function mean(
  node: Node,
  at: At,
  axes: readonly number[],
  keeps: boolean,
  fused?: (codes: Codes, target: Target) => string,
): readonly [Sum] | undefined {
  const input = node.inputs[0] as string;
  const shape = at.shape(input);
  const codes = at.codes(input);
  if (!codes || !shape) return undefined;
  const count = axes.reduce((product, axis) => product * (shape.at(axis) as number), 1);
  const { sheet } = at;
  const parts: SumParts = {
    products: once(() => {
      const wide = sheet.cast(codes.name, "int32", `${input}.wide`);
      const attributes = { keepdims: int(keeps ? 1 : 0) };
      return sheet.step(
        "ReduceSum",
        [wide, sheet.share("int64", axes, [axes.length])],
        `${input}.sum`,
        attributes,
      );
    }),
    ...{ scale: Float64Array.of(codes.scale / count), shape: [], axis: 0 },
    bias: Int32Array.of(-codes.zeroPoint * count),
    most: Float64Array.of(255 * count),
    ...(fused && { fused: (target: Target) => fused(codes, target) }),
  };
  return [sumOf(node, parts)];
}

const globalAveragePool: Rule = (node, at) => {
  const rank = at.shape(node.inputs[0] as string)?.length ?? 0;
  const axes = Array.from({ length: Math.max(0, rank - 2) }, (_, i) => i + 2);
  if (axes.length === 0) return undefined;
  return mean(node, at, axes, true, (codes, target) => {
    const inputs = [...quantizedInput(codes, at), ...quantizedOutput(target, at)];
    return at.sheet.step("QLinearGlobalAveragePool", inputs, `${node.outputs[0]}.q`, {}, "com.microsoft");
  });
};

const reduceMean: Rule = (node, at) => {
  const listed = at.constant(node.inputs[1]);
  const axes = intsOf(node, "axes") ?? (listed && Array.from(tensorOf(listed).data, Number));
  return axes && mean(node, at, axes, intOf(node, "keepdims", 1) === 1);
};

const averagePool: Rule = (node, at) => {
  const input = node.inputs[0] as string;
  const [codes, shape, kernel] = [at.codes(input), at.shape(input), intsOf(node, "kernel_shape")];
  if (!codes || !shape || !kernel) return undefined;
  const padded = (intsOf(node, "pads") ?? []).some((pad) => pad !== 0);
  // Where padding does not count, the number that is divided by differs from place to place.
  const even = stringOf(node, "auto_pad", "NOTSET") === "NOTSET" && intOf(node, "ceil_mode", 0) === 0;
  if (!even || (padded && intOf(node, "count_include_pad", 0) === 0)) return undefined;
  const channels = shape[1] as number;
  const size = kernel.reduce((a, b) => a * b, 1);
  const { sheet } = at;
  const attributes = Object.fromEntries(
    [...node.attributes].filter(([name]) => name !== "count_include_pad" && name !== "ceil_mode"),
  );
  const parts: SumParts = {
    products: once(() => {
      const weight = [channels, 1, ...kernel];
      const ones = sheet.constant(`${input}.ones`, "int8", weight, new Int8Array(channels * size).fill(1));
      const inputs = [codes.name, ones, sheet.share("uint8", [codes.zeroPoint])];
      return sheet.step("ConvInteger", inputs, `${input}.sum`, { ...attributes, group: int(channels) });
    }),
    ...{ scale: Float64Array.of(codes.scale / size), bias: undefined, shape: [], axis: 0 },
    most: Float64Array.of(size * mostOf(codes)),
    fused: (target) => {
      const inputs = [...quantizedInput(codes, at), ...quantizedOutput(target, at)];
      const own = { ...Object.fromEntries(node.attributes), kernel_shape: ints(kernel) };
      return sheet.step("QLinearAveragePool", inputs, `${node.outputs[0]}.q`, own, "com.microsoft");
    },
  };
  return [sumOf(node, parts)];
};

export const pools: Readonly<Record<string, Rule>> = {
  AveragePool: averagePool,
  GlobalAveragePool: globalAveragePool,
  ReduceMean: reduceMean,
};
