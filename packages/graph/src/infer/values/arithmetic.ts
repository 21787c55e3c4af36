// Values of element-wise operators on small known tensors: arithmetic, comparison, logic, selection, casts.
// Source: ONNX operators; integer division truncates, Mod follows the divisor's sign unless fmod is 1.

import type { DType } from "@bitscape/tensor";
import { floatOf, intOf } from "../../attribute.ts";
import type { OpType } from "../../ops/names.ts";
import { tensorFrom } from "../numbers.ts";
import type { Inferred, Site } from "../rule.ts";
import { coordinates, numbersAt, offsetOf, type ValueRule } from "./rule.ts";

const floats: ReadonlySet<DType> = new Set<DType>(["float32", "float64", "float16", "bfloat16"]);

type Binary = (a: number, b: number, site: Site, dtype: DType) => number;

/** Inputs broadcast to the output, element by element. */
function columns(site: Site, output: Inferred): number[][] {
  const inputs = site.inputs.flatMap((input, i) =>
    input ? [{ shape: input.shape, numbers: numbersAt(site, i) }] : [],
  );
  return [...coordinates(output.shape)].map((at) =>
    inputs.map(({ shape, numbers }) => numbers[offsetOf(shape, at)] as number),
  );
}

const fold =
  (apply: Binary): ValueRule =>
  (site, output) => {
    const dtype = (site.inputs[0] as Inferred).dtype;
    const values = columns(site, output).map((row) => row.reduce((a, b) => apply(a, b, site, dtype)));
    return tensorFrom(output.dtype, output.shape, values);
  };

const unary =
  (apply: (a: number) => number): ValueRule =>
  (site, output) =>
    tensorFrom(output.dtype, output.shape, numbersAt(site, 0).map(apply));

/** Round half to even. */
function roundEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

function modulo(a: number, b: number, site: Site): number {
  const rest = a % b;
  const flipped = rest !== 0 && rest < 0 !== b < 0;
  return intOf(site.node, "fmod", 0) === 0 && flipped ? rest + b : rest;
}

const asTruth = (value: boolean) => (value ? 1 : 0);

const cast: ValueRule = (site, output) => {
  const numbers = numbersAt(site, 0);
  const values = output.dtype === "bool" ? numbers.map((value) => asTruth(value !== 0)) : numbers;
  return tensorFrom(output.dtype, output.shape, values);
};

/** Bounds are attributes to opset 10 and inputs since. */
const clip: ValueRule = (site, output) => {
  const low = site.inputs[1] ? (numbersAt(site, 1)[0] as number) : floatOf(site.node, "min", -Infinity);
  const high = site.inputs[2] ? (numbersAt(site, 2)[0] as number) : floatOf(site.node, "max", Infinity);
  return unary((value) => Math.min(Math.max(value, low), high))(site, output, 0);
};

export const arithmetic = {
  Abs: unary(Math.abs),
  Add: fold((a, b) => a + b),
  And: fold((a, b) => asTruth(a !== 0 && b !== 0)),
  Cast: cast,
  CastLike: cast,
  Ceil: unary(Math.ceil),
  Clip: clip,
  Div: fold((a, b, _, dtype) => (floats.has(dtype) ? a / b : Math.trunc(a / b))),
  Equal: fold((a, b) => asTruth(a === b)),
  Exp: unary(Math.exp),
  Floor: unary(Math.floor),
  Greater: fold((a, b) => asTruth(a > b)),
  GreaterOrEqual: fold((a, b) => asTruth(a >= b)),
  Less: fold((a, b) => asTruth(a < b)),
  LessOrEqual: fold((a, b) => asTruth(a <= b)),
  Log: unary(Math.log),
  Max: fold((a, b) => Math.max(a, b)),
  Min: fold((a, b) => Math.min(a, b)),
  Mod: fold(modulo),
  Mul: fold((a, b) => a * b),
  Neg: unary((a) => -a),
  Not: unary((a) => asTruth(a === 0)),
  Or: fold((a, b) => asTruth(a !== 0 || b !== 0)),
  Pow: fold((a, b) => a ** b),
  Reciprocal: unary((a) => 1 / a),
  Relu: unary((a) => Math.max(a, 0)),
  Round: unary(roundEven),
  Sign: unary(Math.sign),
  Sqrt: unary(Math.sqrt),
  Sub: fold((a, b) => a - b),
  Sum: fold((a, b) => a + b),
  Where: (site, output) => {
    const values = columns(site, output).map(([yes, a, b]) => (yes ? a : b) as number);
    return tensorFrom(output.dtype, output.shape, values);
  },
  Xor: fold((a, b) => asTruth((a !== 0) !== (b !== 0))),
} satisfies Partial<Record<OpType, ValueRule>>;
