import { expect, it } from "vitest";
import { type Branch, groupsAbove, segmentsOf, treeOf } from "./tree.ts";

const drawn = (branches: readonly Branch[], depth = 0): string =>
  branches
    .map((branch) => {
      const head = `${"  ".repeat(depth)}${branch.label}`;
      return branch.kind === "leaf" ? head : `${head} (${branch.path})\n${drawn(branch.children, depth + 1)}`;
    })
    .join("\n");

it("reads scoped and dotted names alike", () => {
  expect(segmentsOf("/layer1/layer1.0/conv1/Conv")).toEqual(["layer1", "0", "conv1", "Conv"]);
  expect(segmentsOf("layer1.0.conv1")).toEqual(["layer1", "0", "conv1"]);
  expect(segmentsOf("fire2/squeeze1x1")).toEqual(["fire2", "squeeze1x1"]);
  expect(segmentsOf("Conv_3")).toEqual(["Conv_3"]);
  expect(segmentsOf("//")).toEqual(["//"]);
});

it("keeps the order, joins lone groups with what they hold, and leaves lone leaves out of groups", () => {
  const ids = [
    "/conv1/Conv",
    "/layer1/layer1.0/conv1/Conv",
    "/layer1/layer1.0/conv2/Conv",
    "/layer1/layer1.1/conv1/Conv",
    "/layer2/layer2.0/conv1/Conv",
    "/layer2/layer2.0/Add",
    "/fc/Gemm",
  ];
  expect(drawn(treeOf(ids))).toBe(
    [
      "conv1/Conv",
      "layer1 (layer1)",
      "  0 (layer1/0)",
      "    conv1/Conv",
      "    conv2/Conv",
      "  1/conv1/Conv",
      "layer2/0 (layer2/0)",
      "  conv1/Conv",
      "  Add",
      "fc/Gemm",
    ].join("\n"),
  );
});

it("leaves out a root that holds all, and has no groups where names have no parts", () => {
  expect(drawn(treeOf(["m/a", "m/b/c", "m/b/d"]))).toBe("a\nb (m/b)\n  c\n  d");
  expect(treeOf(["Conv_0", "Conv_1"]).map(({ kind }) => kind)).toEqual(["leaf", "leaf"]);
});

it("has each name once, whatever the names are", () => {
  const ids = ["a", "a/b", "a/b/c", "a.b.d", "x/a", "a/z", "", "/"];
  const leaves = treeOf(ids).flatMap((branch) => (branch.kind === "leaf" ? [branch.id] : branch.ids));
  expect([...leaves].sort()).toEqual([...ids].sort());
});

it("knows what lies above a leaf", () => {
  const above = groupsAbove(treeOf(["a/b/c", "a/b/d", "a/e", "f"]));
  expect(above.get("a/b/c")).toEqual(["a", "a/b"]);
  expect(above.get("a/e")).toEqual(["a"]);
  expect(above.get("f")).toEqual([]);
});
