// bitscape export: a decision for another tool, the files that belong to it, and what is not in it.

import { writeNpz } from "@bitscape/engine";
import { convNet, samplesOf } from "@bitscape/engine/testing";
import { encodeModel } from "@bitscape/graph";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bitscape, Folder } from "./testing.ts";

let folder: Folder;
let common: string[];

beforeAll(async () => {
  folder = await Folder.make();
  const model = await folder.write("conv.onnx", encodeModel(convNet.model));
  const data = await folder.write("data.npz", await writeNpz(samplesOf(convNet, 24)));
  const defaults = { weight: { format: "int8" }, activation: { format: "uint8", range: "minmax" } };
  const recipe = await folder.write(
    "w8a8.json",
    JSON.stringify({ schema: "bitscape/recipe/1", defaults, repairs: ["bias-correction"] }),
  );
  common = ["export", recipe, "--model", model, "--data", data, "--calibration", "8", "--threads", "1"];
});
afterAll(() => folder.remove());

test("a workflow is written with the Python file that it names beside it, and says what it leaves out", async () => {
  const output = folder.at("w8a8.olive.json");
  const { code, out } = await bitscape([...common, "--for", "olive", "--output", output, "--json"]);
  expect(code).toBe(0);
  const found = JSON.parse(out);
  expect(found).toMatchObject({ output, beside: [folder.at("conv.olive.py")], for: "olive" });
  expect(found.left.join("\n")).toMatch(/^bias-correction: /m);
  expect(await folder.names()).toEqual(expect.arrayContaining(["conv.olive.py", "w8a8.olive.json"]));
});

test("losses come from a sensitivity report, and another file is none", async () => {
  const cells = [{ layer: "second", target: "weight", bits: 8, value: 0.25, n: 12, source: "measured" }];
  const report = await folder.write("found.json", JSON.stringify({ metric: "kl", cells }));
  const asked = [
    ...common,
    "--for",
    "model-explorer",
    "--output",
    folder.at("formats.json"),
    "--sensitivity",
  ];
  const { code, out } = await bitscape([...asked, report, "--json"]);
  expect(code).toBe(0);
  expect(JSON.parse(out).beside).toEqual([folder.at("conv.model-explorer.weights-loss.json")]);
  const wrong = await bitscape([...asked, await folder.write("no.json", "{}")]);
  expect(wrong.code).not.toBe(0);
  expect(wrong.err.join("\n")).toContain("expected what bitscape sensitivity writes");
  const none = await bitscape([...common, "--for", "tvm"]);
  expect(none.err.join("\n")).toContain("expected ort, nncf, olive, netron, model-explorer");
});
