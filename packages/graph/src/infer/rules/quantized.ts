// Shape rules of quantization operators. Source: ONNX QuantizeLinear and DequantizeLinear 10 to 25,
// DynamicQuantizeLinear 11, com.microsoft's element-wise quantized forms.

import type { DType } from "@bitscape/tensor";
import type { OpType } from "../../ops/names.ts";
import { broadcast, dtypeFrom, each, type InferRule, like, need } from "../rule.ts";

const quantize: InferRule = (site) => {
  const absent: DType = site.inputs[2]?.dtype ?? "uint8";
  return [{ dtype: dtypeFrom(site, "output_dtype", absent), shape: need(site, 0).shape }];
};

/** The scale's type is the output's since opset 19; before it is float32 anyway. */
const dequantize: InferRule = (site) => [
  { dtype: dtypeFrom(site, "output_dtype", need(site, 1).dtype), shape: need(site, 0).shape },
];

const first: InferRule = (site) => [like(need(site, 0))];

/** a, scale, zero, b, scale, zero, y scale, y zero. */
const pairwise: InferRule = (site) => [
  like(need(site, 0), broadcast(need(site, 0).shape, need(site, 3).shape)),
];

export const quantization = {
  ...each(["QuantizeLinear", "com.microsoft.QuantizeLinear"], quantize),
  ...each(["DequantizeLinear", "com.microsoft.DequantizeLinear"], dequantize),
  DynamicQuantizeLinear: (site) => [
    { dtype: "uint8", shape: need(site, 0).shape },
    { dtype: "float32", shape: [] },
    { dtype: "uint8", shape: [] },
  ],
  ...each(["com.microsoft.QLinearAdd", "com.microsoft.QLinearMul"], pairwise),
  ...each(["com.microsoft.QLinearSigmoid", "com.microsoft.QLinearLeakyRelu"], first),
  // condition, x, scale, zero, y, scale, zero, …
  "com.microsoft.QLinearWhere": (site) => [
    like(need(site, 1), broadcast(need(site, 0).shape, need(site, 1).shape, need(site, 4).shape)),
  ],
} satisfies Partial<Record<OpType, InferRule>>;
