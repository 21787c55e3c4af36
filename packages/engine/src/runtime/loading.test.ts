// A model whose weights lie beside its message computes what the whole one does, in ONNX Runtime.

import { encodeModel } from "@bitscape/graph";
import { expect, test } from "vitest";
import { attentionNet, residualNet, samplesOf } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { modelFile } from "./loading.ts";

test.each([residualNet, attentionNet])("$name: the same outputs, cut in two", async (net) => {
  const whole = encodeModel(net.model);
  const file = await modelFile(net.model, 0);
  if (file instanceof Uint8Array || !("whole" in file)) throw new Error("one array, expected two");
  const beside = file.beside.reduce((sum, { data }) => sum + data.byteLength, 0);
  expect(beside).toBeGreaterThan(1000);
  expect(file.file.byteLength).toBeLessThan(whole.byteLength - beside / 2);
  expect(file.whole()).toEqual(whole);
  const feeds = samplesOf(net, 3);
  const [a, b] = [await wasmRuntime.load(whole), await wasmRuntime.load(file)];
  expect(await b.run(feeds)).toEqual(await a.run(feeds));
  await a.release();
  await b.release();
});

test("a small model stays in one array", async () => {
  expect(await modelFile(residualNet.model)).toEqual(encodeModel(residualNet.model));
});
