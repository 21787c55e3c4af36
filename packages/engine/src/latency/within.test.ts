// Budgets of time on a device whose times are known: kept by the file that is timed, not by the sum alone. No test asks how
// fast anything is here.

import { encodeModel } from "@bitscape/graph";
import { describe, expect, test } from "vitest";
import { planRecipe } from "../plan/plan.ts";
import { type Recipe, schemeFor } from "../recipe.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { Studio } from "../studio.ts";
import { depthwiseNet } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { device, prepared } from "./madeUp.test-device.ts";
import { standInRanges } from "./standIn.ts";
import { latencyOf, timedFeeds, timedModel } from "./studied.ts";
import { allocateWithin } from "./within.ts";

describe("a budget of time", () => {
  test("measured layers, their sum and a whole run agree with the device", async () => {
    const { network, evidence, kept } = await prepared();
    const { timings } = device();
    const report = await latencyOf(network, timings, { schemes: evidence, kept });
    const rowOf = (layer: string, column: string) =>
      report.rows.find((row) => row.layer === layer && row.weight === column)?.timing?.seconds;
    expect(rowOf("b", "8")).toBeCloseTo(1.1, 9);
    expect(rowOf("b", "float")).toBeCloseTo(3.1, 9);
    expect(rowOf("c", "8")).toBeCloseTo(5.1, 9);
    expect(rowOf("c", "float")).toBeCloseTo(2.1, 9);
    const [float] = report.endToEnd;
    expect(float).toMatchObject({ name: "float", sum: expect.closeTo(16, 9) });
    expect(float?.timing.seconds).toBeCloseTo(16.01, 9);
    expect(float?.factor).toBeCloseTo(16.01 / 16, 9);
  });

  test("is kept by the file, whose time moves with it; what integers would slow stays float", async () => {
    const { network, evidence, kept, prepared: table } = await prepared();
    const { timings } = device();
    const report = await latencyOf(network, timings, { schemes: evidence, kept });
    const ask = async (part: number) =>
      allocateWithin({
        ...{ network, timings, times: report.times, prepared: table, limit: { part } },
        float: report.endToEnd[0]?.timing.seconds as number,
        model: async (recipe) => timedModel(network, recipe),
        feeds: await timedFeeds(network),
      });
    const weightOf = (recipe: Recipe, id: string) => schemeFor(recipe, id, "weight")?.format ?? "float";
    let last = Number.POSITIVE_INFINITY;
    let lost = -1;
    for (const part of [1, 0.9, 0.8, 0.7]) {
      const { allocation, measured, met, part: found } = await ask(part);
      expect(met).toBe(true);
      expect(found).toBeLessThanOrEqual(part);
      expect(measured.seconds).toBeLessThanOrEqual(last);
      expect(allocation.predicted.value).toBeGreaterThanOrEqual(lost);
      expect(["c", "e"].map((id) => weightOf(allocation.recipe, id))).toEqual(["float", "float"]);
      [last, lost] = [measured.seconds, allocation.predicted.value];
    }
    // Dense layers at 1 and depthwise ones at 2 are the least there is.
    const { met, measured } = await ask(0.3);
    expect(met).toBe(false);
    expect(measured.seconds).toBeLessThan(11);
  });

  test("that only the float network keeps is kept by it", async () => {
    const { network, evidence, kept, prepared: table } = await prepared();
    // Integers are slower here than anyone measured: every file that has some misses the limit.
    const { timings, slow } = device();
    const report = await latencyOf(network, timings, { schemes: evidence, kept });
    slow(100);
    const found = await allocateWithin({
      ...{ network, timings, times: report.times, prepared: table, limit: { part: 1 } },
      float: (report.endToEnd[0]?.timing.seconds as number) * 0.9,
      model: async (recipe) => timedModel(network, recipe),
      feeds: await timedFeeds(network),
    });
    expect(found).toMatchObject({ met: true, part: 1, ratio: 1 });
    expect(found.allocation.predicted.value).toBe(0);
    expect(found.trace.filter(({ met }) => !met).length).toBeGreaterThan(0);
  });

  test("quantizers that no integer layer needs are left out", async () => {
    const { network, evidence, kept, prepared: table } = await prepared();
    const { timings } = device();
    const report = await latencyOf(network, timings, { schemes: evidence, kept });
    const found = await allocateWithin({
      ...{ network, timings, times: report.times, prepared: table, limit: { seconds: 14.5 } },
      float: report.endToEnd[0]?.timing.seconds as number,
      model: async (recipe) => timedModel(network, recipe),
      feeds: await timedFeeds(network),
    });
    const plan = planRecipe(network, found.allocation.recipe, standInRanges(network));
    const integers = [...plan.weights.values()].map(({ layer }) => layer.id);
    expect(integers.length).toBe(1);
    expect(plan.points.size).toBe(2);
    expect(found.measured.seconds).toBeLessThanOrEqual(14.5);
  });
});

test("the engine gives rows as they are measured, knows them later, and ends where it is cancelled", async () => {
  let loads = 0;
  const runtime: Runtime = {
    name: wasmRuntime.name,
    load: (...args) => {
      loads++;
      return wasmRuntime.load(...args);
    },
  };
  const decode = async () => Promise.reject(new Error("no images here"));
  const studio = new Studio({ runtime, decode });
  const file = new File([encodeModel(depthwiseNet.model)], "dw.onnx");
  const { layers } = await studio.openModel([file], {}, () => {});
  const schemes = layers.map(({ id }) => ({
    layer: id,
    target: "weight" as const,
    key: "8",
    scheme: { format: "int8" },
  }));
  const rows: string[] = [];
  const ask = () =>
    studio.latency(
      "time",
      { schemes, kept: {} },
      ({ layer, weight: column }) => rows.push(`${layer} ${column}`),
      () => {},
    );
  const report = await ask();
  expect(rows).toEqual(["depthwise float", "pointwise float", "depthwise 8", "pointwise 8"]);
  expect(structuredClone(report)).toEqual(report);
  expect(Object.keys((report as { times: { layers: object } }).times.layers)).toEqual([
    "depthwise",
    "pointwise",
  ]);
  const before = loads;
  await ask();
  // Whole runs alone are timed again.
  expect(loads - before).toBe(2);
  const cancelled = ask();
  await studio.cancel("time");
  expect(await cancelled).toBe("cancelled");
});
