import type { GraphOutline } from "@bitscape/engine";
import { expect, it } from "vitest";
import { found, modulesOf, neighboursOf, sceneOf } from "./graphScene.ts";

const node = (id: string, op = "Conv", layer?: string) => ({
  id,
  op,
  shape: null,
  ...(layer !== undefined && { layer }),
});

const outline: GraphOutline = {
  nodes: [
    node("input:a/b", "Input"),
    node("a/x", "Conv", "a/x"),
    node("a/relu", "Relu"),
    node("a/y", "Conv", "a/y"),
    node("b/tied", "Conv", "a/x"),
    node("b/add", "Add", "b/add"),
    node("output:y", "Output"),
  ],
  edges: [
    [0, 1],
    [1, 2],
    [2, 3],
    [2, 5],
    [3, 4],
    [4, 5],
    [5, 6],
  ].map(([from, to]) => ({ from: from as number, to: to as number })),
};
const tree = modulesOf(outline);

it("draws every node where all modules are open, and knows where each layer is", () => {
  const scene = sceneOf(outline, tree, () => true);
  expect(scene.nodes.map(({ key }) => key)).toEqual(outline.nodes.map(({ id }) => id));
  expect(scene.nodes.map(({ label }) => label)).toEqual(["a/b", "x", "relu", "y", "tied", "add", "y"]);
  expect(scene.edges).toEqual(outline.edges);
  // The row of a shared weight is where its own node is.
  expect(scene.nodeOf.get("a/x")).toBe(1);
});

it("has one node for a closed module, and each edge between modules once", () => {
  const scene = sceneOf(outline, tree, () => false);
  expect(scene.nodes.map(({ key }) => key)).toEqual(["input:a/b", "module a", "module b", "output:y"]);
  expect(scene.nodes[1]).toMatchObject({ op: "3 nodes", layers: ["a/x", "a/y"], node: null });
  expect(scene.edges).toEqual([
    { from: 0, to: 1 },
    { from: 1, to: 2 },
    { from: 2, to: 3 },
  ]);
  expect(scene.nodeOf.get("a/x")).toBe(1);
  expect(scene.nodeOf.get("b/add")).toBe(2);
});

it("knows who feeds whom", () => {
  const { before, after } = neighboursOf(sceneOf(outline, tree, () => true));
  expect(before[5]).toEqual([2, 4]);
  expect(after[2]).toEqual([3, 5]);
});

it("finds nodes by name and operator, those in closed modules too", () => {
  const open = sceneOf(outline, tree, () => true);
  expect(found(open, outline, "conv a")).toEqual([1, 3]);
  expect(found(open, outline, " ")).toEqual([]);
  expect(
    found(
      sceneOf(outline, tree, () => false),
      outline,
      "relu",
    ),
  ).toEqual([1]);
});
