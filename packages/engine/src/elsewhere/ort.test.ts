// ONNX Runtime's script: what it says of each tensor is what our own file says of it, and what it cannot hold is named.

import { decodeModel, encodeModel, tensorOf } from "@bitscape/graph";
import { expect, test } from "vitest";
import type { Recipe } from "../recipe.ts";
import { Study } from "../study.ts";
import { openSmall, smallDataset } from "../testing/data.ts";
import { convNet } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { configurationFor } from "./table.ts";

const idle = async () => {};
const activation = { format: "uint8", granularity: "tensor", symmetric: false, range: "minmax" } as const;

interface Decision {
  readonly nodes: readonly string[];
  readonly overrides: Readonly<
    Record<string, readonly { quant_type: string; scale: number; zero_point: number; axis?: number }[]>
  >;
}

const decisionIn = (text: string): Decision => JSON.parse(/r"{3}(.*?)"{3}/s.exec(text)?.[1] ?? "");

test("scales and zero points are those of our own file; blocks and repairs are said", async () => {
  const network = await openSmall(convNet, wasmRuntime);
  const study = await Study.open(network, smallDataset(convNet, 20), wasmRuntime, { calibration: 8 });
  const recipe: Recipe = {
    schema: "bitscape/recipe/1",
    defaults: { weight: { format: "int8", granularity: "channel" }, activation },
    layers: { second: { weight: { format: "int4", granularity: { block: 16 } } } },
  };
  const write = (of: Recipe) => configurationFor("ort", network, of, (plain) => study.plan(plain, idle));
  const { name, text, left } = await write({ ...recipe, repairs: ["bias-correction"] });
  expect(name).toBe("conv.ort.py");
  expect(left.map((sentence) => sentence.split(":")[0])).toEqual(["second", "bias-correction"]);
  const { nodes, overrides } = decisionIn(text);
  expect(nodes).toContain("first");
  expect(nodes).not.toContain("second");

  const { graph } = decodeModel(encodeModel((await study.exported(recipe, idle)).model), { name: "x" });
  const values = (of: string | undefined) =>
    Array.from(tensorOf(graph.constants.get(of ?? "") as never).data as Float32Array);
  const stored = graph.nodes.find(({ op, outputs }) => op === "DequantizeLinear" && outputs[0] === "w1");
  expect(overrides.w1?.map(({ scale }) => scale)).toEqual(values(stored?.inputs[1]));
  expect(overrides.w1?.[0]).toMatchObject({ quant_type: "QInt8", axis: 0, zero_point: 0 });
  const input = graph.nodes.find(({ op, inputs }) => op === "QuantizeLinear" && inputs[0] === "x");
  expect(overrides.x).toEqual([
    { quant_type: "QUInt8", scale: values(input?.inputs[1])[0], zero_point: values(input?.inputs[2])[0] },
  ]);
  await expect(
    write({ schema: "bitscape/recipe/1", defaults: { weight: { format: "int8" } } }),
  ).rejects.toThrow(/^ort: no layer of conv.onnx.*expected/);
  await study.release();
});
