import { describe, expect, it } from "vitest";
import { tensorAttribute } from "../attribute.ts";
import * as build from "../build.ts";
import { print } from "../print.ts";
import { simplify } from "./simplify.ts";
import { graphOf, node, numbers } from "./sketch.ts";

describe("simplify", () => {
  it("does it all, and is done after once", () => {
    const nodes = [
      node("Constant", [], ["w"], { value: tensorAttribute(numbers("", [1, 2], [2, 1, 1])) }),
      node("Conv", ["x", "w"], ["t"]),
      node("Identity", ["t"], ["i"]),
      node("BatchNormalization", ["i", "s", "b", "m", "v"], ["n"]),
      node("Dropout", ["n"], ["d"]),
      node("Relu", ["d"], ["r"]),
      node("Identity", ["r"], ["y"]),
      node("Shape", ["x"], ["dead"]),
    ];
    const constants = ["s", "b", "m", "v"].map((name) => numbers(name, [1, 1]));
    const model = simplify(build.model(graphOf(nodes, ["y"], constants, ["x", "s", "b", "m", "v"]), 9));
    expect(print(model.graph)).toMatchInlineSnapshot(`
      "graph graph (x: float32) {
        w: float32[2, 1, 1]
        Conv_t_bias: float32[2]
        n = Conv(x, w, Conv_t_bias)
        y = Relu(n)
        return y: float32
      }"
    `);
    expect(simplify(model)).toBe(model);
  });
});
