// Activation functions. Relu and Clip behind a sum are bounds of the codes it is rescaled to; any function of one code
// is a table of 256 integers (Relu-14, Clip-13, Sigmoid-13, HardSwish-14, Gelu-20, … of ONNX).

import { floatOf, type Node, stringOf } from "@bitscape/graph";
import { floatsOf } from "../../network/constants.ts";
import { realOf } from "../grid.ts";
import type { Value } from "../values.ts";
import type { At, Rule } from "./rule.ts";

/** A value limited to [least, greatest]. */
function bounded(node: Node, at: At, least: number, greatest: number): readonly [Value] | undefined {
  const value = at.value(node.inputs[0] as string);
  if (!value) return undefined;
  if (value.kind === "codes" && realOf(value.low, value) >= least && realOf(value.high, value) <= greatest) {
    return [value];
  }
  if (value.kind !== "sum") return mapped(node, value, (x) => Math.max(least, Math.min(x, greatest)));
  const limits = {
    least: Math.max(value.least, least),
    greatest: Math.min(Math.max(value.greatest, least), greatest),
  };
  return [{ ...value, ...limits }];
}

/** A function of codes, or of another such function. */
export function mapped(
  { id, op }: Node,
  value: Exclude<Value, { kind: "sum" }>,
  of: (x: number) => number,
): readonly [Value] {
  if (value.kind === "codes") return [{ kind: "mapped", id, op, source: value, of }];
  const inner = value.of;
  return [{ ...value, id, op, of: (x) => of(inner(x)) }];
}

/** A bound of Clip: a constant, or none. */
function boundOf(name: string | undefined, none: number, at: At): number | undefined {
  if (name === undefined || name === "") return none;
  const constant = at.constant(name);
  return constant && floatsOf(constant)[0];
}

const clip: Rule = (node, at) => {
  const [, low, high] = node.inputs;
  const least = boundOf(low, Number.NEGATIVE_INFINITY, at);
  const greatest = boundOf(high, Number.POSITIVE_INFINITY, at);
  return least === undefined || greatest === undefined ? undefined : bounded(node, at, least, greatest);
};

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

// Abramowitz and Stegun 7.1.26: within 1.5e-7, far below a step of 8 bits.
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const tail =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - tail * Math.exp(-x * x));
}

/** The function that a node is, with its attributes' defaults. */
const functions: Readonly<Record<string, (node: Node) => (x: number) => number>> = {
  Abs: () => Math.abs,
  Elu: (node) => (x) => (x >= 0 ? x : floatOf(node, "alpha", 1) * Math.expm1(x)),
  Erf: () => erf,
  Exp: () => Math.exp,
  Gelu: (node) =>
    stringOf(node, "approximate", "none") === "tanh"
      ? (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))
      : (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  HardSigmoid: (node) => (x) =>
    Math.max(0, Math.min(1, floatOf(node, "alpha", 0.2) * x + floatOf(node, "beta", 0.5))),
  HardSwish: () => (x) => x * Math.max(0, Math.min(1, x / 6 + 0.5)),
  LeakyRelu: (node) => (x) => (x >= 0 ? x : floatOf(node, "alpha", 0.01) * x),
  Mish: () => (x) => x * Math.tanh(Math.log1p(Math.exp(x))),
  Neg: () => (x) => -x,
  Selu: (node) => (x) =>
    floatOf(node, "gamma", 1.0507009873554805) *
    (x > 0 ? x : floatOf(node, "alpha", 1.6732632423543772) * Math.expm1(x)),
  Sigmoid: () => sigmoid,
  Softplus: () => (x) => Math.log1p(Math.exp(x)),
  Softsign: () => (x) => x / (1 + Math.abs(x)),
  Swish: (node) => (x) => x * sigmoid(floatOf(node, "alpha", 1) * x),
  Tanh: () => Math.tanh,
  ThresholdedRelu: (node) => (x) => (x > floatOf(node, "alpha", 1) ? x : 0),
};

const unary: Rule = (node, at) => {
  const codes = at.codes(node.inputs[0] as string);
  return codes && mapped(node, codes, (functions[node.op] as (node: Node) => (x: number) => number)(node));
};

export const bounds: Readonly<Record<string, Rule>> = {
  Relu: (node, at) => bounded(node, at, 0, Number.POSITIVE_INFINITY),
  Clip: clip,
  ...Object.fromEntries(Object.keys(functions).map((op) => [op, unary])),
};
