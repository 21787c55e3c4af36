// Blocks of common networks, to measure what a backward pass costs: a residual block, an inverted bottleneck, a
// transformer block. Weights are inputs, drawn from a seed. Sizes are those of the published networks' early layers.
// Source: He et al., arXiv:1512.03385; Sandler et al., arXiv:1801.04381; Dosovitskiy et al., arXiv:2010.11929 (tiny).

import { type Attribute, build, constantOf, infer, int, ints, type Model, type Node } from "@bitscape/graph";
import { normal, seededRandom, sizeOf, type Tensor, tensor } from "@bitscape/tensor";
import { gradientGraph } from "../gradient.ts";
import { weightedSum } from "../heads.ts";

const OPSET = 18;

/** Nodes from "x" to "y" over weights. */
interface Block {
  readonly name: string;
  /** Without the samples. */
  readonly input: readonly number[];
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly nodes: (samples: number) => readonly Node[];
}

/** A node that makes a value of a name. */
const make = (
  output: string,
  op: string,
  inputs: readonly string[],
  attributes: Record<string, Attribute> = {},
) => build.node(op, inputs, [output], attributes);

const around = { pads: ints([1, 1, 1, 1]) };

const residual: Block = {
  name: "residual block, 64 channels at 56 × 56",
  input: [64, 56, 56],
  weights: { w1: [64, 64, 3, 3], b1: [64], w2: [64, 64, 3, 3], b2: [64] },
  nodes: () => [
    make("c1", "Conv", ["x", "w1", "b1"], around),
    make("r1", "Relu", ["c1"]),
    make("c2", "Conv", ["r1", "w2", "b2"], around),
    make("sum", "Add", ["c2", "x"]),
    make("y", "Relu", ["sum"]),
  ],
};

const inverted: Block = {
  name: "inverted bottleneck, 24 to 144 channels at 56 × 56",
  input: [24, 56, 56],
  weights: {
    expand: [144, 24, 1, 1],
    be: [144],
    depthwise: [144, 1, 3, 3],
    bd: [144],
    project: [24, 144, 1, 1],
    bp: [24],
  },
  nodes: () => [
    make("c1", "Conv", ["x", "expand", "be"]),
    make("r1", "Clip", ["c1", "zero", "six"]),
    make("c2", "Conv", ["r1", "depthwise", "bd"], { ...around, group: int(144) }),
    make("r2", "Clip", ["c2", "zero", "six"]),
    make("c3", "Conv", ["r2", "project", "bp"]),
    make("y", "Add", ["c3", "x"]),
  ],
};

const [TOKENS, WIDTH, HEADS] = [197, 192, 3];

const transformer: Block = {
  name: "transformer block, 197 tokens of 192",
  input: [TOKENS, WIDTH],
  weights: {
    g1: [WIDTH],
    n1: [WIDTH],
    qkv: [WIDTH, 3 * WIDTH],
    bqkv: [3 * WIDTH],
    out: [WIDTH, WIDTH],
    bout: [WIDTH],
    g2: [WIDTH],
    n2: [WIDTH],
    up: [WIDTH, 4 * WIDTH],
    bup: [4 * WIDTH],
    down: [4 * WIDTH, WIDTH],
    bdown: [WIDTH],
  },
  nodes: () => [
    make("ln1", "LayerNormalization", ["x", "g1", "n1"]),
    make("p", "MatMul", ["ln1", "qkv"]),
    make("pb", "Add", ["p", "bqkv"]),
    make("heads", "Reshape", ["pb", "split"]),
    make("ordered", "Transpose", ["heads"], { perm: ints([2, 0, 3, 1, 4]) }),
    ...["q", "k", "v"].map((name, i) => make(name, "Gather", ["ordered", `at${i}`])),
    make("kt", "Transpose", ["k"], { perm: ints([0, 1, 3, 2]) }),
    make("scores", "MatMul", ["q", "kt"]),
    make("scaled", "Mul", ["scores", "scale"]),
    make("chances", "Softmax", ["scaled"]),
    make("mixed", "MatMul", ["chances", "v"]),
    make("back", "Transpose", ["mixed"], { perm: ints([0, 2, 1, 3]) }),
    make("merged", "Reshape", ["back", "merge"]),
    make("o", "MatMul", ["merged", "out"]),
    make("ob", "Add", ["o", "bout"]),
    make("a", "Add", ["x", "ob"]),
    make("ln2", "LayerNormalization", ["a", "g2", "n2"]),
    make("u", "MatMul", ["ln2", "up"]),
    make("ub", "Add", ["u", "bup"]),
    make("erf", "Div", ["ub", "root"]),
    make("e", "Erf", ["erf"]),
    make("e1", "Add", ["e", "one"]),
    make("e2", "Mul", ["ub", "e1"]),
    make("gelu", "Mul", ["e2", "half"]),
    make("d", "MatMul", ["gelu", "down"]),
    make("db", "Add", ["d", "bdown"]),
    make("y", "Add", ["a", "db"]),
  ],
};

export const blocks: readonly Block[] = [residual, inverted, transformer];

const constants = (samples: number) => [
  ...Object.entries({ zero: 0, six: 6, scale: 1 / 8, root: Math.SQRT2, one: 1, half: 0.5 }).map(
    ([name, value]) => constantOf(name, tensor("float32", [], [value])),
  ),
  ...[0, 1, 2].map((i) => constantOf(`at${i}`, tensor("int64", [], [i]))),
  constantOf("split", tensor("int64", [5], [samples, TOKENS, 3, HEADS, WIDTH / HEADS])),
  constantOf("merge", tensor("int64", [3], [samples, TOKENS, WIDTH])),
];

export interface BlockModels {
  readonly name: string;
  /** The block alone. */
  readonly forward: Model;
  /** With the gradient of its input: what sensitivity by activations costs. */
  readonly data: Model;
  /** With the gradients of all weights too. */
  readonly weights: Model;
  /** With the squares of each sample's, summed, in the place of those of the batch: the Fisher diagonal. */
  readonly fisher: Model;
  readonly feeds: Readonly<Record<string, Tensor>>;
}

/** A block's models for a number of samples; all take the same feeds. */
export function blockModels({ name, input, weights, nodes }: Block, samples: number): BlockModels {
  const shapes = { x: [samples, ...input], ...weights };
  const used = new Set(nodes(samples).flatMap((node) => node.inputs));
  const graph = build.graph({
    nodes: nodes(samples),
    inputs: Object.entries(shapes).map(([each, shape]) => build.value(each, "float32", shape)),
    outputs: [build.value("y", "float32", shapes.x)],
    constants: constants(samples).filter((each) => used.has(each.name)),
  });
  const model = build.model(graph, OPSET);
  const { values } = infer(model);
  const head = weightedSum({ graph, opset: OPSET, values }, { of: "y", against: "seed", reduction: "sum" });
  const of = Object.keys(weights);
  const back = (
    wrt: readonly string[],
    perSample?: { of: string[]; samples: number; squared: boolean },
  ): Model => ({
    ...model,
    graph: gradientGraph({ ...head, wrt, ...(perSample && { perSample }) }).graph,
  });
  const random = seededRandom(1);
  const draw = (shape: readonly number[], spread: number): Tensor =>
    tensor(
      "float32",
      shape,
      Float32Array.from({ length: sizeOf(shape) }, () => spread * normal(random)),
    );
  return {
    name,
    forward: model,
    data: back(["x"]),
    weights: back(["x", ...of]),
    fisher: back(["x", ...of], { of, samples, squared: true }),
    feeds: {
      ...Object.fromEntries(
        Object.entries(shapes).map(([each, shape]) => [each, draw(shape, each === "x" ? 1 : 0.1)]),
      ),
      seed: draw(shapes.x, 1),
    },
  };
}
