import { tensor } from "@bitscape/tensor";
import { describe, expect, it } from "vitest";
import { type Constant, constantOf } from "../constant.ts";
import type { Node } from "../graph.ts";
import { print } from "../print.ts";
import { removeIdentities } from "./identity.ts";
import { branch, graphOf, node, numbers } from "./sketch.ts";

describe("removeIdentities", () => {
  const through = (nodes: readonly Node[], outputs?: string[], constants?: Constant[]) =>
    print(removeIdentities(graphOf(nodes, outputs, constants)));

  it("joins chains, and gives graph outputs their names back", () => {
    const nodes = [
      node("Relu", ["x"], ["a"]),
      node("Identity", ["a"], ["b"]),
      node("Identity", ["b"], ["c"]),
      node("Exp", ["c"], ["d"]),
      node("Identity", ["c"], ["y"]),
      node("Identity", ["d"], ["z"]),
    ];
    expect(through(nodes, ["y", "z"])).toMatchInlineSnapshot(`
      "graph graph (x: float32) {
        y = Relu(x)
        z = Exp(y)
        return y: float32, z: float32
      }"
    `);
  });

  it("keeps one that a graph output needs: from an input, a constant, or another output", () => {
    const nodes = [
      node("Identity", ["x"], ["y"]),
      node("Identity", ["k"], ["z"]),
      node("Relu", ["x"], ["v"]),
      node("Identity", ["v"], ["w"]),
    ];
    const graph = graphOf(nodes, ["y", "z", "v", "w"], [numbers("k", [1])]);
    expect(removeIdentities(graph)).toBe(graph);
  });

  it("takes Dropout in inference", () => {
    expect(
      through([node("Dropout", ["x"], ["a", "mask"]), node("Relu", ["a"], ["y"])]),
    ).toMatchInlineSnapshot(`
      "graph graph (x: float32) {
        y = Relu(x)
        return y: float32
      }"
    `);
    const off = constantOf("t", tensor("bool", [], [0]));
    const on = constantOf("t", tensor("bool", [], [1]));
    const training = [node("Dropout", ["x", "", "t"], ["a"]), node("Relu", ["a"], ["y"])];
    expect(removeIdentities(graphOf(training, ["y"], [off])).nodes).toHaveLength(1);
    expect(removeIdentities(graphOf(training, ["y"], [on])).nodes).toHaveLength(2);
    expect(removeIdentities(graphOf(training, ["y"], [], ["x", "t"])).nodes).toHaveLength(2);
    const read = [node("Dropout", ["x"], ["a", "mask"]), node("Add", ["a", "mask"], ["y"])];
    expect(removeIdentities(graphOf(read)).nodes).toHaveLength(2);
  });

  it("follows captures into the graphs inside nodes, and works there", () => {
    const nodes = [
      node("Relu", ["x"], ["a"]),
      node("Identity", ["a"], ["b"]),
      node("If", ["c"], ["y"], {
        then_branch: branch([node("Exp", ["b"], ["e"]), node("Identity", ["e"], ["t"])], "t"),
        else_branch: branch([node("Identity", ["b"], ["u"])], "u"),
      }),
    ];
    expect(through(nodes)).toMatchInlineSnapshot(`
      "graph graph (x: float32) {
        a = Relu(x)
        y = If(c) {then_branch=
          graph graph () {
            t = Exp(a)
            return t: float32
          }, else_branch=
          graph graph () {
            u = Identity(a)
            return u: float32
          }}
        return y: float32
      }"
    `);
  });
});
