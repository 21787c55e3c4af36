import { describe, expect, it } from "vitest";
import { float, floats, int, ints, string, tensorAttribute } from "../attribute.ts";
import * as build from "../build.ts";
import { tensorOf } from "../constant.ts";
import { print } from "../print.ts";
import { fixInitializers, hoistConstants } from "./constants.ts";
import { graphOf, node, numbers } from "./sketch.ts";

describe("constants", () => {
  it("leave their nodes, in every form but text", () => {
    const nodes = [
      node("Constant", [], ["a"], { value: tensorAttribute(numbers("", [1, 2])) }),
      node("Constant", [], ["b"], { value_float: float(0.5) }),
      node("Constant", [], ["c"], { value_floats: floats([1, 2]) }),
      node("Constant", [], ["d"], { value_int: int(3) }),
      node("Constant", [], ["e"], { value_ints: ints([4, 5, 6]) }),
      node("Constant", [], ["f"], { value_string: string("text") }),
      node("Constant", [], ["z"], { value_float: float(1) }),
      node("Many", ["a", "b", "c", "d", "e", "f"], ["y"]),
    ];
    const graph = hoistConstants(graphOf(nodes, ["y", "z"]));
    expect(print(graph)).toMatchInlineSnapshot(`
      "graph graph (x: float32) {
        a: float32[2]
        b: float32[]
        c: float32[2]
        d: int64[]
        e: int64[3]
        f = Constant() {value_string="text"}
        z = Constant() {value_float=1}
        y = Many(a, b, c, d, e, f)
        return y: float32, z: float32
      }"
    `);
    const values = [...graph.constants.values()].map((each) => Array.from(tensorOf(each).data, Number));
    expect(values).toEqual([[1, 2], [0.5], [1, 2], [3], [4, 5, 6]]);
  });

  it("are no inputs", () => {
    const graph = graphOf([node("Add", ["x", "w"], ["y"])], ["y"], [numbers("w", [1])], ["x", "w"]);
    const fixed = fixInitializers(build.model(graph, 8));
    expect(fixed.irVersion).toBe(4);
    expect(fixed.graph.inputs.map((each) => each.name)).toEqual(["x"]);
    expect(fixInitializers(fixed)).toBe(fixed);
  });
});
