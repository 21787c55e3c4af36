// Shape rules of operators that pick elements: slice, gather, scatter, top-k, one-hot, and those whose output
// size depends on data (known only where the data is). Source: ONNX operators to opset 26.

import { normalizeAxis, sizeOf } from "@bitscape/tensor";
import { intOf, intsOf } from "../../attribute.ts";
import type { OpType } from "../../ops/names.ts";
import { numbersOf } from "../numbers.ts";
import { axisOf, dim, each, type InferRule, like, need, needValues, ranked, type Site } from "../rule.ts";
import { sliced } from "../slice.ts";

const first: InferRule = (site) => [like(need(site, 0))];

const gatherNd: InferRule = (site) => {
  const [x, indices] = [need(site, 0), need(site, 1)];
  const batch = intOf(site.node, "batch_dims", 0);
  const depth = dim(indices.shape, -1);
  return [like(x, [...indices.shape.slice(0, -1), ...x.shape.slice(batch + depth)])];
};

const argument: InferRule = (site) => {
  const { shape } = need(site, 0);
  const axis = axisOf(site, shape.length, 0);
  const kept = intOf(site.node, "keepdims", 1) !== 0;
  return [{ dtype: "int64", shape: kept ? shape.with(axis, 1) : shape.toSpliced(axis, 1) }];
};

/** How many of a condition's elements are true; throws where they are not known. */
function trues(site: Site, index: number): number {
  return needValues(site, index).filter((value) => value !== 0).length;
}

const unknown =
  (what: string): InferRule =>
  () => {
    throw new Error(`${what}, expected to be measured by a run`);
  };

export const selection = {
  Slice: (site) => {
    const x = need(site, 0);
    return [
      like(
        x,
        sliced(site).map((range) => range.count),
      ),
    ];
  },

  Gather: (site) => {
    const [x, indices] = [need(site, 0), need(site, 1)];
    const axis = axisOf(site, x.shape.length, 0);
    return [like(x, x.shape.toSpliced(axis, 1, ...indices.shape))];
  },
  GatherElements: (site) => [like(need(site, 0), need(site, 1).shape)],
  ...each(["GatherND", "com.microsoft.GatherND"], gatherNd),

  ...each(["Scatter", "ScatterElements", "ScatterND"], first),

  ...each(["ArgMax", "ArgMin"], argument),

  TopK: (site) => {
    const x = need(site, 0);
    const axis = axisOf(site, x.shape.length, -1);
    const k = intOf(site.node, "k") ?? needValues(site, 1)[0];
    if (k === undefined || k > dim(x.shape, axis)) {
      throw new Error(`k: ${k}, expected at most ${dim(x.shape, axis)}`);
    }
    const shape = x.shape.with(axis, k);
    return [like(x, shape), { dtype: "int64", shape }];
  },

  OneHot: (site) => {
    const indices = need(site, 0);
    const [depth = 0] = needValues(site, 1);
    const axis = normalizeAxis(intOf(site.node, "axis", -1), indices.shape.length + 1, "attribute axis");
    return [{ dtype: need(site, 2).dtype, shape: indices.shape.toSpliced(axis, 0, depth) }];
  },

  NonZero: (site) => {
    const x = need(site, 0);
    return [{ dtype: "int64", shape: [x.shape.length, trues(site, 0)] }];
  },

  Compress: (site) => {
    const x = need(site, 0);
    const count = trues(site, 1);
    if (intOf(site.node, "axis") === undefined) return [like(x, [count])];
    return [like(x, x.shape.with(axisOf(site, x.shape.length, 0), count))];
  },

  Unique: (site) => {
    const x = need(site, 0);
    if (!x.value || intOf(site.node, "axis") !== undefined) {
      throw new Error("number of unique elements: depends on data, expected a known value");
    }
    const [found, all] = [[new Set(numbersOf(x.value)).size], [sizeOf(x.shape)]];
    const index = (shape: number[]) => ({ dtype: "int64" as const, shape });
    return [like(x, found), index(found), index(all), index(found)];
  },

  Det: (site) => [like(need(site, 0), ranked(need(site, 0), 2).slice(0, -2))],

  NegativeLogLikelihoodLoss: (site) => [lossOf(site)],
  SoftmaxCrossEntropyLoss: (site) => [lossOf(site), like(need(site, 0))],

  Multinomial: (site) => {
    const [batch = 0] = need(site, 0).shape;
    const long = intOf(site.node, "dtype", 6) === 7;
    return [{ dtype: long ? "int64" : "int32", shape: [batch, intOf(site.node, "sample_size", 1)] }];
  },

  TfIdfVectorizer: (site) => {
    const { shape } = need(site, 0);
    const size = Math.max(-1, ...(intsOf(site.node, "ngram_indexes") ?? [])) + 1;
    return [{ dtype: "float32", shape: [...shape.slice(0, -1), size] }];
  },

  ...each(["NonMaxSuppression"], unknown("number of selected boxes: depends on data")),
  ...each(["StringNormalizer"], unknown("number of kept strings: depends on data")),
  ...each(["StringSplit"], unknown("number of substrings: depends on data")),
  ...each(["ImageDecoder"], unknown("size of the decoded image: depends on data")),
} satisfies Partial<Record<OpType, InferRule>>;

/** One number, or one a target where nothing is reduced. */
function lossOf(site: Site) {
  const reduction = site.node.attributes.get("reduction");
  const none = reduction?.type === "string" && reduction.value === "none";
  return like(need(site, 0), none ? need(site, 1).shape : []);
}
