// Shape rules of com.microsoft's activations and small fused operators (the others are with their families), and
// of the tensor operators of ai.onnx.ml. Source: ONNX Runtime 1.30, docs/ContribOperators.md; ai.onnx.ml 5.

import type { DType } from "@bitscape/tensor";
import { intOf } from "../../attribute.ts";
import type { OpType } from "../../ops/names.ts";
import {
  axisOf,
  broadcast,
  dim,
  each,
  type InferRule,
  like,
  need,
  needValues,
  ranked,
  type Site,
} from "../rule.ts";

const first: InferRule = (site) => [like(need(site, 0))];
const float: InferRule = (site) => [{ dtype: "float32", shape: need(site, 0).shape }];

export const contribs = {
  ...each(
    [
      "com.microsoft.BiasAdd",
      "com.microsoft.BiasGelu",
      "com.microsoft.BiasSoftmax",
      "com.microsoft.FastGelu",
      "com.microsoft.GatedAdd",
      "com.microsoft.GatedRMSNorm",
      "com.microsoft.Gelu",
      "com.microsoft.GroupNorm",
      "com.microsoft.QuickGelu",
    ],
    first,
  ),
  "com.microsoft.SkipGroupNorm": (site) => [like(need(site, 0)), like(need(site, 0))],
  "com.microsoft.BiasSplitGelu": (site) => {
    const x = need(site, 0);
    return [like(x, x.shape.with(-1, dim(x.shape, -1) / 2))];
  },
  "com.microsoft.NGramRepeatBlock": (site) => [like(need(site, 1))],
  "com.microsoft.CDist": (site) => {
    const [a, b] = [need(site, 0), need(site, 1)];
    return [like(a, [dim(ranked(a, 2), 0), dim(ranked(b, 2), 0)])];
  },
  "com.microsoft.MatMulFpQ4": (site) => {
    const a = need(site, 0);
    return [like(a, [...ranked(a, 1).slice(0, -1), needValues(site, 2).at(-1) ?? 0])];
  },

  "com.microsoft.GatherBlockQuantized": (site) => {
    const [data, indices, scales] = [need(site, 0), need(site, 1), need(site, 2)];
    const gather = axisOf(site, data.shape.length, 0, "gather_axis");
    // uint8 data holds several codes to a byte along its last axis.
    const packed = data.dtype === "uint8" ? 8 / intOf(site.node, "bits", 4) : 1;
    const shape = data.shape.with(-1, dim(data.shape, -1) * packed);
    return [like(scales, shape.toSpliced(gather, 1, ...indices.shape))];
  },

  "com.microsoft.MulInteger": (site) => {
    const [a, b] = [need(site, 0), need(site, 2)];
    return [{ dtype: "int32", shape: broadcast(a.shape, b.shape) }];
  },

  ...each(["ai.onnx.ml.Binarizer", "ai.onnx.ml.Imputer"], first),
  ...each(["ai.onnx.ml.Normalizer", "ai.onnx.ml.Scaler"], float),
  "ai.onnx.ml.LabelEncoder": (site) => [{ dtype: encodedAs(site), shape: need(site, 0).shape }],
  "ai.onnx.ml.LinearRegressor": (site) => [
    { dtype: "float32", shape: [dim(need(site, 0).shape, 0), intOf(site.node, "targets", 1)] },
  ],
  "ai.onnx.ml.TreeEnsemble": (site) => [
    like(need(site, 0), [dim(need(site, 0).shape, 0), intOf(site.node, "n_targets", 1)]),
  ],
  "ai.onnx.ml.TreeEnsembleRegressor": (site) => [
    { dtype: "float32", shape: [dim(need(site, 0).shape, 0), intOf(site.node, "n_targets", 1)] },
  ],
  "ai.onnx.ml.ArrayFeatureExtractor": (site) => {
    const [x, picked] = [need(site, 0), need(site, 1)];
    const count = picked.shape.reduce((a, b) => a * b, 1);
    return [like(x, x.shape.length === 1 ? [1, count] : x.shape.with(-1, count))];
  },
} satisfies Partial<Record<OpType, InferRule>>;

/** What a LabelEncoder's attributes map to; version 1 maps strings to integers and back. */
function encodedAs(site: Site): DType {
  const { attributes } = site.node;
  const tensor = attributes.get("values_tensor");
  if (tensor?.type === "tensor") return tensor.value.dtype;
  if (attributes.has("values_floats")) return "float32";
  if (attributes.has("values_int64s")) return "int64";
  if (attributes.has("values_strings")) return "string";
  return need(site, 0).dtype === "string" ? "int64" : "string";
}
