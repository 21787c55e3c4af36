// Heads: their values against plain code, their seeds against differences of those values.

import { build, infer, int } from "@bitscape/graph";
import { normal, seededRandom, sizeOf, type Tensor, tensor } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { gradientGraph } from "./gradient.ts";
import {
  crossEntropy,
  divergence,
  type Forward,
  type Headed,
  logitsOf,
  squaredError,
  weightedSum,
} from "./heads.ts";
import { moved, numbers } from "./testing/difference.ts";
import { type Feeds, testRuntime } from "./testing/runtime.ts";

const runtime = await testRuntime("native");
const OPSET = 17;
const shape = [2, 3, 4];

const random = (of: readonly number[], seed: number): Tensor => {
  const next = seededRandom(seed);
  return tensor(
    "float32",
    of,
    Array.from({ length: sizeOf(of) }, () => normal(next)),
  );
};

function forwardOf(): Forward {
  const graph = build.graph({
    nodes: [build.node("Identity", ["x"], ["z"]), build.node("Mul", ["x", "x"], ["square"])],
    inputs: [build.value("x", "float32", shape)],
    outputs: [build.untyped("z")],
  });
  return { graph, opset: OPSET, values: infer(build.model(graph, OPSET)).values };
}

/** The loss, and its gradient for x by the seed and by central differences. */
async function tried(head: Headed, feeds: Feeds) {
  const { graph, gradients } = gradientGraph({ ...head, wrt: ["x"], keep: [head.loss] });
  const session = await runtime.load(build.model(graph, OPSET));
  try {
    const loss = async (given: Feeds) =>
      numbers((await session.run(given))[head.loss] as Tensor)[0] as number;
    const found = await session.run(feeds);
    const gradient = Array.from(numbers(found[gradients.get("x")?.name ?? ""] as Tensor));
    const step = 1e-2;
    const measured: number[] = [];
    for (let i = 0; i < sizeOf(shape); i++) {
      const direction = Array.from({ length: sizeOf(shape) }, (_, k) => (k === i ? 1 : 0));
      const high = await loss(moved(feeds, "x", direction, step));
      const low = await loss(moved(feeds, "x", direction, -step));
      measured.push((high - low) / (2 * step));
    }
    return { loss: await loss(feeds), gradient, measured };
  } finally {
    await session.release();
  }
}

const far = (found: readonly number[], expected: readonly number[]) =>
  Math.max(...found.map((each, i) => Math.abs(each - (expected[i] as number))));

const x = random(shape, 1);

/** log softmax over the last axis, row by row */
function logs(z: Tensor): number[][] {
  const data = Array.from(numbers(z));
  return Array.from({ length: 6 }, (_, row) => {
    const values = data.slice(4 * row, 4 * row + 4);
    const total = Math.log(values.reduce((sum, each) => sum + Math.exp(each), 0));
    return values.map((each) => each - total);
  });
}

describe.each(["mean", "sum"] as const)("%s", (reduction) => {
  test("cross-entropy, labels below zero left out", async () => {
    const labels = tensor("int64", [2, 3], [0, 3, -1, 2, -1, 1]);
    const head = crossEntropy(forwardOf(), { of: "z", against: "labels", reduction });
    const { loss, gradient, measured } = await tried(head, { x, labels });
    const terms = logs(x).flatMap((row, i) => {
      const label = Number(labels.data[i]);
      return label < 0 ? [] : [-(row[label] as number)];
    });
    const sum = terms.reduce((a, b) => a + b, 0);
    expect(loss).toBeCloseTo(reduction === "mean" ? sum / terms.length : sum, 4);
    expect(far(gradient, measured)).toBeLessThan(5e-4);
  });

  test("cross-entropy over another axis", async () => {
    const labels = tensor("int64", [2, 4], [0, 1, 2, 2, 1, 0, 0, 2]);
    const head = crossEntropy(forwardOf(), { of: "z", against: "labels", reduction, axis: 1 });
    const { gradient, measured } = await tried(head, { x, labels });
    expect(far(gradient, measured)).toBeLessThan(5e-4);
    expect(Math.max(...measured)).toBeGreaterThan(0.02);
  });

  test("divergence from given logarithms", async () => {
    const target = logs(random(shape, 2));
    const head = divergence(forwardOf(), { of: "z", against: "target", reduction });
    const feeds = { x, target: tensor("float32", shape, target.flat()) };
    const { loss, gradient, measured } = await tried(head, feeds);
    const own = logs(x);
    const sum = target.flatMap((row, i) => row.map((t, k) => Math.exp(t) * (t - (own[i]?.[k] as number))));
    const total = sum.reduce((a, b) => a + b, 0);
    expect(loss).toBeCloseTo(reduction === "mean" ? total / 6 : total, 4);
    expect(far(gradient, measured)).toBeLessThan(5e-4);
  });

  test("squared error and weighted sum, one after the other", async () => {
    const [targets, weights] = [random(shape, 3), random(shape, 4)];
    const first = squaredError(forwardOf(), { of: "z", against: "targets", reduction });
    const head = weightedSum(first, { of: "square", against: "weights", reduction });
    const { loss, gradient, measured } = await tried(head, { x, targets, weights });
    const share = reduction === "mean" ? 1 / 24 : 1;
    const expected = Array.from(numbers(x)).reduce((sum, each, i) => {
      const [target, weight] = [numbers(targets)[i] as number, numbers(weights)[i] as number];
      return sum + share * ((each - target) ** 2 + weight * each * each);
    }, 0);
    expect(loss).toBeCloseTo(expected, 3);
    expect(far(gradient, measured)).toBeLessThan(reduction === "mean" ? 5e-4 : 5e-3);
  });
});

test("two losses on one value add up", async () => {
  const [targets, weights] = [random(shape, 3), random(shape, 4)];
  const first = squaredError(forwardOf(), { of: "z", against: "targets" });
  const head = weightedSum(first, { of: "z", against: "weights" });
  const { gradient, measured } = await tried(head, { x, targets, weights });
  expect(far(gradient, measured)).toBeLessThan(5e-4);
});

test("an input of another form is refused", () => {
  expect(() => squaredError(forwardOf(), { of: "z", against: "x", axis: 7 })).toThrow("axis: 7");
  const head = squaredError(forwardOf(), { of: "z", against: "targets" });
  expect(() => crossEntropy(head, { of: "z", against: "targets" })).toThrow(
    "value targets: float32[2, 3, 4], expected int64[2, 3]",
  );
});

test("logits lie before the last Softmax", () => {
  const nodes = [
    build.node("Softmax", ["z"], ["p"], { axis: int(1) }),
    build.node("Identity", ["p"], ["y"]),
    build.node("Relu", ["p"], ["r"]),
  ];
  const graph = build.graph({
    nodes,
    inputs: [build.value("z", "float32", [1, 2])],
    outputs: [build.untyped("y")],
  });
  expect(logitsOf(graph, "y")).toEqual({ of: "z", axis: 1 });
  expect(logitsOf(graph, "r")).toEqual({ of: "r", axis: -1 });
});
