// Shape rules of reductions and normalizations. Source: ONNX Reduce* (axes as attribute or input), BatchNormalization,
// LayerNormalization 17, RMSNormalization 23 and the rest of their kind.

import { type DType, normalizeAxis } from "@bitscape/tensor";
import { intOf, intsOf } from "../../attribute.ts";
import type { OpType } from "../../ops/names.ts";
import {
  axisOf,
  dtypeFrom,
  each,
  type InferRule,
  type Inferred,
  intsFrom,
  like,
  need,
  type Site,
} from "../rule.ts";

/** The axes that a reduction folds; none at all where it is told to do nothing. */
export function reducedAxes(site: Site): number[] {
  const { shape } = need(site, 0);
  const axes = intsFrom(site, "axes", 1) ?? [];
  if (axes.length > 0) return axes.map((axis) => normalizeAxis(axis, shape.length, "axes"));
  return intOf(site.node, "noop_with_empty_axes", 0) ? [] : shape.map((_, i) => i);
}

const reduce: InferRule = (site) => {
  const x = need(site, 0);
  const axes = reducedAxes(site);
  const kept = intOf(site.node, "keepdims", 1) !== 0;
  const shape = kept
    ? x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : x.shape.filter((_, axis) => !axes.includes(axis));
  return [like(x, shape)];
};

/** Statistics over the axes from `axis` on, as LayerNormalization gives them out. */
function statistics(site: Site, x: Inferred, absent: number): Inferred {
  const axis = axisOf(site, x.shape.length, absent);
  const dtype: DType = dtypeFrom(site, "stash_type", "float32");
  return { dtype, shape: x.shape.map((size, i) => (i < axis ? size : 1)) };
}

const layerNorm: InferRule = (site) => {
  const x = need(site, 0);
  const folded = statistics(site, x, -1);
  return [like(x), folded, folded];
};

/** Outputs: sum normalized, mean, inverse deviation, the sum itself. */
const skipNorm: InferRule = (site) => {
  const x = need(site, 0);
  const folded: Inferred = { dtype: "float32", shape: [...x.shape.slice(0, -1), 1] };
  return [like(x), folded, folded, like(x)];
};

const first: InferRule = (site) => [like(need(site, 0))];

export const reductions = {
  ...each(
    [
      "ReduceL1",
      "ReduceL2",
      "ReduceLogSum",
      "ReduceLogSumExp",
      "ReduceMax",
      "ReduceMean",
      "ReduceMin",
      "ReduceProd",
      "ReduceSum",
      "ReduceSumSquare",
    ],
    reduce,
  ),

  BatchNormalization: (site) => {
    const x = need(site, 0);
    const statistic = like(need(site, 3));
    return [like(x), statistic, statistic, statistic, statistic];
  },

  ...each(["InstanceNormalization", "GroupNormalization"], first),
  ...each(["LayerNormalization"], layerNorm),
  RMSNormalization: first,
  ...each(["SimplifiedLayerNormalization"], layerNorm),
  ...each(["com.microsoft.SkipLayerNormalization"], skipNorm),
  ...each(["com.microsoft.SkipSimplifiedLayerNormalization"], skipNorm),

  "com.microsoft.QLinearReduceMean": (site) => {
    const x = need(site, 0);
    const axes = intsOf(site.node, "axes") ?? x.shape.map((_, i) => i);
    const folded = axes.map((axis) => normalizeAxis(axis, x.shape.length, "axes"));
    const kept = intOf(site.node, "keepdims", 1) !== 0;
    const shape = x.shape.map((size, axis) => (folded.includes(axis) ? 1 : size));
    return [like(x, kept ? shape : shape.filter((_, axis) => !folded.includes(axis)))];
  },

  "com.microsoft.ReduceSumInteger": (site) => {
    const x = reduce(site)[0] as Inferred;
    return [{ dtype: need(site, 0).dtype === "int8" ? "int32" : "uint32", shape: x.shape }];
  },

  // The axis has no influence on the shape, but a wrong one is an error.
  "com.microsoft.QLinearSoftmax": (site) => {
    const x = need(site, 0);
    axisOf(site, x.shape.length, -1);
    return [{ dtype: need(site, 4).dtype, shape: x.shape }];
  },
  "com.microsoft.Inverse": first,
  "com.microsoft.Trilu": first,
  "com.microsoft.IsAllFinite": () => [{ dtype: "bool", shape: [] }],
} satisfies Partial<Record<OpType, InferRule>>;
