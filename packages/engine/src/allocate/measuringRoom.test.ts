// Allocations that measure, asked of the engine as the page asks: least loss, smallest within a fall, published methods, cancelled.
// What they promise is measured again, apart from them.

import { build, encodeModel } from "@bitscape/graph";
import { type Tensor, tensor } from "@bitscape/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { columnScheme } from "../cells/sensitivity.ts";
import { writeNpz } from "../data/index.ts";
import type { Cell } from "../protocol.ts";
import { presetRecipe, type Recipe, recipeKey, schemeFor } from "../recipe.ts";
import { Studio } from "../studio.ts";
import { type SmallNet, samplesOf, smallNet, weight } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import type { MeasuredCell } from "./evidence.ts";
import type { TriedRecipe } from "./searchCalls.ts";
import type { AllocationSetting } from "./setting.ts";

const { node } = build;
const sides = [12, 24, 40, 24, 32, 16, 10];
const ids = ["first", "widen", "narrow", "again", "late", "last"];

/** Products with rectifiers between: a classifier of ten classes. */
const deep: SmallNet = smallNet("deep", {
  inputs: { x: { shape: [12] } },
  constants: ids.map((_, i) =>
    weight(`w${i}`, [sides[i] as number, sides[i + 1] as number], i + 1, sides[i]),
  ),
  nodes: ids.flatMap((id, i) => [
    node("Gemm", [i === 0 ? "x" : `r${i - 1}`, `w${i}`], [i === 5 ? "y" : `h${i}`], {}, id),
    ...(i === 5 ? [] : [node("Relu", [`h${i}`], [`r${i}`], {}, `relu${i}`)]),
  ]),
});
const count = 192;
const widths = [2, 3, 4, 8];
const idle = () => {};
const base = presetRecipe("w8");

let studio: Studio;
let setting: AllocationSetting;

beforeAll(async () => {
  studio = new Studio({
    runtime: wasmRuntime,
    decode: async (_, name) => {
      throw new Error(`${name}: no images here`);
    },
  });
  const bytes = encodeModel(deep.model);
  const samples = samplesOf(deep, count);
  const session = await wasmRuntime.load(bytes);
  const { y } = await session.run(samples);
  await session.release();
  const rows = (y as Tensor).data as Float32Array;
  const labels = Int32Array.from({ length: count }, (_, i) => {
    const row = rows.subarray(10 * i, 10 * i + 10);
    return row.indexOf(Math.max(...row));
  });
  const arrays = { ...samples, labels: tensor("int32", [count], [...labels]) };
  await studio.openModel([new File([bytes], "deep.onnx")], {}, idle);
  await studio.openData(
    "data",
    { kind: "files", files: [new File([await writeNpz(arrays)], "d.npz")] },
    idle,
  );
  const found: Cell[] = [];
  const scheme = schemeFor(base, "", "weight");
  if (!scheme) throw new Error("w8: float weights");
  await studio.sweep(
    "cells",
    { bits: widths, targets: ["weight"], samples: 64, schemes: { weight: scheme } },
    (cell) => found.push(cell),
    idle,
  );
  const cells = found.map(({ finding: { value, low, high }, ...key }): MeasuredCell => {
    return { ...key, value, low, high, scheme: columnScheme("weight", key.bits, scheme) };
  });
  const schemes = cells.map(({ layer, target, bits, scheme: own }) => {
    return { layer, target, key: String(bits), scheme: own as Exclude<typeof own, "float" | undefined> };
  });
  const costs = await studio.costs("costs", { schemes, kept: {}, inside: {} });
  if (costs === "cancelled") throw new Error("costs: cancelled");
  setting = { costs, cells, options: {}, measured: [] };
}, 60_000);

const sizeOf = async (recipe: Recipe) => (await studio.size(recipe)).bytes;
const uniform = (bits: number): Recipe => ({
  schema: "bitscape/recipe/1",
  defaults: { weight: columnScheme("weight", bits, schemeFor(base, "", "weight")) },
});
const scored = async (recipe: Recipe) => {
  const score = await studio.evaluate("check", recipe, idle);
  if (score === "cancelled") throw new Error("evaluate: cancelled");
  return score;
};

describe("a search", () => {
  test("keeps the size, beats what it began with, and says of each what the engine measures", async () => {
    const poor: Recipe = { ...uniform(8), layers: { first: { weight: { format: "int2" } } } };
    const bytes = await sizeOf(poor);
    const tried: TriedRecipe[] = [];
    const known = [{ recipe: uniform(3), value: 1 }];
    const request = { setting, budgets: { bytes }, first: poor, evaluations: 6, known };
    const found = await studio.search("search", request, (each) => tried.push(each));
    if (found === "cancelled" || !found.best) throw new Error("search: nothing found");
    expect(found.tried).toBe(tried.length);
    expect(recipeKey((tried[0] as TriedRecipe).recipe)).toBe(recipeKey(poor));
    for (const each of tried) {
      expect(each.bytes).toBe(await sizeOf(each.recipe));
      expect(each.bytes).toBeLessThanOrEqual(bytes);
    }
    expect(found.best.confirmed).not.toBeNull();
    // Both halves together are all samples: their mean is that of a score of all.
    const { divergence, confirmed } = found.best;
    const half = (confirmed?.divergence.n ?? 0) + divergence.n;
    const mean =
      (divergence.value * divergence.n +
        (confirmed?.divergence.value ?? 0) * (confirmed?.divergence.n ?? 0)) /
      half;
    const all = await scored(found.best.recipe);
    expect(half).toBe(all.divergence.n);
    expect(mean).toBeCloseTo(all.divergence.value, 6);
    expect(all.divergence.value).toBeLessThan((await scored(poor)).divergence.value);
  });

  test("for a fall of accuracy gives the smallest that was measured to keep it on both halves", async () => {
    const most = 0.08;
    const tried: TriedRecipe[] = [];
    const request = { setting, budgets: { drop: most }, evaluations: 8, known: [] };
    const found = await studio.search("drop", request, (each) => tried.push(each));
    if (found === "cancelled" || !found.best) throw new Error("search: nothing found");
    const { best } = found;
    expect(best.drop?.value).toBeLessThanOrEqual(most);
    expect(best.confirmed?.drop?.value).toBeLessThanOrEqual(most);
    expect(best.bytes).toBeLessThan(await sizeOf(uniform(8)));
    const all = await scored(best.recipe);
    expect(1 - (all.top1?.value ?? 0)).toBeLessThanOrEqual(most);
  });

  test("ended before its time gives the best so far", async () => {
    const budgets = { bytes: await sizeOf(uniform(4)) };
    const request = { setting, budgets, first: uniform(4), evaluations: 50, known: [] };
    const found = await studio.search("ended", request, () => void studio.cancel("ended"));
    expect(found).toMatchObject({ stopped: true, tried: 1, best: { bytes: budgets.bytes } });
  });
});

describe("HAWQ-V3", () => {
  test("keeps the size, its widths and the recipe's style", async () => {
    const recipe: Recipe = { ...uniform(8), defaults: { ...uniform(8).defaults, activation: {} } };
    const bytes = Math.round((await sizeOf(uniform(4))) * 0.4 + (await sizeOf(recipe)) * 0.6);
    const shares: number[] = [];
    const request = { method: "hawq", recipe, bytes, samples: 32 } as const;
    const found = await studio.allocateBy("by", request, (_, done, total) => shares.push(done / total));
    if (found === "cancelled") throw new Error("cancelled");
    expect(found.bytes).toBe(await sizeOf(found.recipe));
    expect(found.bytes).toBeLessThanOrEqual(bytes);
    expect(Math.max(...shares)).toBeLessThanOrEqual(1);
    const formats = ids.map((id) => schemeFor(found.recipe, id, "weight")?.format);
    expect(new Set(formats)).toEqual(new Set(["int4", "int8"]));
    for (const id of ids) {
      expect(schemeFor(found.recipe, id, "weight")).toMatchObject({ rounding: "squant", symmetric: false });
      expect(schemeFor(found.recipe, id, "activation")).toEqual(schemeFor(recipe, id, "activation"));
    }
    await expect(studio.allocateBy("by", { ...request, bytes: 100 }, idle)).rejects.toThrow(
      /^hawq: 100 bytes, expected at least \d+, which 4 bits between 8 take$/,
    );
    await expect(studio.allocateBy("by", { ...request, method: "mixdq" }, idle)).rejects.toThrow(
      /^mixdq: .* of one kind, expected/,
    );
  });
});
