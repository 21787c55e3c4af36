// Float beside quantized: against answers that were computed from the outputs of exported files.

import { encodeModel } from "@bitscape/graph";
import { seededRandom } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { writeNpz } from "../data/index.ts";
import type { Recipe } from "../recipe.ts";
import { Studio } from "../studio.ts";
import { gemmNet, residualNet, type SmallNet, samplesOf } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";

const schema = "bitscape/recipe/1" as const;
const idle = () => {};
const rough: Recipe = { schema, defaults: { weight: { format: "int2" } } };
const float: Recipe = { schema };
const SAMPLES = 40;

async function opened(net: SmallNet, classes?: number): Promise<{ studio: Studio; labels: Int32Array }> {
  const studio = new Studio({
    runtime: wasmRuntime,
    decode: async (_, name) => {
      throw new Error(`${name}: no images here`);
    },
  });
  const random = seededRandom(5);
  const labels = Int32Array.from({ length: SAMPLES }, () => Math.floor(random() * (classes ?? 1)));
  const arrays = {
    ...samplesOf(net, SAMPLES),
    ...(classes !== undefined && { labels: { dtype: "int32" as const, shape: [SAMPLES], data: labels } }),
  };
  await studio.openModel([new File([encodeModel(net.model)], `${net.name}.onnx`)], {}, idle);
  const data = new File([await writeNpz(arrays)], "data.npz");
  await studio.openData("data", { kind: "files", files: [data] }, idle);
  return { studio, labels };
}

async function compared(studio: Studio, recipe: Recipe, show = 1000) {
  const running: number[] = [];
  const report = await studio.compare("compare", { recipe, show }, ({ n }) => running.push(n), idle);
  if (report === "cancelled") throw new Error("cancelled");
  return { report, running };
}

describe("compare", () => {
  test("counts what the answers say: flips, broken and mended samples, confusions", async () => {
    const { studio } = await opened(gemmNet, 10);
    const { report, running } = await compared(studio, rough);
    expect(report.done).toBe(true);
    expect(report.n).toBe(report.of);
    expect(report.samples).toHaveLength(report.n);
    expect(running.at(-1)).toBe(report.n);
    // Every sample is shown, so that the counts can be taken again from what both networks say of each.
    let flips = 0;
    let broken = 0;
    let mended = 0;
    const confusions = new Map<string, number>();
    for (const { answers, label, flipped } of report.samples) {
      if (answers.kind !== "classes") throw new Error(answers.kind);
      const [from, to] = [answers.float[0]?.class, answers.quantized[0]?.class];
      expect(flipped).toBe(from !== to);
      if (from === to) continue;
      flips++;
      if (from === label) broken++;
      if (to === label) mended++;
      confusions.set(`${from} ${to}`, (confusions.get(`${from} ${to}`) ?? 0) + 1);
    }
    expect(flips).toBeGreaterThan(0);
    expect(report.flips?.value).toBeCloseTo(flips / report.n, 12);
    expect([report.broken, report.mended]).toEqual([broken, mended]);
    expect(report.confusions).toHaveLength(confusions.size);
    for (const { from, to, count } of report.confusions) expect(confusions.get(`${from} ${to}`)).toBe(count);
    const worth = report.samples.map(({ divergence }) => divergence);
    expect(worth).toEqual([...worth].sort((a, b) => b - a));
    const mean = worth.reduce((a, b) => a + b, 0) / worth.length;
    expect(report.divergence.value).toBeCloseTo(mean, 10);
    // The same as the score that the bar shows.
    const score = await studio.evaluate("score", rough, idle);
    if (score === "cancelled") throw new Error("cancelled");
    expect(report.divergence.value).toBeCloseTo(score.divergence.value, 10);
    const few = await compared(studio, rough, 3);
    expect(few.report.samples.map(({ index }) => index)).toEqual(
      report.samples.slice(0, 3).map(({ index }) => index),
    );
  });

  test("finds nothing where nothing is quantized", async () => {
    const { studio } = await opened(gemmNet, 10);
    const { report } = await compared(studio, float);
    expect(report.divergence.value).toBe(0);
    expect([report.flips?.value, report.broken, report.mended]).toEqual([0, 0, 0]);
    expect(report.confusions).toEqual([]);
  });

  test("ends where it is cancelled", async () => {
    const { studio } = await opened(gemmNet, 10);
    const running = studio.compare(
      "compare",
      { recipe: rough, show: 3 },
      () => void studio.cancel("compare"),
      idle,
    );
    expect(await running).toBe("cancelled");
  });
});

describe("layers", () => {
  test("float has no error, and what lies before the only quantized layer has none", async () => {
    const { studio } = await opened(residualNet);
    const exact = await studio.layerDivergence("layers", float, 4, idle);
    if (exact === "cancelled") throw new Error("cancelled");
    for (const { sqnrDb } of exact.layers) expect(sqnrDb).toBe(Number.POSITIVE_INFINITY);
    const one: Recipe = { schema, layers: { body: { weight: { format: "int2" } } } };
    const found = await studio.layerDivergence("layers", one, 4, idle);
    if (found === "cancelled") throw new Error("cancelled");
    const of = (id: string) => found.layers.find(({ layer }) => layer === id)?.sqnrDb ?? Number.NaN;
    expect(of("stem")).toBe(Number.POSITIVE_INFINITY);
    expect(of("body")).toBeLessThan(40);
    expect(of("body")).toBeGreaterThan(-5);
    expect(found.n).toBe(4);
  });

  test("activations are quantized too, whatever their format", async () => {
    const { studio } = await opened(residualNet);
    for (const format of ["uint8", "float8e4m3", "uint4"]) {
      const recipe: Recipe = { schema, defaults: { activation: { format } } };
      const found = await studio.layerDivergence("layers", recipe, 4, idle);
      if (found === "cancelled") throw new Error("cancelled");
      for (const { sqnrDb } of found.layers) expect(sqnrDb).toBeGreaterThan(0);
      expect(found.layers.some(({ sqnrDb }) => Number.isFinite(sqnrDb))).toBe(true);
    }
  });
});
