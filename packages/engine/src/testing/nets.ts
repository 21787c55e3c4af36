// Small hand-made networks with seeded weights, one of every kind that is quantized differently. For tests only.

import { build, type Constant, constantOf, int, ints, type Model, type Node } from "@bitscape/graph";
import { type DType, normal, seededRandom, sizeOf, type Tensor, tensor } from "@bitscape/tensor";

export interface SmallNet {
  readonly name: string;
  readonly model: Model;
  /** One sample's shape of each input; whole numbers below `bound` where there is one. */
  readonly inputs: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly dtype?: DType; readonly bound?: number }>
  >;
}

/** Standard normal numbers times a factor. */
export function normals(seed: number, shape: readonly number[], factor = 1): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: sizeOf(shape) }, () => factor * normal(random));
}

/** A float32 constant of normal numbers, scaled so that a sum over `fan` of them keeps its variance. */
export function weight(
  name: string,
  shape: readonly number[],
  seed: number,
  fan = sizeOf(shape.slice(1)),
): Constant {
  return constantOf(name, tensor("float32", shape, normals(seed, shape, 1 / Math.sqrt(fan))));
}

export function bias(name: string, count: number, seed: number): Constant {
  return constantOf(name, tensor("float32", [count], normals(seed, [count], 0.3)));
}

export function integers(name: string, values: readonly number[]): Constant {
  return constantOf(name, tensor("int64", [values.length], values));
}

interface Parts {
  readonly nodes: readonly Node[];
  readonly constants: readonly Constant[];
  readonly inputs: SmallNet["inputs"];
  readonly outputs?: readonly string[];
  readonly opset?: number;
}

/** A network whose inputs have a symbolic first axis N, and whose float outputs are named ("y" unless told). */
export function smallNet(
  name: string,
  { nodes, constants, inputs, outputs = ["y"], opset = 13 }: Parts,
): SmallNet {
  const graph = build.graph({
    nodes,
    constants,
    inputs: Object.entries(inputs).map(([input, { shape, dtype }]) =>
      build.value(input, dtype ?? "float32", ["N", ...shape]),
    ),
    outputs: outputs.map((output) => build.value(output, "float32")),
  });
  return { name, model: build.model(graph, opset), inputs };
}

/** Seeded samples of a network, stacked on the first axis. */
export function samplesOf(net: SmallNet, count: number, seed = 7): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(net.inputs).map(([name, { shape, dtype = "float32", bound }], i) => {
      const whole = [count, ...shape];
      const values = normals(seed + i, whole);
      const random = seededRandom(seed + i);
      const numbers = bound === undefined ? values : values.map(() => Math.floor(random() * bound));
      return [name, tensor(dtype, whole, numbers)];
    }),
  );
}

const { node } = build;
const pads = { pads: ints([1, 1, 1, 1]) };

export const convNet: SmallNet = smallNet("conv", {
  inputs: { x: { shape: [3, 8, 8] } },
  constants: [
    weight("w1", [8, 3, 3, 3], 1),
    bias("b1", 8, 2),
    weight("w2", [12, 8, 3, 3], 3),
    bias("b2", 12, 4),
    weight("w3", [10, 12], 5),
    bias("b3", 10, 6),
  ],
  nodes: [
    node("Conv", ["x", "w1", "b1"], ["c1"], pads, "first"),
    node("Relu", ["c1"], ["r1"], {}, "relu"),
    node("Conv", ["r1", "w2", "b2"], ["c2"], { ...pads, strides: ints([2, 2]) }, "second"),
    node("Relu", ["c2"], ["r2"], {}, "relu2"),
    node("GlobalAveragePool", ["r2"], ["p"], {}, "pool"),
    node("Flatten", ["p"], ["f"], {}, "flat"),
    node("Gemm", ["f", "w3", "b3"], ["y"], { transB: int(1) }, "head"),
  ],
});

export const conv1dNet: SmallNet = smallNet("conv1d and conv3d", {
  inputs: { x: { shape: [4, 12] }, v: { shape: [2, 4, 4, 4] } },
  constants: [
    weight("w", [6, 4, 3], 1),
    bias("b", 6, 2),
    weight("w3d", [5, 2, 2, 2, 2], 3),
    bias("b3d", 5, 4),
  ],
  outputs: ["y", "z"],
  nodes: [
    node("Conv", ["x", "w", "b"], ["y"], { pads: ints([1, 1]) }, "line"),
    node("Conv", ["v", "w3d", "b3d"], ["z"], {}, "volume"),
  ],
});

export const depthwiseNet: SmallNet = smallNet("depthwise", {
  inputs: { x: { shape: [6, 8, 8] } },
  constants: [
    weight("dw", [6, 1, 3, 3], 1),
    bias("db", 6, 2),
    weight("pw", [16, 6, 1, 1], 3),
    bias("pb", 16, 4),
    constantOf("six", tensor("float32", [], [6])),
    constantOf("none", tensor("float32", [], [0])),
  ],
  nodes: [
    node("Conv", ["x", "dw", "db"], ["d"], { ...pads, group: int(6) }, "depthwise"),
    node("Clip", ["d", "none", "six"], ["r"], {}, "relu6"),
    node("Conv", ["r", "pw", "pb"], ["y"], {}, "pointwise"),
  ],
});

export const groupedNet: SmallNet = smallNet("grouped", {
  inputs: { x: { shape: [8, 6, 6] } },
  constants: [weight("w", [12, 4, 3, 3], 1), weight("u", [12, 3, 1, 1], 2), bias("c", 12, 3)],
  nodes: [
    node("Conv", ["x", "w"], ["a"], { ...pads, group: int(2) }, "halves"),
    node("Relu", ["a"], ["r"], {}, "relu"),
    node("Conv", ["r", "u", "c"], ["y"], { group: int(4) }, "quarters"),
  ],
});

export const gemmNet: SmallNet = smallNet("gemm", {
  inputs: { x: { shape: [40] } },
  constants: [weight("w1", [40, 24], 1, 40), bias("b1", 24, 2), weight("w2", [10, 24], 3), bias("b2", 10, 4)],
  nodes: [
    node("Gemm", ["x", "w1", "b1"], ["h"], {}, "up"),
    node("Relu", ["h"], ["r"], {}, "relu"),
    node("Gemm", ["r", "w2", "b2"], ["y"], { transB: int(1) }, "down"),
  ],
});

export const matMulNet: SmallNet = smallNet("matmul", {
  inputs: { x: { shape: [5, 40] } },
  constants: [
    weight("right", [40, 20], 1, 40),
    bias("b", 20, 2),
    weight("left", [7, 5], 3),
    weight("odd", [20, 6], 4, 20),
  ],
  nodes: [
    node("MatMul", ["x", "right"], ["m"], {}, "right"),
    node("Add", ["m", "b"], ["a"], {}, "bias"),
    node("MatMul", ["left", "a"], ["l"], {}, "left"),
    node("MatMul", ["l", "odd"], ["y"], {}, "odd"),
  ],
});

export const batchedNet: SmallNet = smallNet("batched matmul", {
  inputs: { x: { shape: [3, 4, 20] } },
  constants: [weight("w", [3, 20, 9], 1, 20)],
  nodes: [node("MatMul", ["x", "w"], ["y"], {}, "heads")],
});

export const gatherNet: SmallNet = smallNet("gather", {
  inputs: { ids: { shape: [6], dtype: "int64", bound: 30 } },
  constants: [weight("table", [30, 48], 1, 1), weight("w", [48, 12], 2, 48)],
  nodes: [
    node("Gather", ["table", "ids"], ["e"], { axis: int(0) }, "embed"),
    node("MatMul", ["e", "w"], ["y"], {}, "project"),
  ],
});

export const recurrentNet: SmallNet = smallNet("lstm and gru", {
  inputs: { x: { shape: [5, 16] } },
  constants: [
    weight("lw", [1, 32, 16], 1, 16),
    weight("lr", [1, 32, 8], 2, 8),
    constantOf("lb", tensor("float32", [1, 64], normals(3, [64], 0.1))),
    weight("gw", [1, 18, 8], 4, 8),
    weight("gr", [1, 18, 6], 5, 6),
    integers("direction", [1]),
    integers("first", [0]),
  ],
  nodes: [
    node("Transpose", ["x"], ["t"], { perm: ints([1, 0, 2]) }, "time"),
    node("LSTM", ["t", "lw", "lr", "lb"], ["hs"], { hidden_size: int(8) }, "lstm"),
    node("Squeeze", ["hs", "direction"], ["h"], {}, "drop"),
    node("GRU", ["h", "gw", "gr"], ["", "g"], { hidden_size: int(6), linear_before_reset: int(1) }, "gru"),
    node("Squeeze", ["g", "first"], ["y"], {}, "last"),
  ],
});

export const transposedNet: SmallNet = smallNet("conv transpose", {
  inputs: { x: { shape: [20, 4, 4] } },
  constants: [weight("w", [20, 6, 2, 2], 1, 20), bias("b", 6, 2), weight("u", [6, 4, 3, 3], 3, 54)],
  nodes: [
    node("ConvTranspose", ["x", "w", "b"], ["a"], { strides: ints([2, 2]) }, "up"),
    node("Relu", ["a"], ["r"], {}, "relu"),
    node("ConvTranspose", ["r", "u"], ["y"], pads, "smooth"),
  ],
});

export const residualNet: SmallNet = smallNet("residual", {
  inputs: { x: { shape: [4, 8, 8] } },
  constants: [
    weight("w1", [8, 4, 3, 3], 1),
    bias("b1", 8, 2),
    weight("w2", [8, 8, 3, 3], 3),
    bias("b2", 8, 4),
    weight("w3", [8, 8, 1, 1], 5),
    weight("w4", [5, 16, 1, 1], 6),
    bias("b4", 5, 7),
  ],
  nodes: [
    node("Conv", ["x", "w1", "b1"], ["c1"], pads, "stem"),
    node("Relu", ["c1"], ["r1"], {}, "relu1"),
    node("Conv", ["r1", "w2", "b2"], ["c2"], pads, "body"),
    node("Add", ["c2", "r1"], ["s"], {}, "sum"),
    node("Relu", ["s"], ["r2"], {}, "relu2"),
    node("MaxPool", ["r2"], ["m"], { kernel_shape: ints([2, 2]), strides: ints([2, 2]) }, "pool"),
    node("Conv", ["m", "w3"], ["c3"], {}, "side"),
    node("Concat", ["c3", "m"], ["k"], { axis: int(1) }, "join"),
    node("Conv", ["k", "w4", "b4"], ["y"], {}, "head"),
  ],
});

const heads = { perm: ints([0, 2, 1, 3]) };

/** Two heads of eight over six positions, the last two of which a mask hides. */
export const attentionNet: SmallNet = smallNet("attention", {
  inputs: { x: { shape: [6, 16] } },
  constants: [
    ...["q", "k", "v", "o"].map((each, i) => weight(`w${each}`, [16, 16], i + 1, 16)),
    ...["q", "k", "v", "o"].map((each, i) => bias(`b${each}`, 16, i + 10)),
    integers("split", [0, 6, 2, 8]),
    integers("merged", [0, 6, 16]),
    constantOf("mask", tensor("float32", [1, 1, 1, 6], [0, 0, 0, 0, -1e4, -1e4])),
    constantOf("root", tensor("float32", [], [Math.fround(1 / Math.sqrt(8))])),
  ],
  nodes: [
    ...["q", "k", "v"].flatMap((each) => [
      node("MatMul", ["x", `w${each}`], [`${each}m`], {}, `${each}_project`),
      node("Add", [`${each}m`, `b${each}`], [`${each}a`], {}, `${each}_bias`),
      node("Reshape", [`${each}a`, "split"], [`${each}r`], {}, `${each}_split`),
      node(
        "Transpose",
        [`${each}r`],
        [`${each}t`],
        each === "k" ? { perm: ints([0, 2, 3, 1]) } : heads,
        `${each}_heads`,
      ),
    ]),
    node("MatMul", ["qt", "kt"], ["scores"], {}, "scores"),
    node("Mul", ["scores", "root"], ["scaled"], {}, "scale"),
    node("Add", ["scaled", "mask"], ["masked"], {}, "mask_add"),
    node("Softmax", ["masked"], ["p"], { axis: int(-1) }, "softmax"),
    node("MatMul", ["p", "vt"], ["mixed"], {}, "mix"),
    node("Transpose", ["mixed"], ["back"], heads, "back"),
    node("Reshape", ["back", "merged"], ["merge"], {}, "merge"),
    node("MatMul", ["merge", "wo"], ["om"], {}, "o_project"),
    node("Add", ["om", "bo"], ["oa"], {}, "o_bias"),
    node("Add", ["oa", "x"], ["y"], {}, "skip"),
  ],
});

/** x · sigmoid(x) between convolutions, and an old Upsample-like Resize left alone. */
export const siluNet: SmallNet = smallNet("silu", {
  inputs: { x: { shape: [3, 6, 6] } },
  constants: [
    weight("w1", [8, 3, 3, 3], 1),
    bias("b1", 8, 2),
    weight("w2", [4, 8, 1, 1], 3),
    bias("b2", 4, 4),
  ],
  nodes: [
    node("Conv", ["x", "w1", "b1"], ["c"], pads, "conv"),
    node("Sigmoid", ["c"], ["s"], {}, "gate"),
    node("Mul", ["c", "s"], ["m"], {}, "silu"),
    node("Conv", ["m", "w2", "b2"], ["y"], {}, "head"),
  ],
});

export const smallNets: readonly SmallNet[] = [
  convNet,
  conv1dNet,
  depthwiseNet,
  groupedNet,
  gemmNet,
  matMulNet,
  batchedNet,
  gatherNet,
  recurrentNet,
  transposedNet,
  residualNet,
  attentionNet,
  siluNet,
];
