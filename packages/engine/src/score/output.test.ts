import { build, int, type Node } from "@bitscape/graph";
import { expect, test } from "vitest";
import { openSmall } from "../testing/data.ts";
import { integers, smallNet } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { outputKind } from "./output.ts";

const { node } = build;

async function kindOf(shape: readonly number[], nodes: readonly Node[], labelled = false, outputs = ["y"]) {
  const constants = [integers("flat", [0, -1]), integers("tall", [0, 0, 1, 1])];
  const net = smallNet("kind", { inputs: { x: { shape } }, nodes, constants, outputs });
  return outputKind(await openSmall(net, wasmRuntime), labelled);
}

const relu = [node("Relu", ["x"], ["y"])];

test.each<[string, readonly number[], readonly Node[], boolean, unknown]>([
  ["rank 2: logits", [10], relu, false, { form: "logits", classes: 10 }],
  ["rank 2 of one column: values", [1], relu, false, "values"],
  ["[N, C, 1, 1]: logits", [10, 1, 1], relu, false, { form: "logits", classes: 10 }],
  ["a Softmax", [10], [node("Softmax", ["x"], ["y"])], false, { form: "probabilities", classes: 10 }],
  [
    "a LogSoftmax",
    [10],
    [node("LogSoftmax", ["x"], ["y"])],
    false,
    { form: "logProbabilities", classes: 10 },
  ],
  [
    "a Softmax behind a Flatten",
    [10, 1, 1],
    [node("Softmax", ["x"], ["s"], { axis: int(1) }), node("Flatten", ["s"], ["y"])],
    false,
    { form: "probabilities", classes: 10 },
  ],
  [
    "a Softmax over positions",
    [5, 7],
    [node("Softmax", ["x"], ["y"])],
    false,
    { form: "probabilities", classes: 7 },
  ],
  ["rank 3 with labels: a class a position", [5, 7], relu, true, { form: "logits", classes: 7 }],
  ["rank 3 without: values", [5, 7], relu, false, "values"],
  ["an image: values, labels or not", [3, 8, 8], relu, true, "values"],
  ["a Softmax within an image: values", [3, 8, 8], [node("Softmax", ["x"], ["y"])], false, "values"],
  [
    "a Sigmoid behind a Softmax: logits",
    [10],
    [node("Softmax", ["x"], ["s"]), node("Sigmoid", ["s"], ["y"])],
    false,
    { form: "logits", classes: 10 },
  ],
])("%s", async (_, shape, nodes, labelled, expected) => {
  const found = await kindOf(shape, nodes, labelled);
  expect(found).toEqual(
    expected === "values"
      ? { kind: "values", outputs: ["y"] }
      : { kind: "classes", output: "y", ...(expected as object) },
  );
});

test("all float outputs are compared; the first decides whether they are classes", async () => {
  const nodes = [node("Exp", ["x"], ["a"]), node("Relu", ["x"], ["b"])];
  expect(await kindOf([3, 4, 4], nodes, false, ["a", "b"])).toEqual({ kind: "values", outputs: ["a", "b"] });
  expect(await kindOf([4], nodes, false, ["b", "a"])).toMatchObject({ kind: "classes", output: "b" });
});
