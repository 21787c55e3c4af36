// Files of the kinds that exporters write, for the test of opening: each with what is fed to it, and what opening must
// find. For tests only.

import {
  build,
  type Constant,
  constantOf,
  encodeModel,
  type Graph,
  graphAttribute,
  int,
  ints,
  type Model,
  type Node,
  string,
  tensorAttribute,
} from "@bitscape/graph";
import { type DType, sizeOf, type Tensor, tensor } from "@bitscape/tensor";
import { normals, weight } from "../testing/index.ts";

export interface FileCase {
  readonly name: string;
  readonly file: Uint8Array;
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** Weights by layer id, as `name shape`. */
  readonly layers: Readonly<Record<string, readonly string[]>>;
  /** Parts of reasons, by node id. */
  readonly skipped?: Readonly<Record<string, string>>;
  readonly notes?: readonly string[];
  /** Nodes that are left. */
  readonly nodes?: number;
}

const { node } = build;

export const data = (shape: readonly number[], seed = 7): Tensor =>
  tensor("float32", shape, normals(seed, shape));
const numbers = (name: string, shape: readonly number[], values: readonly number[], dtype: DType = "int64") =>
  constantOf(name, tensor(dtype, shape, values));
const list = (name: string, ...values: number[]) => numbers(name, [values.length], values);
const perChannel = (name: string, count: number, seed: number, around: number): Constant =>
  constantOf(
    name,
    tensor(
      "float32",
      [count],
      normals(seed, [count], 0.2).map((each) => each + around),
    ),
  );

interface Parts {
  readonly nodes: readonly Node[];
  readonly constants: readonly Constant[];
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly outputs?: readonly string[];
  readonly opset?: number;
  readonly contrib?: boolean;
}

/** A file whose inputs have a free first dimension wherever they have any. */
function fileOf({
  nodes,
  constants,
  feeds,
  outputs = ["y"],
  opset = 13,
  contrib = false,
}: Parts): Uint8Array {
  const graph = build.graph({
    nodes,
    constants,
    inputs: Object.entries(feeds).map(([name, { dtype, shape }]) =>
      build.value(name, dtype, shape.length === 0 ? [] : ["N", ...shape.slice(1)]),
    ),
    outputs: outputs.map((name) => build.untyped(name)),
  });
  const model: Model = build.model(graph, opset);
  const opsets = new Map([...model.opsets, ...(contrib ? [["com.microsoft", 1] as const] : [])]);
  return encodeModel({ ...model, opsets });
}

function inner(nodes: readonly Node[], output: string, constants: readonly Constant[] = []): Graph {
  return build.graph({ name: output, nodes, constants, inputs: [], outputs: [build.untyped(output)] });
}

const x8 = { x: data([2, 8]) };
const x4 = { x: data([2, 3, 8, 8]) };
const ms = (op: string, inputs: string[], attributes = {}) =>
  node(op, inputs, ["y"], attributes, "n", "com.microsoft");

/** One branch of an If: x · (Wᵀ · factor), computed inside. */
const scaledBranch = (name: string, factor: number) =>
  graphAttribute(
    inner(
      [
        node("Transpose", ["W"], [`${name}_t`], {}, `${name}_transpose`),
        node("Mul", [`${name}_t`, "k"], [`${name}_m`], {}, `${name}_scale`),
        node("MatMul", ["x", `${name}_m`], [`${name}_y`], {}, name),
      ],
      `${name}_y`,
      [numbers("k", [], [factor], "float32")],
    ),
  );

const branches = (no: number, condition = "c") =>
  node(
    "If",
    [condition],
    ["y"],
    { then_branch: scaledBranch("yes", 2), else_branch: scaledBranch("no", no) },
    "if",
  );

/** A state times a part of a table, three times; the part is cut out inside. */
const loopBody: Graph = {
  ...inner(
    [
      node("Constant", [], ["from"], { value: tensorAttribute(list("", 0)) }, "from"),
      node("Constant", [], ["to"], { value: tensorAttribute(list("", 8)) }, "to"),
      node("Slice", ["T", "from", "to"], ["w"], {}, "cut"),
      node("MatMul", ["s", "w"], ["m"], {}, "product"),
      node("Tanh", ["m"], ["next"], {}, "tanh"),
      node("Identity", ["goes"], ["goes_on"], {}, "on"),
    ],
    "next",
    [weight("T", [12, 8], 3)],
  ),
  inputs: [
    build.value("i", "int64", []),
    build.value("goes", "bool", []),
    build.value("s", "float32", ["N", 8]),
  ],
  outputs: [build.value("goes_on", "bool", []), build.value("next", "float32", ["N", 8])],
};

const halves = ({ shape, bytes }: Constant, name: string): Constant =>
  constantOf(name, tensor("float16", shape, Array.from(new Float32Array(bytes().slice().buffer))));

const norm = (from: string, to: string) =>
  node("BatchNormalization", [from, "s", "b", "m", "v"], [to], {}, `norm_${to}`);
const statistics = (count: number) => [
  perChannel("s", count, 21, 1),
  perChannel("b", count, 22, 0),
  perChannel("m", count, 23, 0),
  perChannel("v", count, 24, 1.5),
];

const fromBase64 = (text: string) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));

export const fileCases: readonly FileCase[] = [
  {
    name: "weights behind Transpose, Reshape, Cast, Slice and Mul",
    feeds: x8,
    file: fileOf({
      feeds: x8,
      constants: [
        weight("w1", [16, 8], 1),
        halves(weight("", [16, 16], 2), "w2"),
        weight("w3", [12, 16], 3),
        list("shape", 16, 16),
        list("from", 2),
        list("to", 10),
        numbers("k", [], [0.5], "float32"),
      ],
      nodes: [
        node("Transpose", ["w1"], ["t"], { perm: ints([1, 0]) }, "turn"),
        node("MatMul", ["x", "t"], ["a"], {}, "first"),
        node("Cast", ["w2"], ["f"], { to: int(1) }, "cast"),
        node("Reshape", ["f", "shape"], ["r"], {}, "reshape"),
        node("MatMul", ["a", "r"], ["c"], {}, "second"),
        node("Slice", ["w3", "from", "to"], ["cut"], {}, "slice"),
        node("Mul", ["cut", "k"], ["half"], {}, "scale"),
        node("Gemm", ["c", "half"], ["y"], { transB: int(1) }, "third"),
      ],
    }),
    layers: { first: ["t 8,16"], second: ["r 16,16"], third: ["half 8,16"] },
    nodes: 3,
  },
  {
    name: "weights computed inside both branches of an If, to the same numbers",
    feeds: { ...x8, c: tensor("bool", [], [1]) },
    file: fileOf({
      feeds: { ...x8, c: tensor("bool", [], [1]) },
      constants: [weight("W", [16, 8], 1)],
      nodes: [branches(2)],
    }),
    layers: { yes: ["yes_m 8,16"] },
    skipped: { no: "shares its weight with yes" },
  },
  {
    name: "weights computed inside both branches of an If, to other numbers",
    feeds: { ...x8, c: tensor("bool", [], [0]) },
    file: fileOf({
      feeds: { ...x8, c: tensor("bool", [], [0]) },
      constants: [weight("W", [16, 8], 1)],
      nodes: [branches(-3)],
    }),
    layers: { yes: ["yes_m 8,16"], no: ["no_m 8,16"] },
  },
  {
    name: "an If that is decided",
    feeds: x8,
    file: fileOf({
      feeds: x8,
      constants: [weight("W", [16, 8], 1), numbers("c", [], [0], "bool")],
      nodes: [branches(-3)],
    }),
    layers: { no: ["no_m 8,16"] },
    nodes: 1,
  },
  {
    name: "a weight cut out of a table inside a Loop",
    feeds: x8,
    file: fileOf({
      feeds: x8,
      constants: [numbers("times", [], [3])],
      nodes: [node("Loop", ["times", "", "x"], ["y"], { body: graphAttribute(loopBody) }, "loop")],
    }),
    layers: { product: ["w 8,8"] },
  },
  {
    name: "a table that a product reads transposed",
    feeds: { x: tensor("int64", [2, 3], [0, 1, 5, 3, 4, 2]) },
    file: fileOf({
      feeds: { x: tensor("int64", [2, 3], [0, 1, 5, 3, 4, 2]) },
      constants: [weight("table", [40, 64], 1)],
      nodes: [
        node("Gather", ["table", "x"], ["e"], {}, "embedding"),
        node("Transpose", ["table"], ["t"], { perm: ints([1, 0]) }, "turn"),
        node("MatMul", ["e", "t"], ["y"], {}, "head"),
      ],
    }),
    layers: { embedding: ["table 40,64"] },
    skipped: { head: "shares its weight with embedding (in another layout)" },
  },
  {
    name: "one weight for three nodes, and one that is an output too",
    feeds: x8,
    file: fileOf({
      feeds: x8,
      constants: [weight("w", [8, 8], 1), weight("u", [8, 4], 2)],
      outputs: ["y", "u"],
      nodes: [
        node("MatMul", ["x", "w"], ["a"], {}, "one"),
        node("MatMul", ["a", "w"], ["b"], {}, "two"),
        node("MatMul", ["b", "w"], ["c"], {}, "three"),
        node("MatMul", ["c", "u"], ["y"], {}, "shown"),
      ],
    }),
    layers: { one: ["w 8,8"] },
    skipped: {
      two: "shares its weight with one",
      three: "shares its weight with one",
      shown: "output of the network",
    },
  },
  {
    name: "nodes that change nothing between a convolution and its normalization",
    feeds: x4,
    file: fileOf({
      feeds: x4,
      constants: [
        weight("w", [4, 3, 3, 3], 1),
        ...statistics(4),
        list("none", 0, 0, 0, 0, 0, 0, 0, 0),
        list("zero", 0),
        list("end", 2 ** 31 - 1),
        list("axis", 2),
        list("ones", 1, 1, 1),
        list("times", 1, 1, 1, 1),
        list("same", 0, 4, 8, -1),
        numbers("nought", [1], [0], "float32"),
        numbers("one", [], [1], "float32"),
      ],
      nodes: [
        node("Pad", ["x", "none"], ["p"], {}, "pad"),
        node("Conv", ["p", "w"], ["c"], { pads: ints([1, 1, 1, 1]) }, "conv"),
        node("Cast", ["c"], ["n1"], { to: int(1) }, "cast"),
        node("Slice", ["n1", "zero", "end", "axis"], ["n2"], {}, "slice"),
        node("Expand", ["n2", "ones"], ["n3"], {}, "expand"),
        node("Tile", ["n3", "times"], ["n4"], {}, "tile"),
        node("Add", ["n4", "nought"], ["n5"], {}, "add"),
        node("Div", ["n5", "one"], ["n6"], {}, "div"),
        node("Mul", ["one", "n6"], ["n7"], {}, "mul"),
        node("Reshape", ["n7", "same"], ["n8"], {}, "reshape"),
        node("Transpose", ["n8"], ["n9"], { perm: ints([0, 1, 2, 3]) }, "turn"),
        node("Dropout", ["n9"], ["n10"], {}, "dropout"),
        node("Concat", ["n10"], ["n11"], { axis: int(1) }, "concat"),
        norm("n11", "y"),
      ],
    }),
    layers: { conv: ["w 4,3,3,3"] },
    nodes: 1,
  },
  {
    name: "nodes that look as if they changed nothing, but do",
    feeds: x4,
    file: fileOf({
      feeds: x4,
      constants: [
        list("zero", 0),
        list("end", 7),
        list("axis", 2),
        list("twice", 2, 1, 1, 1, 1),
        list("wide", -1, 3, 56),
        numbers("one", [1, 1, 1, 1, 1], [1], "float32"),
      ],
      nodes: [
        node("Slice", ["x", "zero", "end", "axis"], ["a"], {}, "slice"),
        node("Mul", ["a", "one"], ["b"], {}, "rank"),
        node("Expand", ["b", "twice"], ["c"], {}, "expand"),
        node("Reshape", ["c", "wide"], ["d"], {}, "reshape"),
        node("Cast", ["d"], ["y"], { to: int(11) }, "cast"),
      ],
    }),
    layers: {},
    notes: ["nothing here has float weights that can be quantized"],
    nodes: 5,
  },
  {
    name: "TensorFlow: channels last outside, opset 9, a normalization after a depthwise convolution",
    feeds: { x: data([2, 8, 8, 3]) },
    file: fileOf({
      feeds: { x: data([2, 8, 8, 3]) },
      opset: 9,
      constants: [weight("w", [3, 3, 3, 4], 1), weight("d", [4, 1, 3, 3], 2), ...statistics(4)],
      nodes: [
        node("Transpose", ["x"], ["t"], { perm: ints([0, 3, 1, 2]) }, "in"),
        node("Transpose", ["w"], ["wt"], { perm: ints([3, 2, 0, 1]) }, "turn"),
        node("Conv", ["t", "wt"], ["c"], { auto_pad: string("SAME_UPPER"), strides: ints([2, 2]) }, "conv"),
        node("Relu", ["c"], ["r"], {}, "relu"),
        node("Conv", ["r", "d"], ["dc"], { group: int(4), pads: ints([1, 1, 1, 1]) }, "depthwise"),
        norm("dc", "bn"),
        node("Transpose", ["bn"], ["y"], { perm: ints([0, 2, 3, 1]) }, "out"),
      ],
    }),
    layers: { conv: ["wt 4,3,3,3"], depthwise: ["d 4,1,3,3"] },
    nodes: 5,
    notes: ["opset 9 is raised to 13"],
  },
  {
    name: "attention by Einsum",
    feeds: { x: data([2, 5, 8]) },
    file: fileOf({
      feeds: { x: data([2, 5, 8]) },
      constants: [weight("w", [8, 2, 6], 1), weight("o", [2, 6, 8], 2)],
      nodes: [
        node("Einsum", ["x", "w"], ["q"], { equation: string("btd,dhk->bhtk") }, "queries"),
        node("Einsum", ["q", "o"], ["y"], { equation: string("bhtk,hkd->btd") }, "out"),
      ],
    }),
    layers: { queries: ["w 8,2,6"], out: ["o 2,6,8"] },
  },
  ...(
    [
      ["FusedMatMul", x8, [weight("w", [4, 8], 1)], { transB: int(1) }],
      ["FusedGemm", x8, [weight("w", [4, 8], 1)], { transB: int(1), activation: string("Relu") }],
      [
        "FusedConv",
        x4,
        [weight("w", [4, 3, 3, 3], 1)],
        { activation: string("Relu"), pads: ints([1, 1, 1, 1]) },
      ],
    ] as const
  ).map(([op, feeds, constants, attributes]) => ({
    name: `com.microsoft.${op}`,
    feeds,
    file: fileOf({ feeds, constants, nodes: [ms(op, ["x", "w"], attributes)], contrib: true }),
    layers: { n: [`w ${constants[0].shape}`] },
  })),
  {
    name: "com.microsoft.Attention",
    feeds: { x: data([2, 5, 16]) },
    file: fileOf({
      feeds: { x: data([2, 5, 16]) },
      constants: [weight("w", [16, 48], 1), perChannel("b", 48, 2, 0)],
      nodes: [ms("Attention", ["x", "w", "b"], { num_heads: int(2) })],
      contrib: true,
    }),
    layers: { n: ["w 16,48"] },
  },
  {
    name: "integers already: a product of codes beside a float one",
    feeds: x8,
    file: fileOf({
      feeds: x8,
      constants: [
        numbers(
          "codes",
          [8, 4],
          Array.from({ length: 32 }, (_, i) => i - 16),
          "int8",
        ),
        numbers("step", [], [0.05], "float32"),
        weight("w", [4, 6], 1),
        numbers("zero", [], [0], "int8"),
      ],
      nodes: [
        node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"], {}, "dynamic"),
        node("MatMulInteger", ["q", "codes", "z"], ["sum"], {}, "integer"),
        node("Cast", ["sum"], ["f"], { to: int(1) }, "cast"),
        node("Mul", ["s", "step"], ["steps"], {}, "steps"),
        node("Mul", ["f", "steps"], ["a"], {}, "scale"),
        node("DequantizeLinear", ["codes", "step", "zero"], ["w8"], {}, "weight"),
        node("MatMul", ["x", "w8"], ["b"], {}, "stored"),
        node("Add", ["a", "b"], ["both"], {}, "add"),
        node("MatMul", ["both", "w"], ["y"], {}, "float"),
      ],
    }),
    layers: { float: ["w 4,6"] },
    skipped: {
      integer: "is quantized already and kept as it is",
      stored: "its weight is quantized already and kept as it is",
    },
    notes: ["1 DynamicQuantizeLinear, 1 MatMulInteger, 1 DequantizeLinear (1 of them for stored weights)"],
  },
  {
    name: "a weight unpacked from codes by nodes",
    feeds: x8,
    file: fileOf({
      feeds: x8,
      constants: [
        numbers(
          "codes",
          [8, 4],
          Array.from({ length: 32 }, (_, i) => i % 5),
          "uint8",
        ),
        numbers("book", [5], [-1, -0.5, 0, 0.5, 1], "float32"),
      ],
      nodes: [
        node("Cast", ["codes"], ["at"], { to: int(6) }, "widen"),
        node("Gather", ["book", "at"], ["w"], {}, "look"),
        node("MatMul", ["x", "w"], ["y"], {}, "product"),
      ],
    }),
    layers: {},
    skipped: { product: "its weight is quantized already and kept as it is" },
    nodes: 3,
  },
  {
    // onnx.parser: Dense<slope> of MatMul, a nested Leak<slope = 0.1> and an If on an input; Norm of opset 12's Softmax.
    name: "model-local functions, one of an older opset",
    feeds: { x: data([2, 3]), c: tensor("bool", [], [1]) },
    file: fromBase64(
      "CAg6owEKKwoBeAoBdwoBYxIBaCIFRGVuc2UqDwoFc2xvcGUVAAAAP6ABAToFbG9jYWwKEwoBaBIBeSIETm9ybToFbG9jYWwSAWcqIwgDCAIQASIYAACAPwAAAMAAAEBAAAAAPwAAgEAAAIC+QgF3WhQKAXgSDwoNCAESCQoDEgFOCgIIA1oLCgFjEgYKBAgJEgBiFAoBeRIPCg0IARIJCgMSAU4KAggCQgQKABARQgkKBWxvY2FsEAHKAdkBCgVEZW5zZSIBYSIBayIBYyoBbzIFc2xvcGU6EwoBYQoBaxIBbSIGTWF0TXVsOgA6JwoBbRIBcCIETGVhayoSCgVzbG9wZaABAaoBBXNsb3BlOgVsb2NhbDpnCgFjEgFvIgJJZiopCgt0aGVuX2JyYW5jaDIXCg0KAXASAXIiA05lZzoAEgF0YgMKAXKgAQUqLgoLZWxzZV9icmFuY2gyHAoSCgFwEgFzIghJZGVudGl0eToAEgFlYgMKAXOgAQU6AEoECgAQEUoJCgVsb2NhbBABUgVsb2NhbMoBUwoETGVhayIBYSoBbzonCgFhEgFvIglMZWFreVJlbHUqEgoFYWxwaGGgAQGqAQVzbG9wZToASgQKABARUgVsb2NhbFoPCgVzbG9wZRXNzMw9oAEBygEsCgROb3JtIgFhKgFvOhEKAWESAW8iB1NvZnRtYXg6AEoECgAQDFIFbG9jYWw=",
    ),
    layers: { "Dense_0/MatMul_0": ["w 3,2"] },
    notes: ["3 model-local functions were inlined: 2 nodes became 7"],
  },
  {
    // y = MatMul(x, w), w a sparse initializer [4, 2] of three values with coordinates.
    name: "a sparse initializer",
    feeds: { x: data([2, 4]) },
    file: fromBase64(
      "CAg6nQEKEQoBeAoBdxIBeSIGTWF0TXVsEgFnWhQKAXgSDwoNCAESCQoDEgFOCgIIBGIUCgF5Eg8KDQgBEgkKAxIBTgoCCAJ6WQoVCAMQAUIBd0oMAADAPwAAAMAAAEBAEjwIAwgCEAdCAndpSjAAAAAAAAAAAAEAAAAAAAAAAgAAAAAAAAAAAAAAAAAAAAMAAAAAAAAAAQAAAAAAAAAYBBgCQgQKABAN",
    ),
    layers: { MatMul_0: ["w 4,2"] },
  },
];

export const elementsOf = ({ layers }: FileCase): number =>
  Object.values(layers)
    .flat()
    .reduce((sum, each) => sum + sizeOf((each.split(" ")[1] ?? "").split(",").map(Number)), 0);
