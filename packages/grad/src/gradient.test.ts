// The walk back over a graph: what is active, what is refused, sums, samples apart, names, types, second derivatives.

import { build, constantOf, type Graph, infer, int, ints, type Model, type Node } from "@bitscape/graph";
import { floatToHalf, normal, seededRandom, sizeOf, type Tensor, tensor } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { unsupported } from "./activity.ts";
import { NoRule } from "./error.ts";
import { type GradRequest, gradientGraph } from "./gradient.ts";
import { crossEntropy, weightedSum } from "./heads.ts";
import { passThrough } from "./straightThrough.ts";
import { numbers } from "./testing/difference.ts";
import { type Feeds, testRuntime } from "./testing/runtime.ts";

const { graph, model, node, untyped, value } = build;
const runtime = await testRuntime("native");
const OPSET = 18;

const random = (shape: readonly number[], seed = 1): Tensor => {
  const next = seededRandom(seed);
  return tensor(
    "float32",
    shape,
    Array.from({ length: sizeOf(shape) }, () => normal(next)),
  );
};

/** x (and others) to y by nodes. */
function chain(
  nodes: readonly Node[],
  inputs: Readonly<Record<string, readonly number[]>>,
  ...outputs: string[]
): Graph {
  return graph({
    nodes,
    inputs: Object.entries(inputs).map(([name, shape]) => value(name, "float32", shape)),
    outputs: (outputs.length > 0 ? outputs : ["y"]).map(untyped),
  });
}

/** A request whose seed is an input "seed" of y's shape. */
function request(of: Graph, wrt: readonly string[], more: Partial<GradRequest> = {}): GradRequest {
  const opset = more.opset ?? OPSET;
  const { values } = infer(model(of, opset));
  const head = weightedSum({ graph: of, opset, values }, { of: "y", against: "seed", reduction: "sum" });
  return { ...head, wrt, keep: [], ...more };
}

async function run(of: Graph, feeds: Feeds, opset = OPSET): Promise<Record<string, Tensor>> {
  const session = await runtime.load(model(of, opset));
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

async function gradientsOf(asked: GradRequest, feeds: Feeds): Promise<Record<string, number[]>> {
  const { graph: made, gradients } = gradientGraph(asked);
  const found = await run(made, feeds, asked.opset);
  return Object.fromEntries(
    [...gradients].map(([name, each]) => [name, Array.from(numbers(found[each.name] as Tensor))]),
  );
}

/** Relative to the largest that is expected. */
const close = (found: readonly number[] | undefined, expected: ArrayLike<number>, tolerance = 1e-5) => {
  expect(found).toHaveLength(expected.length);
  const size = Math.max(...Array.from(expected, Math.abs));
  const worst = Math.max(...(found ?? []).map((each, i) => Math.abs(each - (expected[i] as number))));
  expect(worst / size).toBeLessThan(tolerance);
};

const x = tensor("float32", [3], [0.5, -1, 2]);
const ones = tensor("float32", [3], [1, 1, 1]);

describe("the walk", () => {
  test("adds up what comes from several readers", async () => {
    const of = chain([node("Mul", ["x", "x"], ["square"]), node("Sum", ["square", "x", "x"], ["y"])], {
      x: [3],
    });
    const { x: found } = await gradientsOf(request(of, ["x"]), { x, seed: ones });
    close(found, [3, 0, 6]);
  });

  test("gives the gradient of a value between", async () => {
    const of = chain([node("Exp", ["x"], ["e"]), node("Mul", ["e", "e"], ["y"])], { x: [3] });
    const found = await gradientsOf(request(of, ["e", "x"]), { x, seed: ones });
    close(
      found.e,
      Array.from(numbers(x), (each) => 2 * Math.exp(each)),
    );
    close(
      found.x,
      Array.from(numbers(x), (each) => 2 * Math.exp(2 * each)),
    );
  });

  test("adds the seeds of several outputs", async () => {
    const of = chain([node("Exp", ["x"], ["e"]), node("Neg", ["e"], ["y"])], { x: [3] }, "e", "y");
    const first = request(of, ["x"]);
    const both = weightedSum({ ...first, loss: "" }, { of: "e", against: "other", reduction: "sum" });
    const asked = { ...both, wrt: ["x"], keep: [] };
    const { x: found } = await gradientsOf(asked, {
      x,
      seed: ones,
      other: tensor("float32", [3], [3, 3, 3]),
    });
    close(
      found,
      Array.from(numbers(x), (each) => 2 * Math.exp(each)),
    );
  });

  test("a seed may be the gradient itself", async () => {
    const of = chain([node("Identity", ["x"], ["y"])], { x: [3] });
    const { x: found, y } = await gradientsOf(request(of, ["x", "y"]), { x, seed: ones });
    expect([found, y]).toEqual([
      [1, 1, 1],
      [1, 1, 1],
    ]);
  });

  test("nothing is written for what is not asked", () => {
    const of = chain([node("MatMul", ["x", "w"], ["h"]), node("MatMul", ["h", "v"], ["y"])], {
      x: [2, 3],
      w: [3, 4],
      v: [4, 5],
    });
    const products = (wrt: string[]) =>
      gradientGraph(request(of, wrt)).graph.nodes.filter(({ op }) => op === "MatMul" || op === "Gemm").length;
    // What the gradient of v needs of the forward pass is one product.
    expect(products(["v"])).toBe(2);
    expect(products(["x"])).toBe(2);
    expect(products(["x", "w", "v"])).toBe(5);
  });

  test("no gradient where nothing depends, or only through steps", () => {
    const of = chain([node("Floor", ["x"], ["f"]), node("Mul", ["f", "w"], ["y"])], {
      x: [3],
      w: [3],
      u: [3],
    });
    expect([...gradientGraph(request(of, ["x", "w", "u"])).gradients.keys()]).toEqual(["w"]);
  });

  test("a rule of the caller's wins", async () => {
    const of = chain([node("Round", ["x"], ["r"]), node("Mul", ["r", "r"], ["y"])], { x: [3] });
    const asked = request(of, ["x"], { custom: new Map([["Round_r", passThrough]]) });
    const { x: found } = await gradientsOf(asked, { x, seed: ones });
    close(found, [0, -2, 4]);
  });

  test("what goes in stays as it is", () => {
    const pool = node("MaxPool", ["x"], ["y"], { kernel_shape: ints([2]), strides: ints([2]) });
    const of = chain([pool], { x: [1, 1, 4] });
    const asked = request(of, ["x"], { keep: ["y"] });
    const before = [...asked.graph.nodes];
    const { graph: made } = gradientGraph(asked);
    expect(asked.graph.nodes).toEqual(before);
    expect(pool.outputs).toEqual(["y"]);
    // The one node that gives an output more is a new one under the same id.
    expect(made.nodes.find(({ id }) => id === pool.id)?.outputs).toHaveLength(2);
  });

  test("names of its own do not meet those of the graph", async () => {
    const of = chain(
      [
        node("Mul", ["x", "x"], ["Mul_y_gradient_Mul"], {}, "n"),
        node("Mul", ["Mul_y_gradient_Mul", "x"], ["y"]),
      ],
      { x: [3] },
    );
    const { x: found } = await gradientsOf(request(of, ["x"]), { x, seed: ones });
    close(found, [0.75, 3, 12]);
  });

  test("float16 graphs have float16 gradients", async () => {
    const half = (each: Tensor): Tensor => ({
      dtype: "float16",
      shape: each.shape,
      data: Uint16Array.from(numbers(each), floatToHalf),
    });
    const nodes = [node("MatMul", ["x", "w"], ["h"]), node("Tanh", ["h"], ["y"])];
    const of = (dtype: "float16" | "float32") =>
      graph({
        nodes,
        inputs: [value("x", dtype, [2, 3]), value("w", dtype, [3, 4])],
        outputs: [untyped("y")],
      });
    const feeds = { x: random([2, 3], 1), w: random([3, 4], 2), seed: random([2, 4], 3) };
    const halves = Object.fromEntries(Object.entries(feeds).map(([name, each]) => [name, half(each)]));
    const expected = await gradientsOf(request(of("float32"), ["w"]), feeds);
    const found = await gradientsOf(request(of("float16"), ["w"]), halves);
    close(found.w, expected.w ?? [], 1e-2);
  });
});

describe("refusals", () => {
  const lstm = chain(
    [
      node("LSTM", ["x", "w", "r"], ["h"], { hidden_size: int(2) }, "cell"),
      node("Add", ["x", "x"], ["sum"]),
      node("ReduceSum", ["h"], ["y"]),
    ],
    { x: [3, 1, 4], w: [1, 8, 4], r: [1, 8, 2] },
    "y",
    "sum",
  );
  const { values } = infer(model(lstm, OPSET));

  test("an operator without a rule is named, with its node", () => {
    const asked = request(lstm, ["x"]);
    expect(() => gradientGraph(asked)).toThrow(
      "LSTM cell: no rule for its gradient, expected an operator with one",
    );
    try {
      gradientGraph(asked);
    } catch (error) {
      expect(error).toBeInstanceOf(NoRule);
      expect(error).toMatchObject({ op: "LSTM", node: "cell" });
    }
  });

  test("and can be asked about before", () => {
    expect(unsupported(lstm, values, ["y"], ["x"])).toEqual([{ node: "cell", op: "LSTM" }]);
    expect(unsupported(lstm, values, ["sum"], ["x"])).toEqual([]);
    expect(unsupported(lstm, values, ["y"], ["h"])).toEqual([]);
  });

  test("opsets below 13", () => {
    const of = chain([node("Exp", ["x"], ["y"])], { x: [3] });
    expect(() => request(of, ["x"], { opset: 12 })).toThrow("opset 12, expected 13 or later");
  });

  test("a form that a rule does not know", () => {
    const of = graph({
      nodes: [node("Einsum", ["x"], ["y"], { equation: { type: "string", value: "ii->i" } }, "diagonal")],
      inputs: [value("x", "float32", [3, 3])],
      outputs: [untyped("y")],
    });
    expect(() => gradientGraph(request(of, ["x"]))).toThrow(
      "Einsum diagonal: term ii, expected each label once",
    );
  });
});

describe("samples apart", () => {
  const nodes = [
    node("Conv", ["x", "kernel", "bias"], ["c"], { pads: ints([1, 1, 1, 1]) }),
    node("Relu", ["c"], ["r"]),
    node("Conv", ["r", "depthwise"], ["d"], { group: int(3), strides: ints([2, 2]) }),
    node("Flatten", ["d"], ["f"]),
    node("Gemm", ["f", "w", "b"], ["y"], { transB: int(1) }),
  ];
  const shapes = { kernel: [3, 2, 3, 3], bias: [3], depthwise: [3, 1, 3, 3], w: [4, 12], b: [4] };
  const names = Object.keys(shapes);
  const of = (samples: number) => chain(nodes, { x: [samples, 2, 6, 6], ...shapes });
  const weights = Object.fromEntries(
    Object.entries(shapes).map(([name, shape], i) => [name, random(shape, i + 10)]),
  );

  test("squares are summed over the gradients of each alone", async () => {
    const all = random([3, 2, 6, 6], 5);
    const seeds = random([3, 4], 6);
    const expected: Record<string, number[]> = {};
    for (let i = 0; i < 3; i++) {
      const feeds = {
        ...weights,
        x: tensor("float32", [1, 2, 6, 6], numbers(all).slice(72 * i, 72 * (i + 1))),
        seed: tensor("float32", [1, 4], numbers(seeds).slice(4 * i, 4 * (i + 1))),
      };
      const found = await gradientsOf(request(of(1), names), feeds);
      for (const name of names) {
        const squares = (found[name] ?? []).map((each) => each * each);
        expected[name] = squares.map((each, k) => each + (expected[name]?.[k] ?? 0));
      }
    }
    const asked = request(of(3), names, { perSample: { of: names, samples: 3, squared: true } });
    const found = await gradientsOf(asked, { ...weights, x: all, seed: seeds });
    for (const name of names) close(found[name], expected[name] ?? [], 1e-4);
  });

  test("kept apart they have one axis more", () => {
    const { gradients } = gradientGraph(request(of(3), names, { perSample: { of: ["w"], samples: 3 } }));
    expect(gradients.get("w")?.shape).toEqual([3, 4, 12]);
    expect(gradients.get("b")?.shape).toEqual([4]);
  });

  test("a weight behind a rule that sums over samples is refused", () => {
    const turned = chain([node("Transpose", ["w"], ["t"], {}, "turn"), node("MatMul", ["x", "t"], ["y"])], {
      x: [3, 4],
      w: [2, 4],
    });
    const asked = request(turned, ["w"], { perSample: { of: ["w"], samples: 3 } });
    expect(() => gradientGraph(asked)).toThrow(
      "Transpose turn: the gradient of input 0 summed over samples, expected a rule that keeps samples apart",
    );
  });
});

test("gradients have gradients: Hessian times vector against differences", async () => {
  const shapes = { kernel: [3, 1, 3, 3], w: [12, 4] };
  const nodes = [
    node("Conv", ["x", "kernel"], ["c"], { strides: ints([2, 2]), pads: ints([1, 1, 0, 0]) }),
    node("Tanh", ["c"], ["t"]),
    node("Reshape", ["t", "flat"], ["f"]),
    node("MatMul", ["f", "w"], ["logits"]),
  ];
  const start = graph({
    nodes,
    inputs: Object.entries({ x: [2, 1, 5, 5], ...shapes }).map(([name, shape]) =>
      value(name, "float32", shape),
    ),
    outputs: [untyped("logits")],
    constants: [constantOf("flat", tensor("int64", [2], [2, 12]))],
  });
  const opsetModel = (of: Graph): Model => model(of, OPSET);
  const head = crossEntropy(
    { graph: start, opset: OPSET, values: infer(opsetModel(start)).values },
    { of: "logits", against: "labels" },
  );
  const first = gradientGraph({ ...head, wrt: ["kernel"], keep: [] });
  const slope = first.gradients.get("kernel")?.name as string;
  const again = weightedSum(
    { graph: first.graph, opset: OPSET, values: infer(opsetModel(first.graph)).values },
    { of: slope, against: "direction", reduction: "sum" },
  );
  const feeds = {
    x: random([2, 1, 5, 5], 1),
    kernel: random(shapes.kernel, 2),
    w: random(shapes.w, 3),
    labels: tensor("int64", [2], [1, 3]),
    direction: random(shapes.kernel, 4),
  };
  const { kernel: product } = await gradientsOf({ ...again, wrt: ["kernel"], keep: [] }, feeds);
  const at = async (step: number) => {
    const kernel = numbers(feeds.kernel).map(
      (each, i) => each + step * (numbers(feeds.direction)[i] as number),
    );
    const found = await run(first.graph, { ...feeds, kernel: tensor("float32", shapes.kernel, kernel) });
    return numbers(found[slope] as Tensor);
  };
  const [low, high] = [await at(-5e-3), await at(5e-3)];
  close(
    product,
    Array.from(high, (each, i) => (each - (low[i] as number)) / 1e-2),
    1e-2,
  );
});
