import { build, constantOf, int, ints, type Node } from "@bitscape/graph";
import { tensor } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { openSmall } from "../testing/data.ts";
import {
  attentionNet,
  bias,
  convNet,
  depthwiseNet,
  gemmNet,
  integers,
  recurrentNet,
  residualNet,
  type SmallNet,
  siluNet,
  smallNet,
  weight,
} from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";

const { node } = build;

/** `tensor = alias, … < deciders`, one a point. */
async function pointsOf(net: SmallNet): Promise<string[]> {
  const { points } = await openSmall(net, wasmRuntime);
  return points.map(
    ({ tensor: name, aliases, deciders }) => `${[name, ...aliases].join(" = ")} < ${deciders.join(" ")}`,
  );
}

test.each<[string, SmallNet, string[]]>([
  [
    "convolutions: their inputs, after what the quantizer absorbs; the pool before a quantized Gemm",
    convNet,
    ["x < first", "r1 < second", "r2 < pool", "p = f < head"],
  ],
  ["Clip is absorbed as Relu is", depthwiseNet, ["x < depthwise", "r < pointwise"]],
  ["Gemm: its input; the output of the network stays", gemmNet, ["x < up", "r < down"]],
  [
    "residual: both sides of the sum, one scale across the pool, the sides of the join",
    residualNet,
    ["x < stem", "r1 < body sum", "c2 < sum", "r2 = m < pool side join", "c3 < join", "k < head"],
  ],
  [
    "attention: both operands of each product; the mask's sum, the softmax's input and the skip stay",
    attentionNet,
    [
      "x < q_project k_project v_project",
      "qa = qt < scores",
      "ka = kt < scores",
      "va = vt < mix",
      "p < mix",
      "mixed = merge < o_project",
    ],
  ],
  ["SiLU: the convolution's output before the gate", siluNet, ["x < conv", "c < conv", "m < head"]],
  ["recurrent layers: none", recurrentNet, []],
])("%s", async (_, net, expected) => {
  const found = await pointsOf(net);
  // Which of two alike comes first is the order of the nodes that make them.
  expect(found.map((each) => each.split(" = ").sort().join())).toEqual(
    expected.map((each) => each.split(" = ").sort().join()),
  );
});

const weights = [weight("w", [4, 4, 1, 1], 1), weight("u", [4, 4, 1, 1], 2)];
const image = { x: { shape: [4, 6, 6] } };
const conv = (input: string, output: string, name: string, by = "w") =>
  node("Conv", [input, by], [output], {}, name);

function small(nodes: readonly Node[], outputs = ["y"], constants = weights): SmallNet {
  return smallNet("point", { inputs: image, constants, nodes, outputs });
}

describe("what is left alone", () => {
  test("tensors that are outputs of the network, though others read them", async () => {
    const net = small(
      [conv("x", "a", "one"), node("Relu", ["a"], ["r"], {}, "relu"), conv("r", "y", "two", "u")],
      ["y", "a"],
    );
    // "a" is no point; "r" is one, as the input of a convolution.
    expect(await pointsOf(net)).toEqual(["x < one", "r < two"]);
  });

  test("a sum with a constant, and one that broadcasts", async () => {
    const constants = [...weights, constantOf("k", tensor("float32", [1, 4, 6, 6], new Float32Array(144)))];
    const added = [
      conv("x", "a", "one"),
      node("Add", ["a", "k"], ["s"], {}, "sum"),
      conv("s", "y", "two", "u"),
    ];
    expect(await pointsOf(small(added, ["y"], constants))).toEqual(["x < one", "a < one", "s < two"]);
    const broadcast = [
      conv("x", "a", "one"),
      node("GlobalAveragePool", ["x"], ["g"], {}, "pool"),
      node("Add", ["a", "g"], ["s"], {}, "sum"),
      conv("s", "y", "two", "u"),
    ];
    expect(await pointsOf(small(broadcast))).toEqual(["x < one", "a < one", "s < two"]);
  });

  test("a sum whose result stays float", async () => {
    const net = small([
      conv("x", "a", "one"),
      node("Add", ["a", "x"], ["s"], {}, "sum"),
      node("Exp", ["s"], ["y"], {}, "exp"),
    ]);
    expect(await pointsOf(net)).toEqual(["x < one", "a < one"]);
  });

  test("a convolution whose weight is computed has no point at its output", async () => {
    const net = smallNet("dynamic", {
      inputs: { x: { shape: [4, 6, 6] }, k: { shape: [4, 1, 1] } },
      constants: [],
      nodes: [node("Conv", ["x", "k"], ["a"], {}, "one"), node("Exp", ["a"], ["y"], {}, "exp")],
    });
    expect(await pointsOf(net)).toEqual(["x < one"]);
  });
});

describe("moved tensors", () => {
  const pool = { kernel_shape: ints([2, 2]), strides: ints([2, 2]) };

  test("the one that was moved decides, through any number of moves", async () => {
    const net = small([
      conv("x", "a", "one"),
      node("MaxPool", ["a"], ["m"], pool, "pool"),
      node("Transpose", ["m"], ["t"], { perm: ints([0, 1, 3, 2]) }, "turn"),
      conv("t", "y", "two", "u"),
    ]);
    expect(await pointsOf(net)).toEqual(["x < one", "a = t < pool two"]);
  });

  test("one that others read as float as well is no alias of it", async () => {
    const net = small([
      node("Relu", ["x"], ["r"], {}, "relu"),
      node("MaxPool", ["r"], ["m"], pool, "pool"),
      node("Exp", ["r"], ["e"], {}, "exp"),
      node("MaxPool", ["e"], ["n"], pool, "other"),
      conv("m", "a", "one"),
      node("Mul", ["a", "n"], ["y"], {}, "gate"),
    ]);
    const found = await pointsOf(net);
    expect(found.find((each) => each.includes("one"))).toContain("m");
  });

  test("asking for a shape is not reading", async () => {
    const net = smallNet("shape", {
      inputs: image,
      constants: [
        ...weights,
        weight("v", [4, 3], 3),
        bias("b", 3, 4),
        integers("tail", [-1]),
        integers("zero", [0]),
        integers("at", [0]),
      ],
      nodes: [
        conv("x", "a", "one"),
        node("Relu", ["a"], ["r"], {}, "relu"),
        node("GlobalAveragePool", ["r"], ["p"], {}, "pool"),
        node("Shape", ["p"], ["s"], {}, "shape"),
        node("Gather", ["s", "at"], ["n"], { axis: int(0) }, "batch"),
        node("Concat", ["n", "tail"], ["to"], { axis: int(0) }, "target"),
        node("Reshape", ["p", "to"], ["f"], {}, "flat"),
        node("Gemm", ["f", "v", "b"], ["y"], {}, "head"),
      ],
    });
    expect(await pointsOf(net)).toEqual(["x < one", "r < pool", "p = f < head"]);
  });
});
