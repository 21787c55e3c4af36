import { build, type Constant, constantOf, int, type Node } from "@bitscape/graph";
import { type DType, sizeOf, tensor } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { weightsOf } from "./weights.ts";

const { node } = build;

function constants(shapes: Readonly<Record<string, readonly number[]>>, dtype: DType = "float32") {
  return new Map<string, Constant>(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      constantOf(name, tensor(dtype, shape, new Float32Array(sizeOf(shape)))),
    ]),
  );
}

function axesOf(of: Node, shapes: Readonly<Record<string, readonly number[]>>) {
  return weightsOf(of, constants(shapes)).weights.map(({ name, channelAxis, blockShape, blockAxis }) => [
    name,
    channelAxis,
    blockShape,
    blockAxis,
  ]);
}

describe("where each operator's channels and reductions are", () => {
  test.each([
    ["1-D", [8, 4, 3], [8, 12]],
    ["2-D", [8, 4, 3, 5], [8, 60]],
    ["3-D", [8, 4, 3, 3, 3], [8, 108]],
    ["grouped", [8, 2, 3, 3], [8, 18]],
    ["depthwise", [8, 1, 3, 3], [8, 9]],
  ])("Conv %s", (_, shape, flat) => {
    const conv = node("Conv", ["x", "w", "b"], ["y"], { group: int(1) });
    expect(axesOf(conv, { w: shape, b: [8] })).toEqual([["w", 0, flat, 1]]);
  });

  test("ConvTranspose", () => {
    expect(axesOf(node("ConvTranspose", ["x", "w"], ["y"]), { w: [16, 4, 2, 2] })).toEqual([
      ["w", 1, [16, 4, 2, 2], 0],
    ]);
  });

  test.each([
    ["right", ["x", "w"], [12, 5], 1, 0],
    ["left", ["w", "x"], [5, 12], 0, 1],
    ["right, batched", ["x", "w"], [3, 12, 5], 2, 1],
    ["left, batched", ["w", "x"], [3, 5, 12], 1, 2],
  ])("MatMul, %s", (_, inputs, shape, channel, block) => {
    expect(axesOf(node("MatMul", inputs, ["y"]), { w: shape })).toEqual([["w", channel, shape, block]]);
  });

  test.each([
    ["B", 0, 1, 0],
    ["B", 1, 0, 1],
    ["A", 0, 0, 1],
    ["A", 1, 1, 0],
  ])("Gemm %s with trans %i", (side, trans, channel, block) => {
    const inputs = side === "B" ? ["x", "w", "c"] : ["w", "x", "c"];
    // The other operand's transposition is of no account.
    for (const other of [0, 1]) {
      const attributes =
        side === "B"
          ? { transB: int(trans), transA: int(other) }
          : { transA: int(trans), transB: int(other) };
      expect(axesOf(node("Gemm", inputs, ["y"], attributes), { w: [12, 5], c: [5] })).toEqual([
        ["w", channel, [12, 5], block],
      ]);
    }
  });

  test("Gather: by row where rows are long, else by column", () => {
    const gather = node("Gather", ["w", "ids"], ["y"]);
    expect(axesOf(gather, { w: [100, 64] })).toEqual([["w", 0, [100, 64], 1]]);
    expect(axesOf(gather, { w: [100, 8] })).toEqual([["w", 1, [100, 8], 1]]);
  });

  test.each([
    ["LSTM", 4],
    ["GRU", 3],
    ["RNN", 1],
  ])("%s: both matrices", (op, gates) => {
    const [w, r] = [
      [2, gates * 8, 6],
      [2, gates * 8, 8],
    ];
    expect(axesOf(node(op, ["x", "w", "r", "b"], ["y"]), { w, r, b: [2, 2 * gates * 8] } as never)).toEqual([
      ["w", 1, w, 2],
      ["r", 1, r, 2],
    ]);
  });
});

describe("what is no weight", () => {
  test("a product of two constants has two", () => {
    const both = weightsOf(node("MatMul", ["a", "b"], ["y"]), constants({ a: [2, 3], b: [3, 4] }));
    expect(both.weights.map(({ name }) => name)).toEqual(["b", "a"]);
  });

  test.each([
    ["a bias", node("Add", ["x", "w"], ["y"]), [8, 8]],
    ["another domain's operator", node("Conv", ["x", "w"], ["y"], {}, "", "com.microsoft"), [8, 4, 3, 3]],
    ["a vector", node("MatMul", ["x", "w"], ["y"]), [8]],
  ])("%s", (_, of, shape) => {
    expect(weightsOf(of, constants({ w: shape }))).toEqual({ weights: [] });
  });

  test("a single number has nothing to share", () => {
    expect(weightsOf(node("MatMul", ["x", "w"], ["y"]), constants({ w: [1, 1] })).weights).toEqual([]);
  });

  test("a table gathered along another axis, with the reason", () => {
    const { weights, reason } = weightsOf(
      node("Gather", ["w", "ids"], ["y"], { axis: int(1) }),
      constants({ w: [8, 64] }),
    );
    expect(weights).toEqual([]);
    expect(reason).toBe("its weight has shape [8, 64], which Gather does not share scales over");
  });

  test("doubles, with the reason; integers without", () => {
    const gather = node("Gather", ["w", "ids"], ["y"]);
    expect(weightsOf(gather, constants({ w: [8, 64] }, "float64")).reason).toBe(
      "its weight is float64, expected float32 or float16",
    );
    expect(weightsOf(gather, constants({ w: [8, 64] }, "int32"))).toEqual({ weights: [] });
  });

  test("halves are weights", () => {
    const found = weightsOf(node("MatMul", ["x", "w"], ["y"]), constants({ w: [8, 4] }, "float16"));
    expect(found.weights[0]).toMatchObject({ name: "w", dtype: "float16", elements: 32 });
  });
});
