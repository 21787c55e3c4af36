import { describe, expect, it } from "vitest";
import { float, floats, graphAttribute, int, ints, string, tensorAttribute } from "./attribute.ts";
import * as build from "./build.ts";
import { print } from "./print.ts";
import { branch, graphOf, numbers } from "./simplify/sketch.ts";

describe("print", () => {
  it("one line a value", () => {
    const graph = build.graph({
      name: "net",
      inputs: [
        build.value("x", "float32", ["batch", 3, null]),
        build.untyped("u"),
        build.value("r", "int64"),
      ],
      outputs: [build.value("y", "float32", [1]), build.untyped("z")],
      constants: [numbers("w", [1, 2, 3, 4], [2, 2]), numbers("s", [1], [])],
      nodes: [
        build.node("Conv", ["x", "w", ""], ["a"], {
          kernel_shape: ints([3, 3]),
          group: int(1),
          auto_pad: string('SAME "UPPER"'),
          weights: floats([0.5, 2]),
          names: { type: "strings", value: ["p", "q"] },
          held: tensorAttribute(numbers("t", [1, 2])),
          odd: { type: "opaque" },
          many: { type: "graphs", value: [graphOf([]), graphOf([])] },
        }),
        build.node("Split", ["a"], ["b", "c"]),
        build.node("If", ["u"], ["y"], {
          then_branch: branch([build.node("Neg", ["b"], ["n"])], "n", [numbers("k", [1])]),
        }),
        build.node("Fused", ["c"], ["z"], {}, "", "com.microsoft"),
      ],
    });
    expect(print(graph)).toMatchInlineSnapshot(`
      "graph net (x: float32[batch, 3, ?], u: ?, r: int64) {
        w: float32[2, 2]
        s: float32[]
        a = Conv(x, w, ) {kernel_shape=[3, 3], group=1, auto_pad="SAME \\"UPPER\\"", weights=[0.5, 2], names=[p, q], held=float32[2], odd=…, many=2 graphs}
        b, c = Split(a)
        y = If(u) {then_branch=
          graph graph () {
            k: float32[1]
            n = Neg(b)
            return n: float32
          }}
        z = com.microsoft.Fused(c)
        return y: float32[1], z: ?
      }"
    `);
  });

  it("floats of any magnitude keep their value", () => {
    const values = [
      0,
      1,
      -2.5,
      100,
      1e5,
      123_450,
      1e6,
      1e10,
      1e-5,
      1e-10,
      0.1,
      3.4e38,
      Number.POSITIVE_INFINITY,
    ];
    for (const value of values) {
      const line = print(graphOf([build.node("Op", [], ["y"], { v: float(Math.fround(value)) })]));
      const shown = Number(/v=([^}]*)}/.exec(line)?.[1]);
      expect(shown).toBeCloseTo(value, 12);
      if (Number.isFinite(value)) expect(Math.abs(shown - value)).toBeLessThanOrEqual(Math.abs(value) * 1e-5);
    }
    expect(print(graphOf([build.node("Op", [], ["y"], { epsilon: float(Math.fround(1e-5)) })]))).toContain(
      "epsilon=0.00001}",
    );
  });

  it("inner graphs are indented", () => {
    const inner = graphOf([build.node("If", ["q"], ["y"], { body: branch([], "o") })]);
    const lines = print(graphOf([build.node("Loop", [], ["y"], { body: graphAttribute(inner) })])).split(
      "\n",
    );
    expect(Math.max(...lines.map((line) => line.length - line.trimStart().length))).toBe(10);
  });
});
