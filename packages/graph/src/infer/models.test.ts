// Real networks, where they lie beside the repository: nothing may be missing.
// Their every shape was compared with onnxruntime-node 1.30's once, outside of the repository (all equal).

import { expect, test } from "vitest";
import { checkModel } from "../check.ts";
import { macsOf, parametersOf } from "../cost.ts";
import { decodeModel } from "../decode.ts";
import { infer } from "./infer.ts";
import { symbolicDims } from "./pins.ts";

// The package compiles without Node's types; only this test reads files.
const fs = (await import("node:fs" as string)) as {
  existsSync(path: string): boolean;
  readFileSync(path: string): Uint8Array;
};
const folder = `${(import.meta as unknown as { dirname: string }).dirname}/../../../../../shared/models`;

/** MACs (millions, one sample) and parameters (thousands). */
const expected: Record<string, readonly [megaMacs: number, kiloParameters: number]> = {
  "cifar-resnet20": [40.6, 269],
  "cifar-resnet8": [12.5, 77.7],
  "cifar-vit": [0.3, 76.2],
  "ddpm-fashion-unet": [142.2, 1162.4],
  "dtln-1": [0.4, 363.4],
  "fashion-cnn": [19, 914.7],
  kwt1: [73.7, 607.3],
  mnist: [0.8, 6],
  "mobilenetv2-coarse7": [299.5, 2215.9],
  "silero-vad": [0.4, 309.6],
  "squeezenet1.1": [349.2, 1235.5],
  "sst2-tiny": [9.1, 965.7],
  stories260k: [108.3, 360.4],
  "super-resolution": [2984.9, 59.7],
  "ultraface-rfb320": [100.4, 307.6],
  "vww-mobilenet025": [7.5, 210.9],
  "yolox-nano": [522.6, 904.5],
};

const there = Object.keys(expected).filter((name) => fs.existsSync(`${folder}/${name}.onnx`));
const absent = Object.keys(expected).filter((name) => !there.includes(name));

test.skip.each(absent)("%s: not beside the repository", () => undefined);

test.each(there)("%s", (name) => {
  // A copy: Node's Buffer is not a plain Uint8Array (its slice is a view).
  const model = decodeModel(new Uint8Array(fs.readFileSync(`${folder}/${name}.onnx`)), { name });
  expect(checkModel(model, name)).toBeUndefined();
  const { values, missing } = infer(model);
  expect(missing).toEqual([]);
  const two = infer(
    model,
    Object.fromEntries(symbolicDims(model).map(({ name, guess }) => [name, guess || 2])),
  );
  expect(two.missing).toEqual([]);
  const macs = model.graph.nodes.reduce((sum, node) => sum + (macsOf(node, values) ?? Number.NaN), 0);
  const found = [Math.round(macs / 1e5) / 10, Math.round(parametersOf(model.graph) / 100) / 10];
  expect(found).toEqual(expected[name]);
});
