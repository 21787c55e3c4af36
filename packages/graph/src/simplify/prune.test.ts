import { describe, expect, it } from "vitest";
import * as build from "../build.ts";
import { print } from "../print.ts";
import { prune } from "./prune.ts";
import { branch, graphOf, node, numbers } from "./sketch.ts";

describe("prune", () => {
  it("drops what no output needs, and keeps inputs and captures", () => {
    const nodes = [
      node("Relu", ["x"], ["a"]),
      node("Exp", ["a"], ["dead"]),
      node("If", ["c"], ["y"], {
        then_branch: branch([node("Add", ["a", "k"], ["t"]), node("Neg", ["t"], ["gone"])], "t", [
          numbers("u", [1]),
        ]),
      }),
    ];
    const graph = graphOf(
      nodes,
      ["y"],
      [numbers("k", [1]), numbers("unused", [1])],
      ["x", "c", "idle", "unused"],
    );
    const noted = { ...graph, valueInfo: [build.value("dead", "float32"), build.value("a", "float32")] };
    const pruned = prune(noted);
    expect(print(pruned)).toMatchInlineSnapshot(`
      "graph graph (x: float32, c: float32, idle: float32) {
        k: float32[1]
        a = Relu(x)
        y = If(c) {then_branch=
          graph graph () {
            t = Add(a, k)
            return t: float32
          }}
        return y: float32
      }"
    `);
    expect(pruned.valueInfo.map((each) => each.name)).toEqual(["a"]);
    expect(prune(pruned)).toBe(pruned);
  });
});
