import { describe, expect, it } from "vitest";
import { graphAttribute, subgraphsOf } from "../attribute.ts";
import { capturedBy, type Graph } from "../graph.ts";
import { print } from "../print.ts";
import { hoistInvariants } from "./hoist.ts";
import { prune } from "./prune.ts";
import { branch, graphOf, node, numbers } from "./sketch.ts";

const hoisted = (graph: Graph) => print(prune(hoistInvariants(graph)));

describe("hoistInvariants", () => {
  it("moves what branches compute from constants, their own too, and keeps names that are nowhere else", () => {
    const graph = graphOf(
      [
        node("If", ["p"], ["y"], {
          then_branch: branch(
            [node("Mul", ["W", "k"], ["m"]), node("Neg", ["m"], ["n"]), node("Add", ["x", "n"], ["t"])],
            "t",
            [numbers("k", [2])],
          ),
          else_branch: branch([node("Mul", ["W", "k"], ["m"]), node("Sub", ["x", "m"], ["e"])], "e", [
            numbers("k", [3]),
          ]),
        }),
      ],
      ["y"],
      [numbers("W", [1])],
      ["x", "p"],
    );
    expect(hoisted(graph)).toMatchInlineSnapshot(`
      "graph graph (x: float32, p: float32) {
        W: float32[1]
        k_1: float32[1]
        k_2: float32[1]
        m_1 = Mul(W, k_1)
        n = Neg(m_1)
        m_2 = Mul(W, k_2)
        y = If(p) {then_branch=
          graph graph () {
            t = Add(x, n)
            return t: float32
          }, else_branch=
          graph graph () {
            e = Sub(x, m_2)
            return e: float32
          }}
        return y: float32
      }"
    `);
  });

  it("reaches through two levels, and renames what the levels between read", () => {
    const inner = branch([node("Mul", ["a", "k"], ["b"]), node("Add", ["x", "b"], ["t"])], "t");
    const middle = branch(
      [
        node("Exp", ["k"], ["a"]),
        node("If", ["p"], ["u"], {
          then_branch: inner,
          else_branch: branch([node("Add", ["x", "a"], ["v"])], "v"),
        }),
      ],
      "u",
      [numbers("k", [2])],
    );
    const graph = graphOf(
      [
        node("If", ["p"], ["y"], {
          then_branch: middle,
          else_branch: branch([node("Neg", ["x"], ["w"])], "w"),
        }),
      ],
      ["y"],
      [],
      ["x", "p"],
    );
    const found = prune(hoistInvariants(graph));
    expect(found.nodes.map((each) => each.op)).toEqual(["Exp", "Mul", "If"]);
    const [, , outer] = found.nodes;
    const [[, then] = ["", found]] = outer ? subgraphsOf(outer) : [];
    expect([...capturedBy(then)].sort()).toEqual(["a", "b", "p", "x"]);
  });

  it("leaves what depends on a loop, on an input, or on chance, and what a body gives back", () => {
    const body = branch(
      [
        node("Add", ["s", "k"], ["a"]),
        node("RandomNormalLike", ["k"], ["r"]),
        node("Mul", ["r", "k"], ["b"]),
        node("Neg", ["k"], ["n"]),
      ],
      "n",
      [numbers("k", [1])],
    );
    const loop = { ...(body as { value: Graph }).value, inputs: graphOf([], [], [], ["s"]).inputs };
    const graph = graphOf(
      [node("Loop", ["c", "", "x"], ["y"], { body: graphAttribute(loop) })],
      ["y"],
      [],
      ["x", "c"],
    );
    expect(hoistInvariants(graph)).toBe(graph);
  });
});
