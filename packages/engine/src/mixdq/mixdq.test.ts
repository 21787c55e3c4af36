// MixDQ on networks at hand: groups, scores against golden values and files, the sweep's answer, and tokens: found, folded
// without changing the network, and what folding them is worth.

import { build, constantOf, encodeModel } from "@bitscape/graph";
import { type Tensor, tensor, toFloat32 } from "@bitscape/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { cellRecipe } from "../cells/sensitivity.ts";
import type { Dataset } from "../data/index.ts";
import type { Network } from "../network/network.ts";
import { planRecipe } from "../plan/plan.ts";
import { presetRecipe, type Recipe, schemeFor } from "../recipe.ts";
import type { Pair } from "../score/reference.ts";
import { Study } from "../study.ts";
import { memoryDataset, openSmall, smallDataset } from "../testing/data.ts";
import { attentionNet, bias, convNet, normals, type SmallNet, smallNet, weight } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { sizeReport } from "../views/summary.ts";
import { allocateMixdq, sweeps } from "./allocate.ts";
import { foldable, foldedIn, foldTokens } from "./foldTokens.ts";
import { groupsOf, parseGroups } from "./groups.ts";
import { scoreOfPairs } from "./scores.ts";
import { findTokens } from "./tokens.ts";
import { allocateMixdqWithin } from "./within.ts";

const { node } = build;
const quiet = async () => {};

describe("groups", () => {
  test("are parted by what layers are, and refused where they are one kind", async () => {
    const network = await openSmall(named, wasmRuntime);
    const [quality, content] = groupsOf(network, ["sqnr", "ssim"]);
    expect(quality).toEqual({ name: "quality", metric: "sqnr", layers: ["attn1.q", "attn1.k", "attn1.v"] });
    expect(content).toEqual({ name: "content", metric: "ssim", layers: ["attn2.q", "ff.up", "ff.down"] });
    const plain = await openSmall(attentionNet, wasmRuntime);
    expect(() => groupsOf(plain, ["sqnr", "kl"])).toThrow(
      "mixdq: attention.onnx, whose 4 layers are of one kind, expected --groups to part them",
    );
  });

  test("as a person says them have every layer once", async () => {
    const network = await openSmall(convNet, wasmRuntime);
    const rows = [
      { name: "a", match: "op:Conv", metric: "sqnr" },
      { name: "b", metric: "kl" },
    ] as const;
    expect(parseGroups(rows, network).map(({ layers }) => layers)).toEqual([["first", "second"], ["head"]]);
    const both = [rows[0], { ...rows[1], match: "." }];
    expect(() => parseGroups(both, network)).toThrow(
      "groups: first in both groups, expected every layer in one",
    );
    expect(() => parseGroups([rows[0]], network, "g.json")).toThrow(/^g\.json: .*, expected two groups/);
    expect(() => parseGroups([{ ...rows[0], match: "none" }, rows[1]], network)).toThrow(
      "groups: a without a layer, expected some in each group",
    );
  });
});

const sides = [8, 12, 10, 6, 16, 9, 8];

const named: SmallNet = smallNet("named", {
  inputs: { x: { shape: [4, 8] } },
  constants: [..."abcdef"].map((name, i) =>
    weight(name, [sides[i] as number, sides[i + 1] as number], i + 1, sides[i]),
  ),
  nodes: ["attn1.q", "attn1.k", "attn1.v", "attn2.q", "ff.up", "ff.down"].map((id, i) =>
    node("MatMul", [i === 0 ? "x" : `h${i - 1}`, "abcdef"[i] as string], [i === 5 ? "y" : `h${i}`], {}, id),
  ),
});

describe("scores", () => {
  const network = { model: { graph: { outputs: [{ name: "y" }] } }, values: new Map() } as unknown as Network;
  const pair = (float: number[], quantized: number[]): Pair =>
    ({
      index: 0,
      float: { values: [Float32Array.from(float)] },
      quantized: { values: [Float32Array.from(quantized)] },
      comparison: { divergence: 0.25, positions: 4, agreeing: 3 },
    }) as unknown as Pair;

  test("are those of the notes", () => {
    // catalogue §2.5: target [3, 4], found [3, 4.5]: 20 dB.
    expect(scoreOfPairs("sqnr", [pair([3, 4], [3, 4.5])], network)).toBeCloseTo(20, 12);
    expect(scoreOfPairs("sqnr", [pair([3, 4], [3, 4])], network)).toBe(120);
    expect(scoreOfPairs("kl", [pair([1], [1])], network)).toBe(-0.25);
    expect(scoreOfPairs("top1", [pair([1], [1])], network)).toBe(0.75);
  });

  test("SSIM is 1 of an image and itself, less of another, and refused of what is none", () => {
    const image = {
      ...network,
      values: new Map([["y", { dtype: "float32", shape: [1, 1, 8, 8] }]]),
    } as unknown as Network;
    const one = [...normals(1, [64])];
    expect(scoreOfPairs("ssim", [pair(one, one)], image)).toBeCloseTo(1, 12);
    const noisy = one.map((value, i) => value + (i % 2 ? 0.5 : -0.5));
    const found = scoreOfPairs("ssim", [pair(one, noisy)], image);
    expect(found).toBeLessThan(0.98);
    expect(found).toBeGreaterThan(0);
    expect(() => scoreOfPairs("ssim", [pair(one, one)], network)).toThrow(
      "whose output is no image, expected",
    );
  });
});

test("the sweep takes the candidate that is measured best, its means within the corridor", async () => {
  const network = await openSmall(named, wasmRuntime);
  const study = await Study.open(network, smallDataset(named, 24), wasmRuntime, {
    calibration: 8,
    evaluation: 16,
  });
  const groups = groupsOf(network, ["sqnr", "sqnr"]);
  const widths = [
    [4, 8],
    [2, 4, 8],
  ] as const;
  const found = await allocateMixdq(study, {
    groups,
    targets: [{ target: "weight", mean: 5, widths, ks: sweeps.weight }],
    samples: study.samples(8),
    evaluations: 6,
    between: quiet,
  });
  expect(found.candidates.length).toBeGreaterThan(1);
  const least = Math.min(...found.candidates.map(({ divergence }) => divergence.value));
  expect(found.divergence.value).toBe(least);
  const chosen = found.candidates.find(({ divergence }) => divergence.value === least);
  for (const [g, group] of groups.entries()) {
    const rows = found.rows.filter((row) => row.group === group.name);
    const mean =
      rows.reduce((sum, row) => sum + row.elements * row.chosen, 0) /
      rows.reduce((sum, row) => sum + row.elements, 0);
    expect(Math.abs(mean - (chosen?.means[g] as number))).toBeLessThanOrEqual(found.corridor + 1e-9);
    for (const row of rows)
      expect(schemeFor(found.recipe, row.layer, "weight")?.format).toBe(`int${row.chosen}`);
  }
  // A layer's score is what the network's outputs say, by hand.
  const row = found.rows[0];
  const bits = row?.bits[0] as number;
  const settings = study.probe.settings(
    await study.plan(cellRecipe({ layer: "attn1.q", target: "weight", bits }), quiet),
  );
  const batch = await study.dataset.batch(study.samples(8));
  const session = await wasmRuntime.load(encodeModel(network.original));
  const [own, other] = [await session.run(batch), await study.probe.run(batch, settings)].map(({ y }) =>
    toFloat32("float32", (y as Tensor).data),
  ) as [Float32Array, Float32Array];
  const noise = own.reduce((sum, value, i) => sum + ((other[i] as number) - value) ** 2, 0);
  const signal = own.reduce((sum, value) => sum + value * value, 0);
  expect(row?.scores[0]).toBeCloseTo(10 * Math.log10(signal / noise), 3);
  await session.release();

  // Under a size of the file: the best that fits of the recipe's own style, and a sentence for less than its widths take.
  const recipe: Recipe = {
    schema: "bitscape/recipe/1",
    defaults: { weight: { format: "int8", range: "mse" } },
  };
  const sizeOf = async (of: Recipe) => sizeReport(network, await study.exported(of, quiet));
  const bytes = Math.round(0.92 * (await sizeOf(recipe)).bytes);
  const steps: number[] = [];
  const asked = { method: "mixdq", study, sizeOf, recipe, samples: 8, bytes } as const;
  const within = await allocateMixdqWithin(asked, async (done, total) => void steps.push(done / total));
  expect((await sizeOf(within)).bytes).toBeLessThanOrEqual(bytes);
  expect((await sizeOf(within)).bytes).toBeGreaterThan(0.8 * bytes);
  expect(Math.max(...steps)).toBeLessThanOrEqual(1);
  for (const { layer } of found.rows) expect(schemeFor(within, layer, "weight")?.range).toBe("mse");
  await expect(allocateMixdqWithin({ ...asked, bytes: 60 }, quiet)).rejects.toThrow(
    /^mixdq: 60 bytes, expected more than \d+, which 2 bits take$/,
  );
  await study.release();
});

/** Two projections of tokens, the first of which is always the same and a hundred times as large; a sum behind them. */
const tokens: SmallNet = smallNet("tokens", {
  inputs: { x: { shape: [5, 6] } },
  constants: [
    weight("k", [6, 7], 1, 6),
    weight("v", [6, 7], 2, 6),
    bias("b", 7, 3),
    constantOf("cut", tensor("int64", [1], [1])),
    constantOf("end", tensor("int64", [1], [5])),
  ],
  nodes: [
    node("MatMul", ["x", "k"], ["mk"], {}, "key"),
    node("MatMul", ["x", "v"], ["mv"], {}, "value"),
    node("Add", ["mk", "mv"], ["s"], {}, "sum"),
    node("Add", ["s", "b"], ["a"], {}, "bias"),
    // What is made of the first token is left out: quality is judged by the others.
    node("Slice", ["a", "cut", "end", "cut"], ["y"], {}, "others"),
  ],
});

function tokenData(first: (sample: number) => number): Dataset {
  const data = normals(5, [20, 5, 6]);
  for (let s = 0; s < 20; s++)
    for (let c = 0; c < 6; c++) data[s * 30 + c] = (c % 2 ? -1 : 1) * (300 + 40 * c) * first(s);
  return memoryDataset({ x: tensor("float32", [20, 5, 6], data) });
}

describe("tokens", () => {
  let network: Network;
  const constant = tokenData(() => 1);
  const indices = Array.from({ length: 12 }, (_, i) => i);
  const look = (dataset: Dataset, of = network) =>
    findTokens({ network: of, dataset, indices, runtime: wasmRuntime, between: quiet });
  beforeAll(async () => {
    network = await openSmall(tokens, wasmRuntime);
  });

  test("that are outliers and the same in every sample are found, others are not", async () => {
    const found = await look(constant);
    expect(found.map(({ layer, leading, samples }) => [layer, leading, samples])).toEqual([
      ["key", 1, 12],
      ["value", 1, 12],
    ]);
    expect(found[0]?.tokens.map(({ treatment }) => treatment)).toEqual([
      "fold",
      ...Array(4).fill("quantize"),
    ]);
    const varying = await look(tokenData((s) => 1 + s / 10));
    expect(varying.map(({ leading, tokens: each }) => [leading, each[0]?.treatment])).toEqual([
      [0, "float"],
      [0, "float"],
    ]);
    const { folds, sentence } = foldable(varying);
    expect(folds).toEqual([]);
    expect(sentence).toContain("nothing to fold: the first is the same in every sample at 0 of 2 layers");
    const none = foldable(await look(smallDataset(convNet, 12), await openSmall(convNet, wasmRuntime)));
    expect(none.sentence).toContain("no layer that multiplies");
  });

  test("are folded without changing what the network computes, and one range serves both products", async () => {
    const { folds } = foldable(await look(constant));
    const folded = foldTokens(network, folds);
    expect(foldedIn(folded)).toEqual({ key: 1, value: 1 });
    expect(folded.layers.filter(({ weights }) => weights.length > 0).map(({ id }) => id)).toEqual([
      "key",
      "value",
    ]);
    expect(folded.points.map(({ tensor: name, deciders }) => [name, deciders])).toEqual([
      ["x.rest", ["key", "value"]],
    ]);
    const [one, other] = [
      await wasmRuntime.load(encodeModel(network.model)),
      await wasmRuntime.load(encodeModel(folded.model)),
    ];
    for (const batch of [[0], [3, 4, 5]]) {
      const feeds = await constant.batch(batch);
      const [a, b] = [(await one.run(feeds)).y, (await other.run(feeds)).y] as [Tensor, Tensor];
      expect(b.shape).toEqual(a.shape);
      const [u, w] = [toFloat32("float32", a.data), toFloat32("float32", b.data)];
      expect(Math.max(...u.map((value, i) => Math.abs(value - (w[i] as number))))).toBeLessThan(1e-5);
    }
  });

  test("leave the others a range of their own: the exported file is that much nearer", async () => {
    const { folds } = foldable(await look(constant));
    const w8a8 = presetRecipe("w8a8");
    const recipe: Recipe = { ...w8a8, defaults: { ...w8a8.defaults, activation: { range: "minmax" } } };
    const sqnr: number[] = [];
    for (const of of [network, foldTokens(network, folds)]) {
      const study = await Study.open(of, constant, wasmRuntime, { calibration: 12, evaluation: 8 });
      const { model, plan } = await study.exported(recipe, quiet);
      const found = await study.verify(encodeModel(model), plan, "w8a8", study.samples(), quiet);
      expect(found.ok).toBe(true);
      sqnr.push(found.sqnrDb);
      await study.release();
    }
    const [plain = 0, folded = 0] = sqnr;
    expect(folded).toBeGreaterThan(plain + 25);
    expect(folded).toBeGreaterThan(30);
  });

  test("of a recipe are folded where they can be, and a plan without that is refused", async () => {
    const found = await look(constant);
    const { folds } = foldable(found, { key: 1 });
    expect(folds.map(({ layer, leading }) => [layer, leading])).toEqual([["key", 1]]);
    expect(() => foldable(found, { key: 2 })).toThrow(
      "layer key: 1 leading tokens that are the same in every sample, expected 2 to fold",
    );
    const recipe: Recipe = {
      schema: "bitscape/recipe/1",
      defaults: { weight: {} },
      tokens: { fold: { key: 1 } },
    };
    expect(() => planRecipe(network, recipe)).toThrow(
      "recipe: folds 1 tokens of key, expected a network with them folded",
    );
    expect(planRecipe(foldTokens(network, folds), recipe).weights.size).toBe(2);
  });
});
