// What opening proves with real shapes is tested against ONNX Runtime (engine, network/open.test.ts); here, that nothing
// is removed on shapes that only hold for some inputs.

import { tensor } from "@bitscape/tensor";
import { expect, it } from "vitest";
import * as build from "../build.ts";
import { constantOf } from "../constant.ts";
import type { Dim } from "../graph.ts";
import { factsOf } from "../infer/facts.ts";
import { removeIdentities } from "./identity.ts";
import { node } from "./sketch.ts";

function left(
  op: string,
  input: readonly Dim[],
  sizes: readonly number[],
  starts?: readonly number[],
): number {
  const list = (name: string, values: readonly number[]) =>
    constantOf(name, tensor("int64", [values.length], values));
  const operands = starts ? ["x", "starts", "sizes"] : ["x", "sizes"];
  const graph = build.graph({
    nodes: [node(op, operands, ["a"]), node("Relu", ["a"], ["y"])],
    constants: [list("sizes", sizes), ...(starts ? [list("starts", starts)] : [])],
    inputs: [build.value("x", "float32", input)],
    outputs: [build.untyped("y")],
  });
  return removeIdentities(graph, factsOf(build.model(graph))).nodes.length;
}

it.each<[string, readonly Dim[], readonly number[], (readonly number[])?]>([
  ["Reshape", [2, 3], [2, 3]],
  ["Reshape", ["N", 3], [-1, 3]],
  ["Reshape", ["N", "M"], [0, -1]],
  ["Expand", ["N", 3], [1, 3]],
  ["Expand", ["N", 3], [3]],
  ["Tile", ["N", 3], [1, 1]],
  ["Slice", ["N", 3], [2 ** 31 - 1, 3], [0, 0]],
])("%s of %j by %j changes nothing", (op, input, sizes, starts) => {
  expect(left(op, input, sizes, starts)).toBe(1);
});

it.each<[string, readonly Dim[], readonly number[], (readonly number[])?]>([
  ["Reshape", [2, 3], [3, 2]],
  ["Reshape", ["N", 3], [1, 3]],
  ["Reshape", ["N", "M"], [-1, 3]],
  ["Reshape", ["N", 3], [1, -1, 3]],
  ["Expand", ["N", 3], [2, 3]],
  ["Expand", ["N", 3], [1, 1, 3]],
  ["Tile", ["N", 3], [1, 2]],
  ["Slice", ["N", 3], [100, 3], [0, 0]],
  ["Slice", ["N", 3], [2 ** 31 - 1, 3], [0, 1]],
])("%s of %j by %j may change something", (op, input, sizes, starts) => {
  expect(left(op, input, sizes, starts)).toBe(2);
});
