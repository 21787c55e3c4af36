// Cases of rules that pick elements, of reductions and of normalizations, and their values.

import { tensor } from "@bitscape/tensor";
import { int, ints, string } from "../../attribute.ts";
import type { OpType } from "../../ops/names.ts";
import { type Case, filled, long, longs, reals, rule } from "./case.ts";

const matrix = tensor("int64", [2, 3], [1, 2, 3, 4, 5, 6]);
const maximum = Number.MAX_SAFE_INTEGER;

const reductions: readonly OpType[] = [
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
];
const folded: readonly (readonly [OpType, string])[] = [
  ["ReduceMax", "3, 6"],
  ["ReduceMin", "1, 4"],
  ["ReduceProd", "6, 120"],
  ["ReduceSum", "6, 15"],
];
const channels = ["float32[4]", "float32[4]"];
const x = "float32[2, 4, 5]";

export const selectCases: readonly Case[] = [
  rule("Slice", ["float32[5, 6]", longs(1, -2), longs(maximum, maximum)], ["float32[4, 2]"]),
  rule("Slice", ["float32[5, 6]", longs(-1), longs(-maximum), longs(1), longs(-2)], ["float32[5, 3]"]),
  rule(
    "Slice",
    ["float32[5, 6]"],
    ["float32[5, 2]"],
    { axes: ints([1]), starts: ints([1]), ends: ints([3]) },
    9,
  ),
  rule("Slice", [longs(1, 2, 3, 4), longs(1), longs(3)], ["int64[2] = 2, 3"]),
  rule("Slice", [longs(1, 2, 3, 4), longs(3), longs(-9), longs(0), longs(-2)], ["int64[2] = 4, 2"]),
  rule("Gather", ["float32[5, 6]", "int64[2, 3]"], ["float32[5, 2, 3]"], { axis: int(1) }),
  rule("Gather", [longs(4, 5, 6), long(-1)], ["int64[] = 6"]),
  rule("Gather", [matrix, longs(2, 0)], ["int64[2, 2] = 3, 1, 6, 4"], { axis: int(1) }),
  rule("GatherElements", ["float32[5, 6]", "int64[2, 3]"], ["float32[2, 3]"]),
  rule("GatherElements", [matrix, tensor("int64", [2, 1], [2, -3])], ["int64[2, 1] = 3, 4"], {
    axis: int(1),
  }),
  rule("GatherND", ["float32[2, 3, 4]", "int64[2, 5, 1]"], ["float32[2, 5, 4]"], { batch_dims: int(1) }),
  rule("GatherND", [matrix, tensor("int64", [2, 2], [0, 1, 1, 2])], ["int64[2] = 2, 6"]),
  rule("com.microsoft.GatherND", ["float32[2, 3, 4]", "int64[5, 2]"], ["float32[5, 4]"]),
  rule("Scatter", ["float32[5, 6]", "int64[2, 3]", "float32[2, 3]"], ["float32[5, 6]"], {}, 10),
  rule("ScatterElements", ["float32[5, 6]", "int64[2, 3]", "float32[2, 3]"], ["float32[5, 6]"]),
  rule("ScatterND", ["float32[5, 6]", "int64[2, 1]", "float32[2, 6]"], ["float32[5, 6]"]),
  rule("ScatterND", [longs(1, 2, 3), tensor("int64", [2, 1], [2, 0]), longs(8, 9)], ["int64[3] = 9, 2, 8"]),
  rule("ArgMax", ["float32[2, 3, 4]"], ["int64[2, 1, 4]"], { axis: int(1) }),
  rule("ArgMin", ["float32[2, 3, 4]"], ["int64[2, 3]"], { axis: int(-1), keepdims: int(0) }),
  rule("TopK", ["float32[2, 9]", longs(4)], ["float32[2, 4]", "int64[2, 4]"]),
  rule("TopK", ["float32[2, 9]"], ["float32[1, 9]", "int64[1, 9]"], { axis: int(0), k: int(1) }, 9),
  rule("OneHot", ["int64[2, 3]", long(5), "float32[2]"], ["float32[2, 5, 3]"], { axis: int(1) }),
  rule("NonZero", [tensor("int64", [2, 2], [0, 1, 1, 1])], ["int64[2, 3] = 0, 1, 1, 1, 0, 1"]),
  rule("Compress", ["float32[2, 3]", tensor("bool", [3], [1, 0, 1])], ["float32[2, 2]"], { axis: int(1) }),
  rule("Compress", ["float32[2, 3]", tensor("bool", [3], [1, 0, 1])], ["float32[2]"]),
  rule("Unique", [longs(3, 1, 3)], ["int64[2]", "int64[2]", "int64[3]", "int64[2]"]),
  rule("Det", ["float32[2, 3, 3]"], ["float32[2]"]),
  rule("NegativeLogLikelihoodLoss", ["float32[2, 5, 3]", filled("int64", [2, 3])], ["float32[2, 3]"], {
    reduction: string("none"),
  }),
  rule("SoftmaxCrossEntropyLoss", ["float32[2, 5]", filled("int64", [2])], ["float32[]", "float32[2, 5]"]),
  rule("Multinomial", ["float32[2, 5]"], ["int32[2, 7]"], { sample_size: int(7) }),
  rule("Multinomial", ["float32[2, 5]"], ["int64[2, 1]"], { dtype: int(7) }),
  rule("TfIdfVectorizer", ["int64[2, 6]"], ["float32[2, 3]"], {
    ngram_indexes: ints([0, 1, 2]),
    ngram_counts: ints([0]),
    pool_int64s: ints([4, 5, 6]),
    max_gram_length: int(1),
    min_gram_length: int(1),
    max_skip_count: int(0),
    mode: string("TF"),
  }),

  ...reductions.flatMap((op) => [
    rule(op, ["float32[2, 3, 4]", longs(-1)], ["float32[2, 3, 1]"], {}, 20),
    rule(op, ["float32[2, 3, 4]"], ["float32[]"], { keepdims: int(0) }, 20),
    rule(op, ["float32[2, 3, 4]"], ["float32[3]"], { axes: ints([0, 2]), keepdims: int(0) }, 11),
  ]),
  rule("ReduceSum", ["float32[2, 3]"], ["float32[2, 3]"], { noop_with_empty_axes: int(1) }),
  ...folded.map(([op, result]) =>
    rule(op, [matrix, longs(1)], [`int64[2] = ${result}`], { keepdims: int(0) }),
  ),
  rule("ReduceMean", [reals(1, 2, 6)], ["float32[1] = 3"]),
  rule("BatchNormalization", [x, ...channels, ...channels], [x]),
  rule("BatchNormalization", [x, ...channels, ...channels], [x, "float32[4]", "float32[4]"], {
    training_mode: int(1),
  }),
  rule("InstanceNormalization", [x, ...channels], [x]),
  rule("GroupNormalization", [x, ...channels], [x], { num_groups: int(2) }),
  rule("LayerNormalization", [x, "float32[5]"], [x, "float32[2, 4, 1]", "float32[2, 4, 1]"]),
  rule("RMSNormalization", [x, "float32[5]"], [x]),
  rule("SimplifiedLayerNormalization", [x, "float32[5]"], [x]),
  rule(
    "com.microsoft.SkipLayerNormalization",
    [x, x, "float32[5]", "float32[5]"],
    [x, "float32[2, 4, 1]", "float32[2, 4, 1]", x],
  ),
  rule("com.microsoft.SkipSimplifiedLayerNormalization", [x, x, "float32[5]"], [x]),
  rule(
    "com.microsoft.QLinearReduceMean",
    ["uint8[2, 3, 4]", reals(1), filled("uint8", [1]), reals(1), filled("uint8", [1])],
    ["uint8[2, 4]"],
    { axes: ints([1]), keepdims: int(0) },
  ),
  rule("com.microsoft.ReduceSumInteger", ["int8[2, 3]"], ["int32[2, 1]"], { axes: ints([1]) }),
  rule(
    "com.microsoft.QLinearSoftmax",
    ["uint8[2, 3]", filled("float32", []), filled("uint8", []), filled("float32", []), filled("uint8", [])],
    ["uint8[2, 3]"],
    { opset: int(13) },
  ),
  rule("com.microsoft.Inverse", ["float32[2, 3, 3]"], ["float32[2, 3, 3]"]),
  rule("com.microsoft.Trilu", ["float32[2, 3]"], ["float32[2, 3]"]),
  rule("com.microsoft.IsAllFinite", ["float32[2, 3]"], ["bool[]"]),
];
