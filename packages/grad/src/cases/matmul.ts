// Cases of matrix products.

import { float, int, string } from "@bitscape/graph";
import { type GradCase, rule } from "./case.ts";

const flags = [0, 1].flatMap((a) => [0, 1].map((b) => [a, b] as const));
const equation = (text: string) => ({ equation: string(text) });

export const matmulCases: readonly GradCase[] = [
  rule("MatMul", [
    [3, 4],
    [4, 5],
  ]),
  rule("MatMul", [
    [2, 3, 4],
    [4, 5],
  ]),
  rule("MatMul", [
    [2, 3, 4],
    [2, 4, 5],
  ]),
  rule("MatMul", [
    [2, 1, 3, 4],
    [3, 4, 2],
  ]),
  rule("MatMul", [
    [3, 4],
    [2, 4, 2],
  ]),
  rule("MatMul", [[4], [4, 5]]),
  rule("MatMul", [[3, 4], [4]]),
  rule("MatMul", [[2, 3, 4], [4]]),
  rule("MatMul", [[4], [2, 4, 3]]),
  rule("MatMul", [[4], [4]]),
  rule(
    "MatMul",
    [
      [4, 3, 2],
      [2, 5],
    ],
    {},
    { samples: 4 },
  ),
  rule(
    "MatMul",
    [
      [6, 2],
      [2, 5],
    ],
    {},
    { samples: 3 },
  ),
  ...flags.map(([a, b]) =>
    rule("Gemm", [a ? [4, 3] : [3, 4], b ? [5, 4] : [4, 5], [5]], {
      transA: int(a),
      transB: int(b),
      alpha: float(0.7),
      beta: float(1.3),
    }),
  ),
  rule("Gemm", [
    [3, 4],
    [4, 5],
  ]),
  rule("Gemm", [
    [3, 4],
    [4, 5],
    [3, 1],
  ]),
  rule("Gemm", [[3, 4], [4, 5], []]),
  rule("Gemm", [[6, 4], [5, 4], [5]], { transB: int(1), alpha: float(0.5) }, { samples: 3 }),
  rule("Gemm", [[3, 4], [4, 5], [5]], {}, { samples: 3 }),
  rule(
    "com.microsoft.FusedMatMul",
    [
      [2, 3, 4],
      [2, 4, 5],
    ],
    { alpha: float(0.3) },
  ),
  rule(
    "com.microsoft.FusedMatMul",
    [
      [2, 4, 3],
      [2, 4, 5],
    ],
    { transA: int(1) },
  ),
  rule(
    "com.microsoft.FusedMatMul",
    [
      [2, 3, 4],
      [5, 4],
    ],
    { transB: int(1), alpha: float(2) },
  ),
  rule("com.microsoft.FusedMatMul", [
    [2, 3, 4],
    [4, 5],
  ]),
  rule(
    "Einsum",
    [
      [3, 4],
      [4, 5],
    ],
    equation("ij,jk->ik"),
  ),
  rule(
    "Einsum",
    [
      [2, 3, 4],
      [2, 5, 4],
    ],
    equation("bij, bkj -> bik"),
  ),
  rule(
    "Einsum",
    [
      [2, 3, 4, 2],
      [2, 5, 4, 2],
    ],
    equation("bqhd,bkhd->bhqk"),
  ),
  rule("Einsum", [[3, 4]], equation("ij->j")),
  rule("Einsum", [[3, 4]], equation("ij->ji")),
  rule("Einsum", [[3, 4], [5]], equation("ij,k->jk")),
  rule(
    "Einsum",
    [
      [2, 3, 4],
      [2, 4, 5],
    ],
    equation("...ij,...jk->...ik"),
  ),
  rule(
    "Einsum",
    [
      [3, 4],
      [4, 3],
    ],
    equation("ij,ji"),
  ),
  rule(
    "Einsum",
    [
      [2, 3],
      [3, 4],
      [4, 2],
    ],
    equation("ij,jk,kl->il"),
  ),
];
