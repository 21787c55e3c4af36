import { create } from "@bufbuild/protobuf";
import { AttributeProto_AttributeType as Kind, ModelProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { graphAttribute, subgraphsOf, tensorAttribute } from "./attribute.ts";
import * as build from "./build.ts";
import { decodeModel } from "./decode.ts";
import { encodeModel } from "./encode.ts";
import { fileOf } from "./everything.sketch.ts";
import { capturedBy, type Graph, linksOf, opsetOf, readsOf, trueInputs } from "./graph.ts";
import { branch, graphOf, node, numbers } from "./simplify/sketch.ts";

const ids = (graph: Graph): string[] =>
  graph.nodes.flatMap((each) => [each.id, ...subgraphsOf(each).flatMap(([, body]) => ids(body))]);

describe("links", () => {
  const held = numbers("", [1, 2]);
  const inner = branch([node("Add", ["t", "b"], ["u"])], "u"); // t is the branch's, b the main graph's
  const graph = graphOf(
    [
      node("Constant", [], ["c"], { value: tensorAttribute(held) }),
      node("Mul", ["x", "x"], ["a"]),
      node("Relu", ["a"], ["b", ""]),
      node("If", ["p"], ["i"], {
        then_branch: branch(
          [node("Add", ["a", "w"], ["t"]), node("If", ["p"], ["v"], { then_branch: inner })],
          "v",
        ),
        else_branch: branch([], "c"), // an output that is captured
      }),
      node("Clip", ["i", "", "k"], ["y"]),
    ],
    ["y", "a"],
    [numbers("k", [3])],
    ["x", "p"],
  );
  const links = linksOf(graph);

  it("producers: nodes, not inputs or initializers", () => {
    expect([...links.producer].map(([name, { op }]) => `${name} ${op}`)).toEqual([
      "c Constant",
      "a Mul",
      "b Relu",
      "i If",
      "y Clip",
    ]);
  });

  it("consumers: each once, in order, captures of inner graphs included", () => {
    const found = Object.fromEntries(
      [...links.consumers].map(([name, nodes]) => [name, nodes.map((each) => each.op)]),
    );
    expect(found).toEqual({
      x: ["Mul"],
      a: ["Relu", "If"],
      p: ["If"],
      w: ["If"],
      b: ["If"],
      c: ["If"],
      i: ["Clip"],
      k: ["Clip"],
    });
  });

  it("constants: initializers, and Constant nodes by their output", () => {
    expect([...links.constants.keys()]).toEqual(["k", "c"]);
    expect(links.constants.get("c")).toMatchObject({ name: "c", shape: [2] });
    expect(graph.constants.has("c")).toBe(false);
  });

  it("outputs, and the same answer twice", () => {
    expect([...links.outputs]).toEqual(["y", "a"]);
    expect(linksOf(graph)).toBe(links);
    expect(linksOf({ ...graph })).not.toBe(links);
  });

  it("what a graph makes itself it does not capture", () => {
    expect([...capturedBy(graph)]).toEqual(["w"]);
    const body = graphOf([node("Add", ["s", "outer"], ["s2"])], ["s2", "other"], [numbers("k", [1])], ["s"]);
    expect([...capturedBy(body)].sort()).toEqual(["other", "outer"]);
    expect(readsOf(node("Loop", ["n", ""], ["r"], { body: graphAttribute(body) }))).toEqual([
      "n",
      "outer",
      "other",
    ]);
  });

  it("true inputs", () => {
    const old = graphOf([], ["k"], [numbers("k", [3])], ["x", "k"]);
    expect(trueInputs(old).map((input) => input.name)).toEqual(["x"]);
  });
});

describe("ids", () => {
  const decoded = (names: readonly string[], inner: readonly string[] = []) => {
    const body = { output: [{ name: "o" }], node: inner.map((name) => ({ opType: "Relu", name })) };
    const nodes = names.map((name) => ({ opType: "Relu", name, input: ["x"], output: ["y"] }));
    return decodeModel(
      fileOf(
        create(ModelProtoSchema, {
          irVersion: 8n,
          graph: {
            node: [
              ...nodes,
              { opType: "If", attribute: ["a", "b"].map((name) => ({ name, type: Kind.GRAPH, g: body })) },
            ],
          },
        }),
      ),
    );
  };

  it.each([
    ["nameless", ["", "", ""], ["", ""]],
    ["the same name", ["n", "n", "n"], ["n", "n"]],
    ["names like those that we give", ["", "Relu_0", "Relu_2", "Relu_0", ""], ["Relu_4", "", "If_5"]],
    // The third is called as the second "a" is renamed to; so is the fourth.
    ["names like those that we give to namesakes", ["a_2", "a", "a", "a_2_3", "a_2"], ["a_2_6", "a", "a_2"]],
  ])("%s: unique in the whole model, and they survive a round trip", (_, names, inner) => {
    const model = decoded(names, inner);
    const found = ids(model.graph);
    expect(found).toHaveLength(names.length + 1 + 2 * inner.length);
    expect(new Set(found).size).toBe(found.length);
    expect(ids(decodeModel(encodeModel(model)).graph)).toEqual(found);
    // A name that is unique is the id.
    model.graph.nodes.forEach(({ name, id }) => {
      if (name !== "" && names.indexOf(name) === names.lastIndexOf(name) && !inner.includes(name)) {
        if (!/_\d+$/.test(name)) expect(id).toBe(name);
      }
    });
  });

  it("known ids", () => {
    expect(ids(decoded(["", "conv", "conv", ""], [""]).graph)).toEqual([
      "Relu_0",
      "conv",
      "conv_2",
      "Relu_3",
      "If_4",
      "Relu_5",
      "Relu_6",
    ]);
  });
});

describe("build", () => {
  it("names a nameless node by what it makes", () => {
    expect(build.node("Relu", ["x"], ["y"])).toMatchObject({ id: "Relu_y", name: "Relu_y", domain: "" });
    expect(build.node("Relu", ["x"], ["y"], {}, "act", "my")).toMatchObject({
      id: "act",
      name: "act",
      domain: "my",
    });
  });

  it("the IR version that came with each opset", () => {
    // onnx/docs/Versioning.md, the table of releases.
    const table = {
      7: 3,
      8: 3,
      9: 4,
      10: 5,
      11: 6,
      12: 7,
      13: 7,
      14: 7,
      15: 8,
      18: 8,
      19: 9,
      20: 9,
      21: 10,
      22: 10,
    };
    for (const [opset, ir] of Object.entries(table))
      expect([opset, build.irVersionFor(Number(opset))]).toEqual([opset, ir]);
    expect([23, 24, 25, 26].map(build.irVersionFor)).toEqual([11, 12, 13, 13]);
    const model = build.model(graphOf([]), 21);
    expect([model.irVersion, opsetOf(model)]).toEqual([10, 21]);
    expect(opsetOf({ ...model, opsets: new Map() })).toBe(1);
  });

  it("what is built survives a file", () => {
    const graph = build.graph({
      name: "built",
      nodes: [build.node("Relu", ["x"], ["y"])],
      inputs: [build.value("x", "float32", ["n", 3, null]), build.value("r", "int8")],
      outputs: [build.untyped("y")],
      constants: [numbers("k", [1, 2, 3], [3, 1])],
    });
    const again = decodeModel(encodeModel(build.model(graph, 21))).graph;
    const plain = ({ name, dtype, shape }: (typeof again.inputs)[0]) => ({ name, dtype, shape });
    expect(again.inputs.map(plain)).toEqual([
      { name: "x", dtype: "float32", shape: ["n", 3, null] },
      { name: "r", dtype: "int8", shape: undefined },
    ]);
    expect(again.outputs.map(plain)).toEqual([{ name: "y", dtype: undefined, shape: undefined }]);
    expect(again.constants.get("k")?.bytes()).toEqual(graph.constants.get("k")?.bytes());
  });
});
