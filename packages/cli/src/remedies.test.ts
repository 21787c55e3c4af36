// bitscape remedies: its document, its table, and what it refuses.

import { writeNpz } from "@bitscape/engine";
import { convNet, samplesOf } from "@bitscape/engine/testing";
import { encodeModel } from "@bitscape/graph";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bitscape, Folder } from "./testing.ts";

let folder: Folder;
let model: string;
let recipe: string;
let common: string[];

beforeAll(async () => {
  folder = await Folder.make();
  model = await folder.write("conv.onnx", encodeModel(convNet.model));
  const data = await folder.write("data.npz", await writeNpz(samplesOf(convNet, 24)));
  const defaults = { weight: { format: "int3", granularity: "tensor" } };
  recipe = await folder.write("w3.json", JSON.stringify({ schema: "bitscape/recipe/1", defaults }));
  common = ["--data", data, "--calibration", "12", "--threads", "1", "--recipe", recipe];
});
afterAll(() => folder.remove());

test("a document with what was found and what each remedy gains; the recipe with one is measured as it says", async () => {
  const asked = ["remedies", model, ...common, "--of", "second:weight"];
  const { code, out } = await bitscape([...asked, "--json"]);
  expect(code).toBe(0);
  const found = JSON.parse(out);
  expect(found).toMatchObject({ layer: "second", target: "weight", complete: true });
  expect(found.remedies.length).toBeGreaterThan(10);
  const best = found.remedies.find((each: { kind: string }) => each.kind === "bits");
  expect(best.scheme.format).toBe("int4");
  // By another way: the file that the recipe with it gives is as long as promised.
  const treated = {
    schema: "bitscape/recipe/1",
    defaults: { weight: { format: "int3", granularity: "tensor" } },
    layers: { second: { weight: best.scheme } },
  };
  const file = await folder.write("treated.json", JSON.stringify(treated));
  const written = folder.at("treated.onnx");
  const quantized = await bitscape([
    "quantize",
    model,
    "--recipe",
    file,
    "--output",
    written,
    "--unchecked",
    "--json",
  ]);
  expect(quantized.code).toBe(0);
  // The file says in its recipe which network it was made for; the rest is to the byte.
  const { bytes } = JSON.parse(quantized.out);
  expect(Math.abs(bytes - best.bytes)).toBeLessThan(200);
  const { out: text } = await bitscape(asked);
  expect(text).toContain("second:weight: SQNR");
  expect(text).toContain("Leave it in float");
});

test.each([
  [["--of", "second,head"], "--of: expected one layer"],
  [[], "--of: expected one layer"],
  [["--of", "second:activation"], "expected a tensor that the recipe quantizes"],
  [["--of", "nowhere"], 'layer "nowhere": not in conv.onnx'],
])("%j is refused in one sentence", async (args, sentence) => {
  const { code, err } = await bitscape(["remedies", model, ...common, ...args]);
  expect(code).not.toBe(0);
  expect(err.join("\n")).toContain(sentence);
});
