// Shape rules of operators that work element by element, alone or broadcast. No values (values/).
// Source: ONNX operators to opset 26; broadcasting as in onnx/docs/Broadcasting.md.

import { bitsOf } from "@bitscape/tensor";
import type { OpType } from "../../ops/names.ts";
import { broadcast, dtypeFrom, each, type InferRule, type Inferred, like, need } from "../rule.ts";

const same: InferRule = (site) => [like(need(site, 0))];

const broadcasted: InferRule = (site) => {
  const inputs = site.inputs.filter((input) => input !== undefined);
  return [like(need(site, 0), broadcast(...inputs.map((input) => input.shape)))];
};

const compared: InferRule = (site) => {
  const shape = broadcast(need(site, 0).shape, need(site, 1).shape);
  return [{ dtype: "bool", shape }];
};

const tested: InferRule = (site) => [{ dtype: "bool", shape: need(site, 0).shape }];

export const elementwise = {
  ...each(
    [
      "Abs",
      "Acos",
      "Acosh",
      "Asin",
      "Asinh",
      "Atan",
      "Atanh",
      "BitwiseNot",
      "Ceil",
      "Celu",
      "Clip",
      "Cos",
      "Cosh",
      "CumProd",
      "CumSum",
      "Elu",
      "Erf",
      "Exp",
      "Floor",
      "Gelu",
      "HardSigmoid",
      "HardSwish",
      "Hardmax",
      "LRN",
      "LeakyRelu",
      "Log",
      "LogSoftmax",
      "LpNormalization",
      "MeanVarianceNormalization",
      "Mish",
      "Neg",
      "Not",
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
      // A shift or a slope that broadcasts to the first input, never beyond it.
      "PRelu",
      "ReverseSequence",
    ],
    same,
  ),
  ...each(
    [
      "Add",
      "And",
      "BitShift",
      "BitwiseAnd",
      "BitwiseOr",
      "BitwiseXor",
      "Div",
      "Max",
      "Mean",
      "Min",
      "Mod",
      "Mul",
      "Or",
      "Pow",
      "StringConcat",
      "Sub",
      "Sum",
      "Xor",
    ],
    broadcasted,
  ),
  ...each(["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"], compared),
  ...each(["IsInf", "IsNaN", "RegexFullMatch"], tested),

  Where: (site) => {
    const [condition, yes, no] = [need(site, 0), need(site, 1), need(site, 2)];
    return [like(yes, broadcast(condition.shape, yes.shape, no.shape))];
  },

  Identity: (site) => [need(site, 0)],

  Dropout: (site) => {
    const x = need(site, 0);
    // The mask is of the data's type before opset 10.
    return [like(x), { dtype: site.opset < 10 ? x.dtype : "bool", shape: x.shape }];
  },

  Cast: (site) => {
    const x = need(site, 0);
    return [{ dtype: dtypeFrom(site, "to", x.dtype), shape: x.shape }];
  },
  CastLike: (site) => [{ dtype: need(site, 1).dtype, shape: need(site, 0).shape }],
  BitCast: (site) => {
    const x = need(site, 0);
    const dtype = dtypeFrom(site, "to", x.dtype);
    if (bitsOf(dtype) !== bitsOf(x.dtype)) {
      throw new Error(`attribute to: ${dtype}, expected a type as wide as ${x.dtype}`);
    }
    return [{ dtype, shape: x.shape } satisfies Inferred];
  },
  Bernoulli: (site) => {
    const x = need(site, 0);
    return [{ dtype: dtypeFrom(site, "dtype", x.dtype), shape: x.shape }];
  },
} satisfies Partial<Record<OpType, InferRule>>;
