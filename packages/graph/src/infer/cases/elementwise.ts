// Cases of element-wise rules and their values.

import { type DType, onnxNumber, tensor } from "@bitscape/tensor";
import { float, int } from "../../attribute.ts";
import type { OpType } from "../../ops/names.ts";
import { type Case, filled, long, longs, reals, rule } from "./case.ts";

const to = (dtype: DType) => ({ to: int(onnxNumber(dtype)) });
const truths = (...values: number[]) => tensor("bool", [values.length], values);

const unary: readonly OpType[] = [
  "Abs",
  "Acos",
  "Acosh",
  "Asin",
  "Asinh",
  "Atan",
  "Atanh",
  "Ceil",
  "Celu",
  "Clip",
  "Cos",
  "Cosh",
  "Elu",
  "Erf",
  "Exp",
  "Floor",
  "Gelu",
  "HardSigmoid",
  "HardSwish",
  "Hardmax",
  "LeakyRelu",
  "Log",
  "LogSoftmax",
  "LpNormalization",
  "MeanVarianceNormalization",
  "Mish",
  "Neg",
  "Reciprocal",
  "Relu",
  "Round",
  "Selu",
  "Shrink",
  "Sigmoid",
  "Sign",
  "Sin",
  "Sinh",
  "Softmax",
  "Softplus",
  "Softsign",
  "Sqrt",
  "Swish",
  "Tan",
  "Tanh",
  "ThresholdedRelu",
  "Trilu",
];

const arithmetic: readonly OpType[] = ["Add", "Div", "Max", "Mean", "Min", "Mul", "Pow", "Sub", "Sum"];
const logic: readonly OpType[] = ["And", "Or", "Xor"];
const bitwise: readonly OpType[] = ["BitwiseAnd", "BitwiseOr", "BitwiseXor"];
const compared: readonly OpType[] = ["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"];

const valued: readonly (readonly [OpType, number, number, number])[] = [
  ["Add", 7, -2, 5],
  ["Sub", 7, -2, 9],
  ["Mul", 7, -2, -14],
  ["Div", 7, -2, -3],
  ["Mod", 7, -2, -1],
  ["Max", 7, -2, 7],
  ["Min", 7, -2, -2],
  ["Pow", 7, 2, 49],
];
const tested: readonly (readonly [OpType, number, number])[] = [
  ["Equal", 0, 1],
  ["Greater", 1, 0],
  ["GreaterOrEqual", 1, 1],
  ["Less", 0, 0],
  ["LessOrEqual", 0, 1],
];
const rounded: readonly (readonly [OpType, number, string])[] = [
  ["Abs", -2.5, "2.5"],
  ["Ceil", 2.5, "3"],
  ["Exp", 0, "1"],
  ["Floor", 2.5, "2"],
  ["Log", 1, "0"],
  ["Neg", 2.5, "-2.5"],
  ["Reciprocal", 4, "0.25"],
  ["Relu", -1, "0"],
  ["Round", 2.5, "2"],
  ["Sign", -3, "-1"],
  ["Sqrt", 9, "3"],
];

export const elementwiseCases: readonly Case[] = [
  ...unary.map((op) => rule(op, ["float32[2, 3, 4]"], ["float32[2, 3, 4]"])),
  ...arithmetic.map((op) => rule(op, ["float32[2, 1, 4]", "float32[3, 1]"], ["float32[2, 3, 4]"])),
  ...logic.map((op) => rule(op, ["bool[2, 1]", "bool[3]"], ["bool[2, 3]"])),
  ...bitwise.map((op) => rule(op, ["int32[2, 1]", "int32[3]"], ["int32[2, 3]"])),
  ...compared.map((op) => rule(op, ["float32[2, 1]", "float32[3]"], ["bool[2, 3]"])),
  ...valued.map(([op, a, b, c]) => rule(op, [longs(a), long(b)], [`int64[1] = ${c}`])),
  ...tested.map(([op, a, b]) => rule(op, [longs(3, 2), longs(2, 2)], [`bool[2] = ${a}, ${b}`])),
  ...rounded.map(([op, a, b]) => rule(op, [reals(a)], [`float32[1] = ${b}`])),
  rule("Sum", [reals(1), reals(2), reals(3)], ["float32[1] = 6"]),
  rule("Div", [reals(7), reals(-2)], ["float32[1] = -3.5"]),
  rule("Mod", [longs(-7), longs(3)], ["int64[1] = -1"], { fmod: int(1) }),
  rule("And", [truths(1, 1, 0), truths(1, 0, 0)], ["bool[3] = 1, 0, 0"]),
  rule("Or", [truths(1, 1, 0), truths(1, 0, 0)], ["bool[3] = 1, 1, 0"]),
  rule("Xor", [truths(1, 1, 0), truths(1, 0, 0)], ["bool[3] = 0, 1, 0"]),
  rule("Not", [truths(1, 0)], ["bool[2] = 0, 1"]),
  rule(
    "Clip",
    [reals(-1, 2, 9), tensor("float32", [], [0]), tensor("float32", [], [5])],
    ["float32[3] = 0, 2, 5"],
  ),
  rule("Clip", [reals(-1, 9)], ["float32[2] = 0, 6"], { min: float(0), max: float(6) }, 10),
  rule("Mod", ["int64[4]", "int64[1]"], ["int64[4]"]),
  rule("BitShift", ["uint8[4]", "uint8[1]"], ["uint8[4]"], { direction: { type: "string", value: "LEFT" } }),
  rule("BitwiseNot", ["int32[4]"], ["int32[4]"]),
  rule("Not", ["bool[4]"], ["bool[4]"]),
  rule("IsNaN", ["float32[4]"], ["bool[4]"]),
  rule("IsInf", ["float32[4]"], ["bool[4]"]),
  rule("StringConcat", ["string[2, 1]", "string[3]"], ["string[2, 3]"]),
  rule("RegexFullMatch", ["string[2]"], ["bool[2]"], { pattern: { type: "string", value: "a" } }),
  rule("LRN", ["float32[1, 4, 5, 5]"], ["float32[1, 4, 5, 5]"], { size: int(3) }),
  rule("CumSum", ["float32[2, 3]", long(1)], ["float32[2, 3]"]),
  rule("CumSum", [longs(1, 2, 3), long(0)], ["int64[3] = 1, 3, 6"]),
  rule("CumSum", [longs(1, 2, 3), long(0)], ["int64[3] = 5, 3, 0"], { exclusive: int(1), reverse: int(1) }),
  rule("CumProd", ["float32[2, 3]", long(1)], ["float32[2, 3]"], {}, 26),
  rule("PRelu", ["float32[2, 3, 4]", "float32[3, 1]"], ["float32[2, 3, 4]"]),
  rule("ReverseSequence", ["float32[4, 2, 3]", filled("int64", [2], 4)], ["float32[4, 2, 3]"]),
  rule("Where", ["bool[2, 1]", "float32[3]", "float32[]"], ["float32[2, 3]"]),
  rule("Where", [truths(1, 0), longs(1, 2), long(9)], ["int64[2] = 1, 9"]),
  rule("Identity", [longs(4, 5)], ["int64[2] = 4, 5"]),
  rule("Dropout", ["float32[2, 3]"], ["float32[2, 3]", "bool[2, 3]"]),
  rule("Dropout", ["float32[2, 3]"], ["float32[2, 3]", "float32[2, 3]"], { ratio: float(0.5) }, 7),
  rule("Cast", ["float32[2, 3]"], ["float16[2, 3]"], to("float16")),
  rule("Cast", [reals(-1.5, 2.5)], ["int64[2] = -1, 2"], to("int64")),
  rule("Cast", [reals(0, 2.5)], ["bool[2] = 0, 1"], to("bool")),
  rule("CastLike", [longs(3), "float32[7]"], ["float32[1]"]),
  rule("CastLike", [longs(3), reals(0)], ["float32[1] = 3"]),
  rule("BitCast", ["float32[2, 3]"], ["int32[2, 3]"], to("int32"), 26),
  rule("Bernoulli", ["float32[2, 3]"], ["float64[2, 3]"], { dtype: int(onnxNumber("float64")) }),
];
