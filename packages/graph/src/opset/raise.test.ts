import { describe, expect, it } from "vitest";
import { graphAttribute, ints } from "../attribute.ts";
import * as build from "../build.ts";
import { raiseOpset } from "./raise.ts";
import { constants, graphOf, one, raised } from "./sketch.ts";

describe("a model", () => {
  it("keeps what did not change, and gets the IR version of its opset", () => {
    const graph = graphOf([
      ...one("Relu", {}, ["x"], ["r"]),
      build.node("Squeeze", ["r"], ["y"], { axes: ints([0]) }),
    ]);
    const model = raiseOpset(build.model(graph, 9), 21);
    expect(model.opsets.get("")).toBe(21);
    expect(model.irVersion).toBe(10);
    expect(model.graph.nodes[0]).toBe(graph.nodes[0]);
    expect(model.graph.nodes[1]?.id).toBe(graph.nodes[1]?.id);
    expect(raiseOpset(build.model(graph, 9), 12).graph).toBe(graph);
    expect(raiseOpset(build.model(graph, 9, 11), 12).irVersion).toBe(11);
    expect(raiseOpset(model, 13)).toBe(model);
  });

  it("keeps initializers constant that IR version 3 lists as inputs", () => {
    const graph = graphOf(one("Add", {}, ["x", "w"]), { constants: [constants("w", [1])], more: ["w"] });
    expect(raiseOpset(build.model(graph, 8), 21).graph.inputs.map((each) => each.name)).toEqual(["x"]);
  });

  it("is raised inside its nodes too, with names that nothing else has", () => {
    const then = build.graph({
      nodes: [build.node("Squeeze", ["x"], ["t"], { axes: ints([0]) }, "n")],
      inputs: [],
      outputs: [build.value("t", "float32")],
    });
    const nodes = [build.node("If", ["c"], ["y"], { then_branch: graphAttribute(then) }, "if")];
    const taken = constants("n_axes", [1]);
    expect(raised(9, 21, nodes, { constants: [taken] })).toMatchInlineSnapshot(`
      "n_axes = float32[1] 1
      y = If(c) {then_branch=
        graph graph () {
          n_axes_1: int64[1]
          t = Squeeze(x, n_axes_1)
          return t: float32
        }}"
    `);
  });

  it("of another range is refused", () => {
    const model = build.model(graphOf(one("Relu")), 6);
    expect(() => raiseOpset(model, 21)).toThrowErrorMatchingInlineSnapshot(
      `[Unsupported: opset: 6, expected at least 7]`,
    );
    expect(() => raiseOpset(model, 27)).toThrowErrorMatchingInlineSnapshot(
      `[Error: opset: 27, expected at most 26]`,
    );
  });

  it("leaves other domains alone", () => {
    const node = build.node("Squeeze", ["x"], ["y"], { axes: ints([0]) }, "n", "com.example");
    const graph = graphOf([node]);
    expect(raiseOpset(build.model(graph, 9), 21).graph).toBe(graph);
  });
});
