// Cases of reductions and normalizations.

import { type Attribute, float, int, ints, type OpType } from "@bitscape/graph";
import { between, type GradCase, longs, rule } from "./case.ts";

const kinds: readonly OpType[] = [
  "ReduceL1",
  "ReduceL2",
  "ReduceLogSum",
  "ReduceLogSumExp",
  "ReduceMax",
  "ReduceMean",
  "ReduceMin",
  "ReduceProd",
  "ReduceSumSquare",
];
const shape = [2, 3, 4];
const positive = between(0.5, 2, ...shape);
const sum = (axes: readonly number[], attributes: Record<string, Attribute> = {}) =>
  rule("ReduceSum", [shape, longs(...axes)], attributes);

const statistics = (channels: number) =>
  [[channels], [channels], between(-1, 1, channels), between(0.5, 1.5, channels)] as const;

export const reduceCases: readonly GradCase[] = [
  ...kinds.flatMap((op) => [
    rule(op, [positive], { axes: ints([1]) }, { opsets: [13] }),
    rule(op, [positive], { axes: ints([0, -1]), keepdims: int(0) }, { opsets: [13] }),
    rule(op, [positive], {}, { opsets: [13, 18] }),
    rule(op, [positive, longs(-1)], { keepdims: int(0) }, { opsets: [18, 23] }),
    rule(op, [positive, longs(0, 2)], {}, { opsets: [18] }),
  ]),
  rule("ReduceL1", [shape, longs(1)], {}, { opsets: [18] }),
  rule("ReduceL2", [shape, longs(1)], {}, { opsets: [18] }),
  sum([1]),
  sum([0, -1], { keepdims: int(0) }),
  rule("ReduceSum", [shape]),
  rule("ReduceSum", [shape], { noop_with_empty_axes: int(1) }),
  rule("Softmax", [shape]),
  rule("Softmax", [shape], { axis: int(1) }),
  rule("LogSoftmax", [shape]),
  rule("LogSoftmax", [shape], { axis: int(0) }),
  rule("LayerNormalization", [[2, 3, 6], [6], [6]], {}, { opsets: [17, 23] }),
  rule("LayerNormalization", [[2, 3, 6], [6]], { epsilon: float(0.1) }, { opsets: [17] }),
  rule(
    "LayerNormalization",
    [
      [2, 3, 4],
      [3, 4],
      [3, 4],
    ],
    { axis: int(1) },
    { opsets: [17] },
  ),
  rule("LayerNormalization", [[4, 3, 6], [6], [6]], {}, { opsets: [17], samples: 2 }),
  rule("RMSNormalization", [[2, 3, 6], [6]], {}, { opsets: [23] }),
  rule("SimplifiedLayerNormalization", [[2, 3, 6], [6]], { epsilon: float(1e-3) }),
  rule("com.microsoft.SkipLayerNormalization", [[2, 3, 6], [2, 3, 6], [6], [6], [6]]),
  rule("com.microsoft.SkipLayerNormalization", [[2, 3, 6], [2, 3, 6], [6]]),
  rule("com.microsoft.SkipSimplifiedLayerNormalization", [[2, 3, 6], [2, 3, 6], [6], [6]]),
  rule("BatchNormalization", [[2, 3, 4, 2], ...statistics(3)]),
  rule("BatchNormalization", [[4, 3], ...statistics(3)], { epsilon: float(0.01) }),
  rule("BatchNormalization", [[4, 3, 2], ...statistics(3)], {}, { samples: 4 }),
  rule("InstanceNormalization", [[2, 3, 4, 2], [3], [3]]),
  rule("InstanceNormalization", [[2, 3, 7], [3], [3]], { epsilon: float(0.01) }, { samples: 2 }),
  rule("GroupNormalization", [[2, 4, 3, 2], [2], [2]], { num_groups: int(2) }, { opsets: [18] }),
  rule("GroupNormalization", [[2, 4, 3, 2], [4], [4]], { num_groups: int(2) }, { opsets: [21, 23] }),
  rule("GroupNormalization", [[2, 6, 5], [6], [6]], { num_groups: int(2) }, { opsets: [21], samples: 2 }),
  rule("MeanVarianceNormalization", [[2, 3, 4, 2]]),
  rule("MeanVarianceNormalization", [[2, 3, 4]], { axes: ints([1, -1]) }),
  rule("LRN", [[2, 5, 3, 2]], { size: int(3), alpha: float(0.5), bias: float(0.8) }),
  rule("LRN", [[1, 6, 3, 2]], { size: int(5), alpha: float(0.3), beta: float(0.6) }),
  rule("LpNormalization", [[2, 4]]),
  rule("LpNormalization", [[2, 4, 3]], { axis: int(1), p: int(1) }),
];
