// Add, Sub, Mul and Div. Two tensors of codes add up with a multiplier each (residual adds on their own scales, HAWQ-V3
// §3.1, rounded once for both); products of codes are int32 sums of one term; constants go into a bias or a scale.

import type { Node } from "@bitscape/graph";
import { addendOf, type Dyadic, dyadic, dyadicAt, dyadicWithin, offsetFor } from "@bitscape/methods";
import { roundHalfEven } from "@bitscape/quant";
import { floatsOf } from "../../network/constants.ts";
import { branchOf, limited, shifted } from "../sums.ts";
import { type Codes, type Direct, mostOf, type Sum, sumOf, type Target, type Value } from "../values.ts";
import { mapped } from "./bounds.ts";
import { quantizedInput, quantizedOutput } from "./products.ts";
import { type At, once, type Rule } from "./rule.ts";

interface Term {
  readonly codes: Codes;
  readonly sign: 1 | -1;
}

/** Σ sign · (code − zero point) · scale of two tensors. */
function added(node: Node, at: At, terms: readonly [Term, Term]): readonly [Sum] {
  const { sheet } = at;
  const coarse = Math.max(...terms.map(({ codes }) => codes.scale));
  // 8 bits of codes and 20 of multiplier fit an int32.
  const fine = coarse / 2 ** 20;
  const factors = terms.map(({ codes, sign }) => sign * Math.round(codes.scale / fine));
  const most = terms.reduce((sum, { codes }, i) => sum + mostOf(codes) * Math.abs(factors[i] as number), 0);
  const bias = terms.reduce((sum, { codes }, i) => sum - codes.zeroPoint * (factors[i] as number), 0);
  const [a, b] = terms;
  return [
    sumOf(node, {
      products: once(() => {
        const parts = terms.map(({ codes }, i) => {
          const wide = sheet.cast(codes.name, "int32", `${codes.name}.wide`);
          const factor = sheet.share("int32", [factors[i] as number]);
          return sheet.step("Mul", [wide, factor], `${codes.name}.part`);
        });
        return sheet.step("Add", parts, `${node.outputs[0]}.sum`);
      }),
      ...{ scale: Float64Array.of(fine), bias: Int32Array.of(bias), shape: [], axis: 0 },
      most: Float64Array.of(most),
      direct: direct(node, at, terms),
      ...(b.sign === 1 && {
        fused: (target: Target) => {
          const operands = [a, b].flatMap(({ codes }) => quantizedInput(codes, at));
          const inputs = [...operands, ...quantizedOutput(target, at)];
          return sheet.step("QLinearAdd", inputs, `${node.outputs[0]}.q`, {}, "com.microsoft");
        },
      }),
    }),
  ];
}

/** (a · b₁ ± b · b₂ + k) >> c: one shift for both, of the width that the larger multiplier has. */
function direct(node: Node, at: At, terms: readonly Term[]): Direct {
  const ratiosOf = (target: Target) => terms.map(({ codes }) => codes.scale / target.scale);
  const shared = (target: Target) => {
    const ratios = ratiosOf(target);
    const reach = ratios.reduce((sum, ratio) => sum + 255 * ratio, 0);
    const offset = offsetFor(reach);
    const largest = dyadicWithin(Math.max(...ratios), at.multiplierBits, reach + target.zeroPoint, offset);
    return { dyadics: ratios.map((ratio) => dyadicAt(ratio, largest.shift)), shift: largest.shift, offset };
  };
  // QLinearAdd has a float32 for each.
  const floats = (target: Target) =>
    ratiosOf(target).map((ratio) => dyadic(Math.fround(ratio), at.multiplierBits));
  return {
    branches: (target) => {
      const ratios = ratiosOf(target);
      const fused = at.qlinear && terms.every(({ sign }) => sign === 1);
      return (fused ? floats(target) : shared(target).dyadics).map((each, i) => {
        const ratio = ratios[i] as number;
        const { codes } = terms[i] as Term;
        return { ...branchOf(ratio, each), off: mostOf(codes) * Math.abs(each.value - ratio) };
      });
    },
    lay: (target) => {
      const { sheet } = at;
      const { dyadics, shift, offset } = shared(target);
      const factors = terms.map(({ sign }, i) => sign * (dyadics[i] as Dyadic).multiplier);
      const parts = terms.map(({ codes }, i) => {
        const wide = sheet.cast(codes.name, "int64", `${codes.name}.wide`);
        return sheet.step("Mul", [wide, sheet.share("int64", [factors[i] as number])], `${codes.name}.part`);
      });
      const sum = sheet.step("Add", parts, `${node.outputs[0]}.parts`);
      const zeros = terms.reduce(
        (all, { codes }, i) => all + BigInt(codes.zeroPoint) * BigInt(factors[i] as number),
        0n,
      );
      const addends = BigInt64Array.of(addendOf(target.zeroPoint + offset, BigInt(shift)) - zeros);
      return shifted(sum, { addends, shifts: BigUint64Array.of(BigInt(shift)), offset }, [], target, sheet);
    },
  };
}

/** Floats of a constant. */
function numbersOf(name: string, at: At): { values: Float32Array; shape: readonly number[] } | undefined {
  const constant = at.constant(name);
  return constant?.dtype === "float32" ? { values: floatsOf(constant), shape: constant.shape } : undefined;
}

/** A constant as one number a channel of a sum; undefined where it lies otherwise. */
function perChannel(
  sum: Sum,
  { values, shape }: { values: Float32Array; shape: readonly number[] },
): Float64Array | undefined {
  const { length } = sum.scale;
  if (values.length === 1) return new Float64Array(length).fill(values[0] as number);
  const trimmed = [...shape].slice(shape.findIndex((size) => size !== 1));
  return length === values.length && trimmed.join() === sum.shape.join()
    ? Float64Array.from(values)
    : undefined;
}

/** Codes as an int32 sum in steps 2^16 finer, so that a bias is as good as exact. */
function fineSum(node: Node, codes: Codes, at: At, values: number, shape: readonly number[]): Sum {
  const { sheet } = at;
  const factor = 2 ** 16;
  return sumOf(node, {
    products: once(() => {
      const wide = sheet.cast(codes.name, "int32", `${codes.name}.wide`);
      return sheet.step("Mul", [wide, sheet.share("int32", [factor])], `${codes.name}.fine`);
    }),
    scale: new Float64Array(values).fill(codes.scale / factor),
    bias: new Int32Array(values).fill(-codes.zeroPoint * factor),
    ...{ shape, axis: 0 },
    most: new Float64Array(values).fill(255 * factor),
  });
}

/** A value plus a constant. */
function shiftedBy(node: Node, at: At, name: string, by: string, sign: 1 | -1): readonly Value[] | undefined {
  const numbers = numbersOf(by, at);
  const value = at.value(name);
  if (!numbers || !value) return undefined;
  if (value.kind !== "sum" && numbers.values.length === 1) {
    return mapped(node, value, (x) => x + sign * (numbers.values[0] as number));
  }
  const sum = value.kind === "sum" ? value : channelwise(node, at, name, numbers);
  const offsets = sum && perChannel(sum, numbers);
  if (!sum || !offsets || sum.least !== Number.NEGATIVE_INFINITY || sum.greatest !== Number.POSITIVE_INFINITY)
    return undefined;
  const bias = Int32Array.from(offsets, (each, c) =>
    limited((sum.bias?.[c] ?? 0) + roundHalfEven((sign * each) / (sum.scale[c] as number))),
  );
  return [sumOf(node, { ...sum, bias, fused: undefined, direct: undefined })];
}

/** Codes that a constant with one value a channel is to meet. */
function channelwise(
  node: Node,
  at: At,
  name: string,
  { values, shape }: { values: Float32Array; shape: readonly number[] },
): Sum | undefined {
  const codes = at.codes(name);
  const rank = at.shape(name)?.length;
  const from = shape.findIndex((size) => size !== 1);
  const trimmed = shape.slice(from);
  if (!codes || rank === undefined || trimmed.length > rank || trimmed[0] !== values.length) return undefined;
  return { ...fineSum(node, codes, at, values.length, trimmed), axis: rank - trimmed.length };
}

const plus =
  (sign: 1 | -1): Rule =>
  (node, at) => {
    if (node.inputs.length !== 2) return undefined;
    const [left, right] = node.inputs as [string, string];
    if (at.constant(right)) return shiftedBy(node, at, left, right, sign);
    if (at.constant(left)) return sign === 1 ? shiftedBy(node, at, right, left, sign) : undefined;
    const [a, b] = [at.codes(left), at.codes(right)];
    if (!a || !b) return undefined;
    const first: Term = { codes: a, sign: 1 };
    return added(node, at, [first, { codes: b, sign }]);
  };

/** A value times a positive constant, or codes times any one number. */
function scaledBy(
  node: Node,
  at: At,
  name: string,
  by: string,
  of: (x: number) => number,
): readonly Value[] | undefined {
  const numbers = numbersOf(by, at);
  const value = at.value(name);
  if (!numbers || !value) return undefined;
  if (value.kind !== "sum" && numbers.values.length === 1) {
    const factor = of(numbers.values[0] as number);
    return mapped(node, value, (x) => x * factor);
  }
  const sum = value.kind === "sum" ? value : channelwise(node, at, name, numbers);
  const factors = sum && perChannel(sum, numbers)?.map(of);
  if (!sum || !factors?.every((factor) => factor > 0)) return undefined;
  // Bounds are of the value before: only those at zero and infinity stay where they are.
  if (sum.least < 0 && sum.least !== Number.NEGATIVE_INFINITY) return undefined;
  if (sum.least > 0 || sum.greatest !== Number.POSITIVE_INFINITY) return undefined;
  const scale = sum.scale.map((each, c) => each * (factors[c] as number));
  return [{ ...sum, id: node.id, op: node.op, scale, fused: undefined, direct: undefined }];
}

const mul: Rule = (node, at) => {
  const [left, right] = node.inputs as [string, string];
  if (at.constant(right)) return scaledBy(node, at, left, right, (x) => x);
  if (at.constant(left)) return scaledBy(node, at, right, left, (x) => x);
  const [a, b] = [at.codes(left), at.codes(right)];
  if (!a || !b) return undefined;
  const { sheet } = at;
  return [
    sumOf(node, {
      products: once(() => {
        const [first, second] = [a, b].map(({ name, zeroPoint }) => {
          const wide = sheet.cast(name, "int32", `${name}.wide`);
          return zeroPoint === 0
            ? wide
            : sheet.step("Sub", [wide, sheet.share("int32", [zeroPoint])], `${name}.at`);
        }) as [string, string];
        return sheet.step("Mul", [first, second], `${node.outputs[0]}.products`);
      }),
      ...{ scale: Float64Array.of(a.scale * b.scale), bias: undefined, shape: [], axis: 0 },
      most: Float64Array.of(mostOf(a) * mostOf(b)),
      fused: (target) => {
        const operands = [a, b].flatMap((codes) => quantizedInput(codes, at));
        const inputs = [...operands, ...quantizedOutput(target, at)];
        return sheet.step("QLinearMul", inputs, `${node.outputs[0]}.q`, {}, "com.microsoft");
      },
    }),
  ];
};

const div: Rule = (node, at) => {
  const [left, right] = node.inputs as [string, string];
  return at.constant(right) ? scaledBy(node, at, left, right, (x) => 1 / x) : undefined;
};

export const arithmetic: Readonly<Record<string, Rule>> = { Add: plus(1), Sub: plus(-1), Mul: mul, Div: div };
