import { tensor } from "@bitscape/tensor";
import { describe, expect, it } from "vitest";
import { float, graphAttribute, int, tensorAttribute } from "../attribute.ts";
import * as build from "../build.ts";
import { type Constant, constantOf } from "../constant.ts";
import type { Model, Node } from "../graph.ts";
import { print } from "../print.ts";
import { constantSubgraph, replaceByConstants } from "./fold.ts";
import { node, numbers } from "./sketch.ts";

function modelOf(
  nodes: readonly Node[],
  outputs = ["y"],
  constants: Constant[] = [numbers("k", [1, 2])],
): Model {
  const graph = build.graph({
    nodes,
    constants,
    inputs: [build.value("x", "float32", [1, 2])],
    outputs: outputs.map((name) => build.value(name, "float32")),
  });
  return build.model(graph);
}

describe("constantSubgraph", () => {
  it("takes what depends on constants alone, up to what others read", () => {
    const nodes = [
      node("Constant", [], ["c"], { value: tensorAttribute(numbers("", [3])) }),
      node("Constant", [], ["d"], { value_float: float(1) }),
      node("Add", ["k", "c"], ["a"]),
      node("Mul", ["a", "d"], ["b"]),
      node("Neg", ["a"], ["unread"]),
      node("Add", ["x", "b"], ["y"]),
      node("Exp", ["b"], ["z"]),
    ];
    const found = constantSubgraph(modelOf(nodes, ["y", "z"]));
    expect(found?.values).toEqual(["b", "z"]);
    expect(
      print(found ? found.model.graph : build.graph({ nodes: [], inputs: [], outputs: [] })),
    ).toMatchInlineSnapshot(`
      "graph constants () {
        k: float32[2]
        c: float32[1]
        d = Constant() {value_float=1}
        a = Add(k, c)
        b = Mul(a, d)
        z = Exp(b)
        return b: ?, z: float32
      }"
    `);
  });

  it.each([
    ["random values", [node("RandomNormalLike", ["k"], ["a"]), node("Add", ["x", "a"], ["y"])]],
    ["quantization", [node("QuantizeLinear", ["k", "k"], ["a"]), node("Add", ["x", "a"], ["y"])]],
    [
      "other domains",
      [build.node("F", ["k"], ["a"], {}, "f", "com.example"), node("Add", ["x", "a"], ["y"])],
    ],
    ["constants alone", [node("Add", ["x", "k"], ["y"])]],
    ["shapes of inputs", [node("Shape", ["x"], ["s"]), node("Reshape", ["x", "s"], ["y"])]],
  ])("leaves %s", (_, nodes) => {
    expect(constantSubgraph(modelOf(nodes))).toBeUndefined();
  });

  it("takes If where its branches capture constants only, and draw nothing at random", () => {
    const inner = (op: string, from: string) =>
      graphAttribute(
        build.graph({ nodes: [node(op, [from], ["t"])], inputs: [], outputs: [build.value("t", "float32")] }),
      );
    const model = (op: string, from: string) =>
      modelOf([
        node("If", ["k"], ["a"], { then_branch: inner(op, from), else_branch: inner("Neg", "k") }),
        node("Add", ["x", "a"], ["y"]),
      ]);
    expect(constantSubgraph(model("Exp", "k"))?.values).toEqual(["a"]);
    expect(constantSubgraph(model("Exp", "x"))).toBeUndefined();
    expect(constantSubgraph(model("RandomUniformLike", "k"))).toBeUndefined();
  });

  it("starts from known values", () => {
    const nodes = [
      node("Shape", ["x"], ["s"]),
      node("Gather", ["s", "i"], ["g"], { axis: int(0) }),
      node("Reshape", ["x", "g"], ["y"]),
    ];
    const model = modelOf(nodes, ["y"], [constantOf("i", tensor("int64", [2], [1, 0]))]);
    const known = new Map([["s", tensor("int64", [2], [1, 2])]]);
    const found = constantSubgraph(model, { known });
    expect(found?.values).toEqual(["g"]);
    expect(
      print(found ? found.model.graph : build.graph({ nodes: [], inputs: [], outputs: [] })),
    ).toMatchInlineSnapshot(`
      "graph constants () {
        i: int64[2]
        s: int64[2]
        g = Gather(s, i) {axis=0}
        return g: ?
      }"
    `);
  });
});

describe("replaceByConstants", () => {
  const nodes = [
    node("Add", ["k", "k"], ["a"]),
    node("Split", ["a"], ["p", "q"]),
    node("Mul", ["p", "q"], ["m"]),
    node("Add", ["x", "m"], ["y"]),
  ];

  it("puts values in and removes what only they needed", () => {
    const { graph } = modelOf(nodes);
    const replaced = replaceByConstants(graph, new Map([["m", numbers("anything", [1])]]));
    expect(print(replaced)).toMatchInlineSnapshot(`
      "graph graph (x: float32[1, 2]) {
        m: float32[1]
        y = Add(x, m)
        return y: float32
      }"
    `);
    expect(replaced.nodes[0]).toBe(graph.nodes[3]);
  });

  it("leaves a node's other outputs", () => {
    const replaced = replaceByConstants(modelOf(nodes).graph, new Map([["p", numbers("p", [1])]]));
    expect(print(replaced)).toMatchInlineSnapshot(`
      "graph graph (x: float32[1, 2]) {
        k: float32[2]
        p: float32[1]
        a = Add(k, k)
        p_unused, q = Split(a)
        m = Mul(p, q)
        y = Add(x, m)
        return y: float32
      }"
    `);
  });

  it("ignores values that no node makes", () => {
    const { graph } = modelOf(nodes);
    expect(replaceByConstants(graph, new Map([["k", numbers("k", [1])]]))).toBe(graph);
  });
});
