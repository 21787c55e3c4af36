// Opening against ONNX Runtime: an opened network computes what its file does, has the layers that a person would
// name, and its weights can be quantized to 8 bits with little noise, wherever the file keeps them.

import { encodedSize, encodeModel, nonFinite } from "@bitscape/graph";
import { type Tensor, toFloat32 } from "@bitscape/tensor";
import { describe, expect, it } from "vitest";
import { exportNetwork } from "../export/exporter.ts";
import { planRecipe } from "../plan/plan.ts";
import { probeModel } from "../probe/probe.ts";
import { presetRecipe } from "../recipe.ts";
import type { Feeds } from "../runtime/runtime.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { elementsOf, fileCases } from "./files.sketch.ts";
import { openNetwork } from "./open.ts";

async function run(file: Uint8Array, feeds: Feeds): Promise<Record<string, Tensor>> {
  const session = await wasmRuntime.load(file);
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

/** Signal over noise of the first output, in dB; the outputs must have the same shapes. */
function distance(
  expected: Readonly<Record<string, Tensor>>,
  found: Readonly<Record<string, Tensor>>,
): number {
  expect(Object.keys(found)).toEqual(Object.keys(expected));
  const [signal, noise] = Object.entries(expected).reduce(
    ([signal, noise], [name, { dtype, data, shape }]) => {
      const other = found[name] as Tensor;
      expect(other.shape).toEqual(shape);
      const [a, b] = [toFloat32(dtype, data), toFloat32(other.dtype, other.data)];
      const more = a.reduce((sum, value, i) => sum + (value - (b[i] as number)) ** 2, 0);
      return [signal + a.reduce((sum, value) => sum + value * value, 0), noise + more];
    },
    [0, 0],
  );
  expect(signal).toBeGreaterThan(0);
  return noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
}

describe.each(fileCases)("$name", (each) => {
  const opened = openNetwork(each.file, wasmRuntime, { name: each.name });

  it("computes the same, without a node too many", async () => {
    const network = await opened;
    const expected = await run(each.file, each.feeds);
    expect(distance(expected, await run(encodeModel(network.model), each.feeds))).toBeGreaterThan(110);
    if (each.nodes !== undefined) expect(network.model.graph.nodes).toHaveLength(each.nodes);
  });

  it("has its layers, and says what it has not", async () => {
    const { layers, skipped, notes } = await opened;
    const found = layers
      .filter((layer) => layer.weights.length > 0)
      .map(({ id, weights }) => [id, weights.map(({ name, shape }) => `${name} ${shape}`)]);
    expect(Object.fromEntries(found)).toEqual(each.layers);
    expect(layers.map((layer) => layer.macs)).not.toContain(null);
    for (const [node, reason] of Object.entries(each.skipped ?? {})) {
      expect(
        skipped
          .filter((other) => other.node === node)
          .map((other) => other.reason)
          .join("; "),
      ).toContain(reason);
    }
    for (const note of each.notes ?? []) expect(notes.join("; ")).toContain(note);
  });

  it.skipIf(elementsOf(each) === 0)(
    "keeps its outputs with 8-bit weights, in a file that is smaller",
    async () => {
      const network = await opened;
      const recipe = presetRecipe("w8");
      const { model } = exportNetwork(network, planRecipe(network, recipe), recipe);
      const file = encodeModel(model);
      expect(distance(await run(each.file, each.feeds), await run(file, each.feeds))).toBeGreaterThan(25);
      const stored = [...model.graph.constants.values()].filter(({ dtype }) => dtype === "float32");
      expect(stored.every((constant) => nonFinite(constant) === undefined)).toBe(true);
      const left = stored.reduce((sum, { byteLength }) => sum + byteLength, 0);
      const float = [...network.model.graph.constants.values()].reduce((sum, c) => sum + c.byteLength, 0);
      expect(float - left).toBeGreaterThan(2 * elementsOf(each));
    },
  );

  it("opens again as it was written, with its weights kept", async () => {
    const network = await opened;
    const recipe = presetRecipe("w8");
    const { model } = exportNetwork(network, planRecipe(network, recipe), recipe);
    const file = encodeModel(model);
    const again = await openNetwork(file, wasmRuntime, { name: each.name });
    expect(again.layers.flatMap((layer) => layer.weights)).toEqual([]);
    expect(
      distance(await run(file, each.feeds), await run(encodeModel(again.model), each.feeds)),
    ).toBeGreaterThan(110);
    expect(encodedSize(again.model)).toBeLessThan(file.byteLength * 1.05);
  });

  it("can be probed: weights are inputs, wherever they are read", async () => {
    const network = await opened;
    const names = network.layers.flatMap((layer) => layer.weights.map((weight) => weight.name));
    const probe = probeModel(network);
    for (const name of names) expect(probe.graph.inputs.map((input) => input.name)).toContain(name);
    await (await wasmRuntime.load(encodeModel(probe))).release();
  });
});

it("a weight that several nodes read says which", async () => {
  const shared = fileCases.find(({ name }) =>
    name.startsWith("one weight for three"),
  ) as (typeof fileCases)[number];
  const { layers } = await openNetwork(shared.file, wasmRuntime, { name: "shared" });
  expect(layers.find(({ id }) => id === "one")).toMatchObject({ sharedWith: ["two", "three"], macs: 3 * 64 });
});
