// Pieces of real exports: that they run alone, reach from codes to codes, and are known by what they are.

import { encodeModel } from "@bitscape/graph";
import { describe, expect, test } from "vitest";
import { evidenceOf } from "../allocate/evidence.ts";
import { exportNetwork } from "../export/exporter.ts";
import { planRecipe } from "../plan/plan.ts";
import { presetRecipe } from "../recipe.ts";
import { openSmall } from "../testing/data.ts";
import { depthwiseNet, smallNets } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { chain } from "./madeUp.test-device.ts";
import { piecesOf } from "./piece.ts";
import { pieceFeeds, pieceKey, pieceModel } from "./pieceModel.ts";
import { standInRanges } from "./standIn.ts";
import { latencyOf, timedModel } from "./studied.ts";
import { Timings } from "./timings.ts";

describe("pieces", () => {
  const presetsHere = ["w8a8", "w4"] as const;

  test.each(smallNets.map((net) => [net.name, net] as const))(
    "of %s run alone in every preset",
    async (_, net) => {
      const network = await openSmall(net, wasmRuntime);
      const weighted = network.layers.filter(({ weights }) => weights.length > 0);
      for (const name of ["float", ...presetsHere]) {
        const recipe = name === "float" ? undefined : presetRecipe(name);
        const base = recipe
          ? exportNetwork(network, planRecipe(network, recipe, standInRanges(network)), recipe).model
          : network.model;
        const pieces = piecesOf(network, base.graph);
        expect(
          weighted.filter(({ id }) => !pieces.some(({ layer }) => layer === id)).map(({ id }) => id),
        ).toEqual([]);
        for (const piece of pieces) {
          const session = await wasmRuntime.load(encodeModel(pieceModel(piece, base)));
          const found = Object.values(await session.run(pieceFeeds(piece)));
          expect(found.map(({ data }) => data.length)).toEqual([1]);
          await session.release();
        }
      }
    },
  );

  test.each(["ternary", "nf4"])("of %s weights run alone too", async (format) => {
    const network = await openSmall(depthwiseNet, wasmRuntime);
    const base = timedModel(network, { schema: "bitscape/recipe/1", defaults: { weight: { format } } });
    for (const piece of piecesOf(network, base.graph)) {
      const session = await wasmRuntime.load(encodeModel(pieceModel(piece, base)));
      expect(Object.values(await session.run(pieceFeeds(piece)))).toHaveLength(1);
      await session.release();
    }
  });

  test("of integers reach from codes to codes; of one kind share a key, whatever their weights", async () => {
    const network = await openSmall(chain, wasmRuntime);
    const model = timedModel(network, presetRecipe("w8a8"));
    const pieces = piecesOf(network, model.graph);
    const opsOf = (layer: string) => pieces.find((piece) => piece.layer === layer)?.nodes.map(({ op }) => op);
    expect(opsOf("b")?.filter((op) => op !== "DequantizeLinear")).toEqual(["Conv", "Relu", "QuantizeLinear"]);
    const edges = pieces
      .filter(({ layer }) => layer === "b")
      .map(({ inputs, output }) => [...inputs, output]);
    expect(edges[0]?.map(({ dtype }) => dtype)).toEqual(["uint8", "uint8"]);
    const keyOf = (layer: string, base = model) =>
      piecesOf(network, base.graph)
        .filter((piece) => piece.layer === layer)
        .map((piece) => pieceKey(piece, base))[0];
    expect(keyOf("b")).toBe(keyOf("d"));
    expect(keyOf("b")).not.toBe(keyOf("c"));
    expect(keyOf("b")).not.toBe(keyOf("b", network.model));
    // The graph's own quantizer is counted once.
    const quantizers = pieces.flatMap(({ nodes }) => nodes.filter(({ op }) => op === "QuantizeLinear"));
    const all = model.graph.nodes.filter(({ op }) => op === "QuantizeLinear");
    expect(new Set(quantizers).size).toBe(quantizers.length);
    expect(quantizers.length).toBe(all.length);
  });
});

test("a depthwise network is timed on a real runtime, no layer without a time", async () => {
  const network = await openSmall(depthwiseNet, wasmRuntime);
  const timings = new Timings(wasmRuntime, { rounds: 2, leastSeconds: 1e-4 });
  const cells = network.layers.map(({ id }) => ({ layer: id, target: "weight" as const, bits: 8, value: 1 }));
  const report = await latencyOf(network, timings, {
    schemes: evidenceOf(network, cells, ["weight"]),
    kept: {},
    repairs: ["equalization", "bias-correction"],
  });
  expect(report.rows.map(({ layer, weight: column, timing }) => [layer, column, timing?.n])).toEqual([
    ["depthwise", "float", 2],
    ["pointwise", "float", 2],
    ["depthwise", "8", 2],
    ["pointwise", "8", 2],
  ]);
});
