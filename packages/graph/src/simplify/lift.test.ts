import { describe, expect, it } from "vitest";
import { graphAttribute, subgraphsOf } from "../attribute.ts";
import { type Constant, tensorOf } from "../constant.ts";
import { capturedBy, type Graph, linksOf } from "../graph.ts";
import { print } from "../print.ts";
import { liftConstants } from "./lift.ts";
import { branch, graphOf, node, numbers } from "./sketch.ts";

const every = () => true;
const values = (graph: Graph) =>
  Object.fromEntries([...graph.constants].map(([name, each]) => [name, [...tensorOf(each).data]]));
const bodies = (graph: Graph): Graph[] =>
  graph.nodes.flatMap((each) => subgraphsOf(each).flatMap(([, body]) => [body, ...bodies(body)]));

/** If with a weight called "w" in both branches, and one in the main graph. */
const twins = () =>
  graphOf(
    [
      node("Add", ["x", "w"], ["a"]),
      node("If", ["p"], ["y"], {
        then_branch: branch([node("Mul", ["a", "w"], ["t"])], "t", [numbers("w", [1])]),
        else_branch: branch([node("Sub", ["a", "w"], ["e"])], "e", [numbers("w", [2])]),
      }),
    ],
    ["y"],
    [numbers("w", [0])],
    ["x", "p"],
  );

describe("liftConstants", () => {
  it("equal names in both branches become different ones", () => {
    const lifted = liftConstants(twins(), every);
    expect(values(lifted)).toEqual({ w: [0], w_1: [1], w_2: [2] });
    expect(print(lifted)).toMatchInlineSnapshot(`
      "graph graph (x: float32, p: float32) {
        w: float32[1]
        w_1: float32[1]
        w_2: float32[1]
        a = Add(x, w)
        y = If(p) {then_branch=
          graph graph () {
            t = Mul(a, w_1)
            return t: float32
          }, else_branch=
          graph graph () {
            e = Sub(a, w_2)
            return e: float32
          }}
        return y: float32
      }"
    `);
    expect(bodies(lifted).every((body) => body.constants.size === 0)).toBe(true);
    // Each branch now captures its own.
    expect(bodies(lifted).map((body) => [...capturedBy(body)])).toEqual([
      ["a", "w_1"],
      ["a", "w_2"],
    ]);
    expect(
      linksOf(lifted)
        .consumers.get("w")
        ?.map((each) => each.op),
    ).toEqual(["Add"]);
  });

  it("takes what is wanted, and leaves the rest identical", () => {
    const graph = twins();
    const two = (each: Constant) => tensorOf(each).data[0] === 2;
    const lifted = liftConstants(graph, two);
    expect(values(lifted)).toEqual({ w: [0], w_1: [2] });
    expect(lifted.nodes[0]).toBe(graph.nodes[0]);
    expect(bodies(lifted)[0]).toBe(bodies(graph)[0]);
    expect(lifted.nodes.map((each) => each.id)).toEqual(graph.nodes.map((each) => each.id));
    expect(liftConstants(graph, () => false)).toBe(graph);
  });

  it("reaches graphs within graphs, where inner names hide outer ones", () => {
    const inner = graphOf([node("Add", ["k", "w"], ["o"])], ["o"], [numbers("w", [5])], []);
    const outer = graphOf(
      [
        node("Neg", ["w"], ["n"]),
        node("Loop", ["n"], ["o2"], { body: graphAttribute(inner) }),
        node("Add", ["o2", "w"], ["z"]),
      ],
      ["z"],
      [numbers("w", [3]), numbers("k", [4])],
      [],
    );
    const graph = graphOf(
      [node("If", ["p"], ["y"], { then_branch: graphAttribute(outer) })],
      ["y"],
      [],
      ["p"],
    );
    const lifted = liftConstants(graph, every);
    expect(values(lifted)).toEqual({ w_1: [3], k_1: [4], w_2: [5] });
    const [then, loop] = bodies(lifted) as [Graph, Graph];
    expect(then.nodes.map((each) => each.inputs)).toEqual([["w_1"], ["n"], ["o2", "w_1"]]);
    expect(loop.nodes.map((each) => each.inputs)).toEqual([["k_1", "w_2"]]);
    expect([...capturedBy(lifted)]).toEqual([]);
  });

  it("leaves a constant that a body gives out, or lists as its input", () => {
    const body = graphOf(
      [node("Add", ["i", "c"], ["o"])],
      ["o", "c"],
      [numbers("c", [1]), numbers("i", [2])],
      ["i"],
    );
    const graph = graphOf([node("Loop", [], ["y"], { body: graphAttribute(body) })]);
    expect(liftConstants(graph, every)).toBe(graph);
  });
});
