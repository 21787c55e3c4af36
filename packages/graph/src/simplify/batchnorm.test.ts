import { floatToHalf, halfToFloat, tensor } from "@bitscape/tensor";
import { describe, expect, it } from "vitest";
import { type Attribute, float, int } from "../attribute.ts";
import { type Constant, constantOf, tensorOf } from "../constant.ts";
import type { Graph, Node } from "../graph.ts";
import { print } from "../print.ts";
import { foldBatchNorms } from "./batchnorm.ts";
import { prune } from "./prune.ts";
import { graphOf, node, numbers } from "./sketch.ts";

describe("foldBatchNorms", () => {
  const norm = [numbers("s", [2, 3]), numbers("b", [1, -1]), numbers("m", [0.5, 0.25]), numbers("v", [3, 8])];
  const epsilon = { epsilon: float(1) }; // s / sqrt(v + ε) = 1, 1; so shift = 0.5, -1.25
  const factors = [1, 1];
  const shifts = [0.5, -1.25];
  const batchnorm = (from = "t", attributes = {}) =>
    node("BatchNormalization", [from, "s", "b", "m", "v"], ["y"], { ...epsilon, ...attributes });
  const values = (graph: Graph, name: string) =>
    Array.from(tensorOf(graph.constants.get(name) as Constant).data, Number);

  it("into a Conv without bias, which gets one", () => {
    const weight = numbers("w", [1, 2, 3, 4], [2, 2, 1]);
    const nodes = [node("Conv", ["x", "w"], ["t"]), batchnorm()];
    const graph = prune(foldBatchNorms(graphOf(nodes, ["y"], [weight, ...norm])));
    expect(print(graph)).toMatchInlineSnapshot(`
      "graph graph (x: float32) {
        w: float32[2, 2, 1]
        Conv_t_bias: float32[2]
        y = Conv(x, w, Conv_t_bias)
        return y: float32
      }"
    `);
    expect(values(graph, "w")).toEqual([1, 2, 3, 4]);
    expect(values(graph, "Conv_t_bias")).toEqual(shifts);
  });

  it("under new names where others read the weight or the bias", () => {
    const nodes = [node("Conv", ["x", "w", "c"], ["t"]), batchnorm(), node("Conv", ["x", "w", "c"], ["z"])];
    const graph = graphOf(
      nodes,
      ["y", "z"],
      [numbers("w", [1, 2], [2, 1, 1]), numbers("c", [1, 1]), ...norm],
    );
    expect(print(prune(foldBatchNorms(graph)))).toMatchInlineSnapshot(`
      "graph graph (x: float32) {
        w: float32[2, 1, 1]
        c: float32[2]
        w_BatchNormalization_y: float32[2, 1, 1]
        c_BatchNormalization_y: float32[2]
        y = Conv(x, w_BatchNormalization_y, c_BatchNormalization_y)
        z = Conv(x, w, c)
        return y: float32, z: float32
      }"
    `);
  });

  it.each([
    ["Conv", {}, [2, 3], [0, 0, 0, 1, 1, 1]],
    ["ConvTranspose", {}, [3, 2], [0, 1, 0, 1, 0, 1]],
    ["ConvTranspose", { group: int(2) }, [4, 1], [0, 0, 1, 1]],
    ["Gemm", {}, [3, 2], [0, 1, 0, 1, 0, 1]],
    ["Gemm", { transB: int(1) }, [2, 3], [0, 0, 0, 1, 1, 1]],
  ])("scales the output channels of %s %o", (op, attributes: Record<string, Attribute>, shape, channels) => {
    const doubled = [numbers("s", [4, 9]), ...norm.slice(1)]; // factors 2 and 3
    const ones = numbers("w", new Array(channels.length).fill(1), shape);
    const nodes = [node(op, ["x", "w"], ["t"], attributes), batchnorm()];
    const graph = foldBatchNorms(graphOf(nodes, ["y"], [ones, ...doubled]));
    expect(values(graph, "w")).toEqual(channels.map((channel) => [2, 3][channel]));
  });

  it("with alpha and beta of Gemm", () => {
    const nodes = [node("Gemm", ["x", "w", "c"], ["t"], { alpha: float(0.5), beta: float(2) }), batchnorm()];
    const graph = foldBatchNorms(
      graphOf(nodes, ["y"], [numbers("w", [1, 1], [1, 2]), numbers("c", [3], [1]), ...norm]),
    );
    expect([...(graph.nodes[0] as Node).attributes.keys()]).toEqual(["alpha"]);
    expect(values(graph, "c")).toEqual(shifts.map((shift, i) => shift + 6 * (factors[i] as number)));
  });

  it("in float16 too", () => {
    const halves = constantOf("w", tensor("float16", [2, 1, 1], [0.1, 0.2]));
    const graph = foldBatchNorms(
      graphOf([node("Conv", ["x", "w"], ["t"]), batchnorm()], ["y"], [halves, ...norm]),
    );
    expect(values(graph, "w").map(halfToFloat)).toEqual(
      [0.1, 0.2].map((each) => halfToFloat(floatToHalf(each))),
    );
    expect(graph.constants.get("Conv_t_bias")?.dtype).toBe("float16");
  });

  const conv = node("Conv", ["x", "w"], ["t"]);
  const weight = numbers("w", [1, 2], [2, 1, 1]);
  it.each<[string, Node[], string[], Constant[]]>([
    ["training", [conv, batchnorm("t", { training_mode: int(1) })], ["y"], [weight, ...norm]],
    ["no statistics for each channel", [conv, batchnorm("t", { spatial: int(0) })], ["y"], [weight, ...norm]],
    ["parameters that are no constants", [conv, batchnorm()], ["y"], [weight, ...norm.slice(1)]],
    ["a weight that is no constant", [conv, batchnorm()], ["y"], norm],
    ["a layer that is an output", [conv, batchnorm()], ["y", "t"], [weight, ...norm]],
    [
      "a layer with other readers",
      [conv, batchnorm(), node("Relu", ["t"], ["z"])],
      ["y", "z"],
      [weight, ...norm],
    ],
    ["no layer before", [node("Relu", ["x"], ["t"]), batchnorm()], ["y"], norm],
  ])("not: %s", (_, nodes, outputs, constants) => {
    const graph = graphOf(nodes, outputs, constants);
    expect(foldBatchNorms(graph)).toBe(graph);
  });
});
