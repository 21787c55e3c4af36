// Cases of fused transformer operators, of com.microsoft's small ones and of ai.onnx.ml.

import { tensor } from "@bitscape/tensor";
import { floats, int, ints } from "../../attribute.ts";
import type { OpType } from "../../ops/names.ts";
import { type Case, filled, longs, rule } from "./case.ts";

const x = "float32[2, 4, 8]";
const scalar = filled("float32", []);
const zero = filled("uint8", []);
const heads = { num_heads: int(2) };
const grouped = { num_heads: int(4), kv_num_heads: int(2) };
const eight = "float32[8]";

const biased: readonly OpType[] = ["com.microsoft.BiasAdd", "com.microsoft.BiasGelu"];
const gelus: readonly OpType[] = ["com.microsoft.FastGelu", "com.microsoft.Gelu", "com.microsoft.QuickGelu"];
const floating: readonly OpType[] = ["ai.onnx.ml.Normalizer", "ai.onnx.ml.Scaler"];

export const contribCases: readonly Case[] = [
  rule(
    "Attention",
    ["float32[2, 3, 4, 8]", "float32[2, 3, 6, 8]", "float32[2, 3, 6, 10]"],
    ["float32[2, 3, 4, 10]"],
  ),
  rule(
    "Attention",
    [
      "float32[2, 4, 32]",
      "float32[2, 6, 16]",
      "float32[2, 6, 20]",
      "",
      "float32[2, 2, 5, 8]",
      "float32[2, 2, 5, 10]",
    ],
    ["float32[2, 4, 40]", "float32[2, 2, 11, 8]", "float32[2, 2, 11, 10]"],
    { q_num_heads: int(4), kv_num_heads: int(2) },
  ),
  rule(
    "RotaryEmbedding",
    ["float32[2, 3, 4, 8]", "float32[2, 4, 4]", "float32[2, 4, 4]"],
    ["float32[2, 3, 4, 8]"],
  ),
  rule("com.microsoft.RotaryEmbedding", [x, filled("int64", [1], 0), "float32[9, 2]", "float32[9, 2]"], [x], {
    num_heads: int(2),
    rotary_embedding_dim: int(4),
  }),
  rule("com.microsoft.Attention", [x, "float32[8, 24]", "float32[24]"], [x, "float32[2, 2, 2, 4, 4]"], heads),
  rule("com.microsoft.Attention", [x, "float32[8, 20]", "float32[20]"], ["float32[2, 4, 4]"], {
    ...heads,
    qkv_hidden_sizes: ints([8, 8, 4]),
  }),
  rule(
    "com.microsoft.QAttention",
    ["uint8[2, 4, 8]", filled("uint8", [8, 24]), "float32[24]", scalar, scalar, "", zero, zero],
    [x],
    heads,
  ),
  rule(
    "com.microsoft.MultiHeadAttention",
    [x, "float32[2, 6, 8]", "float32[2, 6, 10]"],
    ["float32[2, 4, 10]"],
    heads,
  ),
  rule(
    "com.microsoft.MultiHeadAttention",
    [x, x, x, "", "", "", "float32[2, 2, 5, 4]", "float32[2, 2, 5, 4]"],
    [x, "float32[2, 2, 9, 4]", "float32[2, 2, 9, 4]"],
    heads,
  ),
  rule("com.microsoft.MultiHeadAttention", ["float32[2, 4, 2, 3, 4]"], [x], heads),
  rule(
    "com.microsoft.GroupQueryAttention",
    [
      "float32[2, 4, 32]",
      "float32[2, 4, 16]",
      "float32[2, 4, 16]",
      "float32[2, 2, 0, 8]",
      "float32[2, 2, 0, 8]",
      filled("int32", [2], 3),
      tensor("int32", [], [4]),
    ],
    ["float32[2, 4, 32]", "float32[2, 2, 4, 8]", "float32[2, 2, 4, 8]"],
    grouped,
  ),
  rule(
    "com.microsoft.GroupQueryAttention",
    [
      "float32[2, 4, 64]",
      "",
      "",
      "float32[2, 2, 9, 8]",
      "float32[2, 2, 9, 8]",
      filled("int32", [2], 3),
      tensor("int32", [], [4]),
    ],
    ["float32[2, 4, 32]", "float32[2, 2, 9, 8]", "float32[2, 2, 9, 8]"],
    grouped,
  ),
  rule(
    "com.microsoft.SparseAttention",
    [
      "float32[2, 4, 32]",
      "float32[2, 4, 16]",
      "float32[2, 4, 16]",
      "float32[2, 2, 9, 8]",
      "float32[2, 2, 9, 8]",
    ],
    ["float32[2, 4, 32]", "float32[2, 2, 9, 8]", "float32[2, 2, 9, 8]"],
    grouped,
  ),
  rule(
    "com.microsoft.EmbedLayerNormalization",
    [filled("int32", [2, 4], 0), "", "float32[30, 8]", "float32[16, 8]", "", eight, eight],
    [x, "int32[2]"],
  ),
  rule(
    "com.microsoft.QEmbedLayerNormalization",
    [
      filled("int32", [2, 4], 0),
      "",
      filled("uint8", [30, 8]),
      filled("uint8", [16, 8]),
      "",
      filled("uint8", [8]),
      filled("uint8", [8]),
      "",
      ...[scalar, scalar, "", scalar, scalar, zero, zero, "", zero, zero],
    ],
    [x, "int32[2]"],
  ),
  rule(
    "com.microsoft.MoE",
    ["float32[4, 8]", "float32[4, 3]", "float32[3, 16, 8]", "", "float32[3, 8, 16]"],
    ["float32[4, 8]"],
  ),
  rule("com.microsoft.QMoE", ["float32[4, 8]", "float32[4, 3]"], ["float32[4, 8]"]),
  ...biased.map((op) => rule(op, op.endsWith("Add") ? [x, eight, x] : [x, eight], [x])),
  ...gelus.map((op) => rule(op, [x], [x])),
  rule("com.microsoft.BiasSoftmax", [x, x], [x], { axis: int(2), is_inner_broadcast: int(0) }),
  rule("com.microsoft.GatedAdd", [x, x, "float32[2, 4, 1]"], [x]),
  rule("com.microsoft.GatedRMSNorm", [x, eight, x], [x]),
  rule("com.microsoft.GroupNorm", ["float32[1, 4, 4, 8]", eight, eight], ["float32[1, 4, 4, 8]"], {
    groups: int(2),
  }),
  rule(
    "com.microsoft.SkipGroupNorm",
    ["float32[1, 4, 4, 8]", eight, eight, "float32[1, 4, 4, 8]"],
    ["float32[1, 4, 4, 8]", "float32[1, 4, 4, 8]"],
    { groups: int(2) },
  ),
  rule("com.microsoft.BiasSplitGelu", [x, eight], ["float32[2, 4, 4]"]),
  rule("com.microsoft.NGramRepeatBlock", [filled("int64", [2, 4]), "float32[2, 30]"], ["float32[2, 30]"], {
    ngram_size: int(2),
  }),
  rule("com.microsoft.CDist", ["float32[3, 8]", "float32[5, 8]"], ["float32[3, 5]"]),
  rule(
    "com.microsoft.MatMulFpQ4",
    ["float32[3, 32]", filled("uint8", [120]), longs(32, 6)],
    ["float32[3, 6]"],
  ),
  rule(
    "com.microsoft.GatherBlockQuantized",
    [filled("uint8", [10, 16]), filled("int64", [2, 3]), filled("float32", [10, 1])],
    ["float32[2, 3, 32]"],
    { block_size: int(32), quantize_axis: int(1), bits: int(4) },
  ),
  rule("com.microsoft.MulInteger", ["uint8[2, 1]", zero, "uint8[3]", zero], ["int32[2, 3]"]),
  rule("ai.onnx.ml.Binarizer", ["float32[2, 3]"], ["float32[2, 3]"]),
  rule("ai.onnx.ml.Imputer", ["float32[2, 3]"], ["float32[2, 3]"], { imputed_value_floats: floats([0]) }),
  ...floating.map((op) => rule(op, ["int64[2, 3]"], ["float32[2, 3]"])),
  rule("ai.onnx.ml.LinearRegressor", ["float32[2, 3]"], ["float32[2, 1]"], {
    coefficients: floats([1, 1, 1]),
  }),
  rule("ai.onnx.ml.LabelEncoder", ["string[2]"], ["int64[2]"], {
    keys_strings: { type: "strings", value: ["a"] },
    values_int64s: ints([1]),
  }),
  rule("ai.onnx.ml.TreeEnsemble", ["float32[2, 3]"], ["float32[2, 4]"], { n_targets: int(4) }),
  rule("ai.onnx.ml.TreeEnsembleRegressor", ["float32[2, 3]"], ["float32[2, 1]"]),
  rule("ai.onnx.ml.ArrayFeatureExtractor", ["float32[2, 3]", filled("int64", [2])], ["float32[2, 2]"]),
];
