// Cases of matrix products and recurrent layers.

import { int, string } from "../../attribute.ts";
import type { OpType } from "../../ops/names.ts";
import { type Case, filled, reals, rule } from "./case.ts";

const one = filled("float32", []);
const zero = filled("uint8", []);
const cells: readonly (readonly [OpType, number])[] = [
  ["RNN", 1],
  ["GRU", 3],
  ["LSTM", 4],
];
const fused: readonly OpType[] = ["com.microsoft.FusedMatMul", "com.microsoft.TransposeMatMul"];

export const matmulCases: readonly Case[] = [
  rule("MatMul", ["float32[2, 1, 3, 4]", "float32[5, 4, 6]"], ["float32[2, 5, 3, 6]"]),
  rule("MatMul", ["float32[4]", "float32[4, 6]"], ["float32[6]"]),
  rule("MatMul", ["float32[3, 4]", "float32[4]"], ["float32[3]"]),
  rule("MatMul", ["float32[4]", "float32[4]"], ["float32[]"]),
  rule("MatMulInteger", ["uint8[3, 4]", "uint8[4, 6]"], ["int32[3, 6]"]),
  rule("QLinearMatMul", ["uint8[3, 4]", one, zero, "uint8[4, 6]", one, zero, one, zero], ["uint8[3, 6]"]),
  rule("Gemm", ["float32[3, 4]", "float32[4, 6]", "float32[6]"], ["float32[3, 6]"]),
  rule("Gemm", ["float32[4, 3]", "float32[6, 4]"], ["float32[3, 6]"], { transA: int(1), transB: int(1) }),
  rule("Einsum", ["float32[2, 3, 4]", "float32[2, 4, 5]"], ["float32[2, 3, 5]"], {
    equation: string("bij, bjk -> bik"),
  }),
  rule("Einsum", ["float32[7, 2, 3, 4]", "float32[4, 5]"], ["float32[7, 2, 3, 5]"], {
    equation: string("...ij,jk->...ik"),
  }),
  rule("Einsum", ["float32[3, 4]", "float32[4, 5]"], ["float32[3, 5]"], { equation: string("ij,jk") }),
  rule("Einsum", ["float32[3, 3]"], ["float32[3]"], { equation: string("ii->i") }),
  ...cells.flatMap(([op, gates]) => [
    rule(
      op,
      ["float32[7, 2, 3]", `float32[2, ${gates * 5}, 3]`, `float32[2, ${gates * 5}, 5]`],
      ["float32[7, 2, 2, 5]", "float32[2, 2, 5]"],
      { hidden_size: int(5), direction: string("bidirectional") },
    ),
    rule(
      op,
      ["float32[2, 7, 3]", `float32[1, ${gates * 5}, 3]`, `float32[1, ${gates * 5}, 5]`],
      ["float32[2, 7, 1, 5]", "float32[2, 1, 5]"],
      { hidden_size: int(5), layout: int(1) },
    ),
  ]),
  rule(
    "LSTM",
    ["float32[7, 2, 3]", "float32[1, 20, 3]", "float32[1, 20, 5]"],
    ["float32[7, 1, 2, 5]", "float32[1, 2, 5]", "float32[1, 2, 5]"],
    { hidden_size: int(5) },
  ),
  rule(
    "com.microsoft.DynamicQuantizeLSTM",
    [
      "float32[7, 2, 3]",
      filled("uint8", [1, 3, 20]),
      filled("uint8", [1, 5, 20]),
      ...["", "", "", "", ""],
      reals(1),
      filled("uint8", [1]),
      reals(1),
      filled("uint8", [1]),
    ],
    ["float32[7, 1, 2, 5]", "float32[1, 2, 5]", "float32[1, 2, 5]"],
    { hidden_size: int(5) },
  ),
  ...fused.map((op) =>
    rule(op, ["float32[2, 4, 3]", "float32[2, 6, 4]"], ["float32[2, 3, 6]"], {
      transA: int(1),
      transB: int(1),
    }),
  ),
  rule("com.microsoft.FusedMatMul", ["float32[3, 2, 4]", "float32[2, 4, 5]"], ["float32[2, 3, 5]"], {
    transBatchA: int(1),
  }),
  rule("com.microsoft.FusedMatMulActivation", ["float32[3, 4]", "float32[4, 6]"], ["float32[3, 6]"], {
    activation: string("Relu"),
  }),
  rule("com.microsoft.FusedGemm", ["float32[3, 4]", "float32[4, 6]"], ["float32[3, 6]"], {
    activation: string("Relu"),
  }),
  rule("com.microsoft.GemmFastGelu", ["float32[3, 4]", "float32[4, 6]"], ["float32[3, 6]"]),
  rule("com.microsoft.MatMulInteger16", ["int16[3, 4]", "int16[4, 6]"], ["int32[3, 6]"]),
  rule("com.microsoft.MatMulIntegerToFloat", ["uint8[3, 4]", "uint8[4, 6]", one, one], ["float32[3, 6]"]),
  rule(
    "com.microsoft.DynamicQuantizeMatMul",
    ["float32[3, 4]", filled("uint8", [4, 6]), one],
    ["float32[3, 6]"],
  ),
  rule(
    "com.microsoft.MatMulNBits",
    ["float32[2, 3, 32]", filled("uint8", [6, 1, 16]), filled("float32", [6])],
    ["float32[2, 3, 6]"],
    { K: int(32), N: int(6), bits: int(4), block_size: int(32) },
  ),
  rule(
    "com.microsoft.MatMulBnb4",
    ["float32[3, 32]", filled("uint8", [96]), filled("float32", [6])],
    ["float32[3, 6]"],
    { K: int(32), N: int(6), block_size: int(32), quant_type: int(0) },
  ),
  rule(
    "com.microsoft.QGemm",
    ["uint8[3, 4]", one, zero, filled("uint8", [4, 6]), one, zero],
    ["float32[3, 6]"],
  ),
  rule(
    "com.microsoft.QGemm",
    ["uint8[3, 4]", one, zero, filled("uint8", [6, 4]), one, zero, "", one, zero],
    ["uint8[3, 6]"],
    { transB: int(1) },
  ),
];
