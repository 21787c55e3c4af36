import { tensor } from "@bitscape/tensor";
import { expect, it } from "vitest";
import { constantOf } from "../constant.ts";
import { print } from "../print.ts";
import { takeBranches } from "./branches.ts";
import { branch, graphOf, node, numbers } from "./sketch.ts";

const yes = constantOf("p", tensor("bool", [], [1]));
const decided = (inputs = ["x"]) =>
  graphOf(
    [
      node("If", ["p"], ["y"], {
        then_branch: branch([node("Mul", ["x", "k"], ["m"]), node("Neg", ["m"], ["t"])], "t", [
          numbers("k", [2]),
        ]),
        else_branch: branch([node("Exp", ["x"], ["m"])], "m"),
      }),
    ],
    ["y"],
    inputs.includes("p") ? [] : [yes],
    inputs,
  );

it("the branch that is taken stands in place of its If, with ids and names as they were", () => {
  expect(print(takeBranches(decided()))).toMatchInlineSnapshot(`
    "graph graph (x: float32) {
      p: bool[]
      k: float32[1]
      m_1 = Mul(x, k)
      t = Neg(m_1)
      y = Identity(t)
      return y: float32
    }"
  `);
});

it("an If that an input decides stays", () => {
  const graph = decided(["x", "p"]);
  expect(takeBranches(graph)).toBe(graph);
});

it("a name of its own hides the condition outside", () => {
  const inner = graphOf([node("Not", ["q"], ["p"]), ...decided().nodes], ["y"], [], []);
  const graph = graphOf(
    [
      node("If", ["q"], ["z"], {
        then_branch: { type: "graph", value: inner },
        else_branch: branch([node("Exp", ["x"], ["e"])], "e"),
      }),
    ],
    ["z"],
    [yes],
    ["x", "q"],
  );
  expect(takeBranches(graph)).toBe(graph);
});
