// Cases of element-wise rules.

import { float, int, type OpType, string } from "@bitscape/graph";
import { onnxNumber, tensor } from "@bitscape/tensor";
import { between, type GradCase, longs, real, reals, rule } from "./case.ts";

const shape = [2, 3, 5];

/** Those that are defined everywhere. */
const smooth: readonly OpType[] = [
  "Abs",
  "Asinh",
  "Atan",
  "Celu",
  "Cos",
  "Cosh",
  "Elu",
  "Erf",
  "Exp",
  "HardSigmoid",
  "LeakyRelu",
  "Neg",
  "Relu",
  "Selu",
  "Sigmoid",
  "Sin",
  "Sinh",
  "Softplus",
  "Softsign",
  "Tanh",
  "com.microsoft.Gelu",
  "com.microsoft.QuickGelu",
  "com.microsoft.FastGelu",
];
const positive: readonly OpType[] = ["Log", "Reciprocal", "Sqrt"];
const inUnit: readonly OpType[] = ["Acos", "Asin", "Atanh", "Tan"];
const newer: readonly (readonly [OpType, number])[] = [
  ["Gelu", 20],
  ["HardSwish", 14],
  ["Mish", 18],
  ["Swish", 24],
];
const flat: readonly OpType[] = [
  "Ceil",
  "Floor",
  "Hardmax",
  "RandomNormalLike",
  "RandomUniformLike",
  "Round",
  "Sign",
];
const broadcast: readonly OpType[] = ["Add", "Mul", "Sub", "Sum", "Mean", "Min", "Max"];

const truths = tensor("bool", [2, 1, 3], [1, 0, 0, 1, 1, 0]);

export const elementwiseCases: readonly GradCase[] = [
  ...smooth.map((op) => rule(op, [shape])),
  ...positive.map((op) => rule(op, [between(0.5, 3, ...shape)])),
  ...inUnit.map((op) => rule(op, [between(-0.8, 0.8, ...shape)])),
  rule("Acosh", [between(1.3, 3, ...shape)]),
  ...newer.map(([op, since]) => rule(op, [between(-4, 4, ...shape)], {}, { opsets: [since] })),
  ...flat.map((op) => rule(op, [shape])),
  rule("Gelu", [shape], { approximate: string("tanh") }, { opsets: [20] }),
  rule("Swish", [shape], { alpha: float(0.7) }, { opsets: [24] }),
  rule("LeakyRelu", [shape], { alpha: float(0.3) }),
  rule("Elu", [shape], { alpha: float(0.6) }),
  rule("Celu", [shape], { alpha: float(0.6) }),
  rule("Selu", [shape], { alpha: float(1.1), gamma: float(0.7) }),
  rule("ThresholdedRelu", [between(-2, 2.2, ...shape)]),
  rule("ThresholdedRelu", [shape], { alpha: float(0.4) }),
  rule("HardSigmoid", [between(-6, 6, ...shape)], { alpha: float(0.3), beta: float(0.4) }),
  rule("Shrink", [shape], { bias: float(0.3), lambd: float(0.9) }),
  rule("com.microsoft.QuickGelu", [shape], { alpha: float(1) }),
  rule("com.microsoft.FastGelu", [shape, [5]]),
  rule("com.microsoft.BiasGelu", [shape, [5]]),

  ...broadcast.map((op) =>
    rule(op, [
      [2, 3, 4],
      [2, 3, 4],
    ]),
  ),
  ...broadcast.map((op) =>
    rule(op, [
      [3, 1],
      [2, 1, 4],
    ]),
  ),
  ...broadcast.map((op) => rule(op, [[2, 3, 4], []])),
  rule("Sum", [[2, 3], [3], [1, 1]]),
  rule("Mean", [[2, 3], [3], [2, 1]]),
  rule("Max", [[2, 3], [3], [2, 1]]),
  rule("Min", [[2, 3]]),
  rule("Sum", [[2, 3]]),
  rule("Add", [[6, 4], [4]], {}, { samples: 3 }),
  rule(
    "Mul",
    [
      [6, 2, 4],
      [2, 1],
    ],
    {},
    { samples: 2 },
  ),
  rule("Div", [shape, between(0.7, 2, 3, 1)]),
  rule("Div", [[3, 1], between(0.7, 2, ...shape)]),
  rule("Mod", [between(2.1, 3.8, 2, 3), between(1.3, 1.6, 3)], { fmod: int(1) }),
  rule("Pow", [between(0.5, 2, ...shape), between(-2, 2, 5)]),
  rule("Pow", [shape, real(2)]),
  rule("Pow", [shape, real(3)]),
  rule("Pow", [between(0.5, 2, ...shape), reals(0.5)]),
  rule("Pow", [between(0.5, 2, ...shape), real(-1.5)]),
  rule("Pow", [shape, longs(3)]),
  rule("Pow", [shape, longs(4)]),
  rule("Where", [truths, [3, 1], [2, 3, 3]]),
  rule("Clip", [shape, real(-1.01), real(0.71)]),
  rule("Clip", [between(-1, 8, ...shape), real(0), real(6.1)]),
  rule("Clip", [shape, "", real(0.71)]),
  rule("Clip", [shape, real(-0.5)]),
  rule("Clip", [shape]),
  rule("Clip", [shape, between(-1, -0.9), between(1.1, 1.2)]),
  rule("PRelu", [shape, [3, 1]]),
  rule("PRelu", [shape, [1]]),
  rule("Dropout", [shape]),
  rule("Identity", [shape]),
  rule("Cast", [shape], { to: int(onnxNumber("float64")) }),
  rule("CastLike", [shape, tensor("float64", [1], [0])], {}, { opsets: [15] }),
];
