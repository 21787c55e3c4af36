import { tensor } from "@bitscape/tensor";
import { describe, expect, it } from "vitest";
import { ints } from "../attribute.ts";
import * as build from "../build.ts";
import { constantOf, tensorOf } from "../constant.ts";
import type { Node } from "../graph.ts";
import { infer } from "../infer/infer.ts";
import { foldLayout } from "./layout.ts";
import { node, numbers } from "./sketch.ts";

function folded(nodes: readonly Node[], size: readonly number[], outputs = ["y"]) {
  const count = size.reduce((a, b) => a * b, 1);
  const graph = build.graph({
    nodes,
    constants: [
      numbers(
        "w",
        Array.from({ length: count }, (_, i) => i),
        [...size],
      ),
      constantOf("shape", tensor("int64", [2], [4, -1])),
    ],
    inputs: [build.value("x", "float32", ["N", 4])],
    outputs: outputs.map((name) => build.untyped(name)),
  });
  const { values } = infer(build.model(graph));
  return foldLayout(graph, (name) => values.get(name)?.shape);
}

const turn = (from: string, to: string, ...perm: number[]) =>
  node("Transpose", [from], [to], { perm: ints(perm) });
const times = (by: string, to = "y") => node("MatMul", ["x", by], [to]);

describe("foldLayout", () => {
  it.each([[[2, 0, 1]], [[0, 2, 1]], [[2, 1, 0]], [[1, 2, 0]]])(
    "transposes as %j says, then reshapes",
    (perm) => {
      const size = [2, 3, 4];
      const graph = folded(
        [turn("w", "t", ...perm), node("Reshape", ["t", "shape"], ["r"]), times("r")],
        size,
      );
      expect(graph.nodes.map((each) => each.op)).toEqual(["MatMul"]);
      const strides = [12, 4, 1];
      const [a, b, c] = perm as [number, number, number];
      const expected: number[] = [];
      for (let i = 0; i < (size[a] as number); i++)
        for (let j = 0; j < (size[b] as number); j++)
          for (let k = 0; k < (size[c] as number); k++)
            expected.push(
              i * (strides[a] as number) + j * (strides[b] as number) + k * (strides[c] as number),
            );
      const found = graph.constants.get("r");
      expect(found?.shape).toEqual([4, 6]);
      expect(found && [...tensorOf(found).data]).toEqual(expected);
    },
  );

  it("holds equal layouts once, and a large constant that something else reads in one layout only", () => {
    const twice = [
      turn("w", "t", 1, 0),
      turn("w", "u", 1, 0),
      times("t", "a"),
      node("MatMul", ["a", "u"], ["y"]),
    ];
    const graph = folded(twice, [4, 4]);
    expect(graph.nodes.map((each) => each.inputs[1])).toEqual(["t", "t"]);
    const tied = [turn("w", "t", 1, 0), times("t"), node("Gather", ["w", "i"], ["z"])];
    expect(folded(tied, [64, 64], ["y", "z"]).nodes).toHaveLength(3);
    expect(folded(tied, [4, 4], ["y", "z"]).nodes).toHaveLength(2);
  });

  it("leaves an output of the graph, and what is no constant", () => {
    expect(folded([turn("w", "y", 1, 0)], [4, 4]).nodes).toHaveLength(1);
    expect(folded([turn("x", "y", 1, 0)], [4, 4]).nodes).toHaveLength(1);
  });
});
