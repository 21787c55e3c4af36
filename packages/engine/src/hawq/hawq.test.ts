// HAWQ-V3 on networks at hand: its Ω beside the engine's own estimator, its answer beside all that there are, its coupling.

import { build, ints } from "@bitscape/graph";
import { beforeAll, describe, expect, test } from "vitest";
import { cellsOf } from "../cells/sensitivity.ts";
import { hawqCells } from "../predict/hawq.ts";
import { schemeFor } from "../recipe.ts";
import { Study } from "../study.ts";
import { openSmall, smallDataset } from "../testing/data.ts";
import { attentionNet, bias, residualNet, type SmallNet, smallNet, weight } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { allocateHawq, hawqFixed } from "./allocate.ts";
import type { Traced } from "./curvature.ts";
import { downSampling } from "./residual.ts";

const { node } = build;
const pads = { pads: ints([1, 1, 1, 1]) };

/** A block that halves its input on both ways, and one that does not. */
const blocks: SmallNet = smallNet("blocks", {
  inputs: { x: { shape: [3, 4, 4] } },
  constants: [
    weight("w0", [6, 3, 3, 3], 1),
    bias("b0", 6, 2),
    weight("w1", [6, 6, 3, 3], 3),
    weight("w2", [6, 6, 3, 3], 4),
    weight("w3", [8, 6, 3, 3], 5),
    weight("w4", [8, 8, 3, 3], 6),
    weight("w5", [8, 6, 1, 1], 7),
    weight("w6", [5, 8, 1, 1], 8),
  ],
  nodes: [
    node("Conv", ["x", "w0", "b0"], ["c0"], pads, "stem"),
    node("Relu", ["c0"], ["r0"], {}, "relu0"),
    node("Conv", ["r0", "w1"], ["c1"], pads, "plain.1"),
    node("Relu", ["c1"], ["r1"], {}, "relu1"),
    node("Conv", ["r1", "w2"], ["c2"], pads, "plain.2"),
    node("Add", ["c2", "r0"], ["s1"], {}, "sum1"),
    node("Relu", ["s1"], ["r2"], {}, "relu2"),
    node("Conv", ["r2", "w3"], ["c3"], { ...pads, strides: ints([2, 2]) }, "down.1"),
    node("Relu", ["c3"], ["r3"], {}, "relu3"),
    node("Conv", ["r3", "w4"], ["c4"], pads, "down.2"),
    node("Conv", ["r2", "w5"], ["c5"], { strides: ints([2, 2]) }, "down.side"),
    node("Add", ["c4", "c5"], ["s2"], {}, "sum2"),
    node("Relu", ["s2"], ["r4"], {}, "relu4"),
    node("GlobalAveragePool", ["r4"], ["p"], {}, "pool"),
    node("Conv", ["p", "w6"], ["y"], {}, "head"),
  ],
});

test("a down-sampling layer is coupled with the first of its block, and nothing else is", async () => {
  expect(downSampling(await openSmall(blocks, wasmRuntime))).toEqual([["down.1", "down.side"]]);
  // Layers that read one tensor, but end in no sum with it.
  expect(downSampling(await openSmall(residualNet, wasmRuntime))).toEqual([]);
  expect(downSampling(await openSmall(attentionNet, wasmRuntime))).toEqual([]);
});

describe("allocation", () => {
  const widths = [4, 8];
  let study: Study;
  let traced: Traced;

  beforeAll(async () => {
    const network = await openSmall(blocks, wasmRuntime);
    study = await Study.open(network, smallDataset(blocks, 24), wasmRuntime, {
      calibration: 8,
      evaluation: 16,
    });
    const samples = study.samples(8);
    const keys = cellsOf(network, widths, ["weight"]);
    traced = await study.predictor.traces({ keys, indices: samples, between: async () => {} });
  }, 120_000);

  const asked = (coupled: readonly (readonly string[])[], size: number) => ({
    ...{ widths, levels: { size }, coupled, fixed: hawqFixed(study.network) },
    targets: ["weight", "activation"] as const,
  });

  test("Ω is twice what the estimator calls the divergence", async () => {
    const { rows } = await allocateHawq(study.network, traced, asked([], 0.5));
    const cells = hawqCells(traced.terms, traced.traces, 8);
    expect(rows.length).toBe(7);
    for (const { layer, omega, trace, perturbation } of rows) {
      for (const bits of widths) {
        const cell = cells.find(({ key }) => key.layer === layer && key.bits === bits);
        expect(omega[bits]).toBeCloseTo(trace * (perturbation[bits] as number), 12);
        expect((omega[bits] as number) / 2).toBeCloseTo(cell?.finding.value as number, 9);
      }
    }
  });

  test.each([0.25, 0.5, 0.75])("at level %s nothing loses less", async (level) => {
    const coupled = downSampling(study.network);
    const { rows, omega, taken, recipe } = await allocateHawq(study.network, traced, asked(coupled, level));
    const free = rows.filter(({ fixed }) => !fixed);
    expect(rows.filter(({ fixed }) => fixed).map(({ layer, bits }) => [layer, bits])).toEqual([
      ["stem", 8],
      ["head", 8],
    ]);
    const parameters = (id: string) =>
      study.network.layers.find((layer) => layer.id === id)?.weights[0]?.elements as number;
    let least = Number.POSITIVE_INFINITY;
    for (let mask = 0; mask < 2 ** free.length; mask++) {
      const bits = free.map((_, i) => ((mask >> i) & 1 ? 8 : 4));
      const of = (id: string) => bits[free.findIndex(({ layer }) => layer === id)];
      if (coupled.some(([a = "", b = ""]) => of(a) !== of(b))) continue;
      const size = free.reduce((sum, { layer }, i) => sum + parameters(layer) * (bits[i] as number), 0);
      if (size > (taken.size?.limit as number) * (1 + 1e-12)) continue;
      least = Math.min(
        least,
        free.reduce((sum, row, i) => sum + (row.omega[bits[i] as number] as number), 0),
      );
    }
    expect(omega).toBeCloseTo(least, 12);
    const total = (bits: number) => free.reduce((sum, { layer }) => sum + parameters(layer) * bits, 0);
    expect(taken.size?.limit).toBeCloseTo(total(4) + level * (total(8) - total(4)), 9);
    // The recipe says the same, of weights and of the activations that share their width.
    for (const { layer, bits } of rows) {
      expect(schemeFor(recipe, layer, "weight")?.format).toBe(`int${bits}`);
      expect(schemeFor(recipe, layer, "activation")?.format).toBe(`uint${bits}`);
    }
    expect(rows.find(({ layer }) => layer === "down.1")?.bits).toBe(
      rows.find(({ layer }) => layer === "down.side")?.bits,
    );
  });

  test("time is limited by what a table says, and its absence is said", async () => {
    const seconds = (bits: number) => (bits === 8 ? 2 : 1);
    const layers = Object.fromEntries(
      study.network.layers.map(({ id }) => [
        id,
        { kept: 2, seconds: Object.fromEntries(widths.map((bits) => [`${bits}/${bits}`, seconds(bits)])) },
      ]),
    );
    const limited = { ...asked([], 1), levels: { latency: 0.4 } };
    const found = await allocateHawq(study.network, traced, { ...limited, times: { layers, beside: 0 } });
    expect(found.taken.latency?.limit).toBeCloseTo(7, 12);
    expect(found.rows.filter(({ bits, fixed }) => !fixed && bits === 8).length).toBeLessThanOrEqual(2);
    await expect(allocateHawq(study.network, traced, limited)).rejects.toThrow(
      "no latency at 4 bits, expected one",
    );
  });

  test("a network with nothing between its first and last layer is refused", async () => {
    const all = study.network.layers.map(({ id }) => id);
    await expect(allocateHawq(study.network, traced, { ...asked([], 0.5), fixed: all })).rejects.toThrow(
      "hawq: 7 layers with a trace, expected some beside those that are fixed",
    );
  });
});
