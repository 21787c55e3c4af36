// Allocation on small networks: exact files, budgets, locks, coupling, the front and the prediction.

import { encodeModel } from "@bitscape/graph";
import { parseRule } from "@bitscape/methods";
import { addValues, emptyHistogram } from "@bitscape/quant";
import { beforeAll, describe, expect, test } from "vitest";
import { columnScheme } from "../cells/sensitivity.ts";
import { exportNetwork } from "../export/exporter.ts";
import type { Network } from "../network/network.ts";
import { planRecipe, type Ranges } from "../plan/plan.ts";
import { type Recipe, schemeFor } from "../recipe.ts";
import { openSmall } from "../testing/data.ts";
import { normals, residualNet } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { sizeReport } from "../views/summary.ts";
import { allocateBits, draft } from "./allocate.ts";
import { evidenceOf, type MeasuredCell } from "./evidence.ts";
import { frontOf, place, uniformOf } from "./front.ts";
import { type Prepared, prepare } from "./prepared.ts";
import { parseSensitivity } from "./sensitivityReport.ts";
import type { SizeOf } from "./sizes.ts";
import { type MeasureJoint, smallestWithin } from "./smallest.ts";
import { type AllocationOptions, predictedOf, withMeasured } from "./table.ts";

const widths = [2, 3, 4, 8];
let network: Network;
let ranges: Ranges;
let cells: MeasuredCell[];
let size: SizeOf;

beforeAll(async () => {
  network = await openSmall(residualNet, wasmRuntime);
  ranges = new Map(
    network.points.map(({ tensor }, i) => {
      const histogram = emptyHistogram();
      addValues(histogram, normals(i, [1000]));
      return [tensor, histogram];
    }),
  );
  size = async (recipe) =>
    sizeReport(network, exportNetwork(network, planRecipe(network, recipe, ranges), recipe));
  cells = network.layers.flatMap((layer, i) =>
    (["weight", "activation"] as const)
      .filter((target) => (target === "weight" ? layer.weights : layer.points).length > 0)
      .flatMap((target) =>
        widths.map((bits) => {
          const value = (1 + ((i * 7) % 5)) * 4 ** -bits;
          return { layer: layer.id, target, bits, value, low: 0.8 * value, high: 1.2 * value };
        }),
      ),
  );
});

function prepared(
  options: AllocationOptions = {},
  targets: readonly ("weight" | "activation")[] = ["weight"],
) {
  return prepare(network, evidenceOf(network, cells, targets), size, options);
}

const formatsOf = (recipe: Recipe, target: "weight" | "activation" = "weight") =>
  network.layers
    .filter((layer) => (target === "weight" ? layer.weights : layer.points).length > 0)
    .map(({ id }) => schemeFor(recipe, id, target)?.format ?? "float");

const weightsOf = (recipe: Recipe) =>
  network.layers.filter(({ weights }) => weights.length > 0).map(({ id }) => schemeFor(recipe, id, "weight"));

async function exactEnds(of: Prepared) {
  const least = await allocateBits(of, { bits: 2 });
  const most = await allocateBits(of, {});
  return { least: least.bytes, most: most.bytes };
}

describe("sizes", () => {
  test("budgets are kept, and bytes are those of the file", async () => {
    const of = await prepared();
    const { least, most } = await exactEnds(of);
    let loss = Number.POSITIVE_INFINITY;
    for (const at of [0, 0.1, 0.3, 0.6, 1]) {
      const budget = Math.round(least + at * (most - least));
      const found = await allocateBits(of, { bytes: budget });
      expect(found.bytes).toBeLessThanOrEqual(budget);
      const { model } = exportNetwork(network, planRecipe(network, found.recipe), found.recipe);
      expect(encodeModel(model).byteLength).toBe(found.bytes);
      expect(found.predicted.value).toBeLessThanOrEqual(loss);
      loss = found.predicted.value;
    }
    expect(loss).toBe(0);
  });

  test("no other recipe that fits loses less, up to what columns share", async () => {
    const of = await prepared();
    const { least, most } = await exactEnds(of);
    const weighted = network.layers.filter(({ weights }) => weights.length > 0);
    const keys = ["float", ...widths.map(String)];
    const all: { bytes: number; value: number }[] = [];
    for (let k = 0; k < keys.length ** weighted.length; k++) {
      let rest = k;
      const layers = weighted.map(({ id }) => {
        const key = keys[rest % keys.length] as string;
        rest = Math.floor(rest / keys.length);
        return [id, { weight: key === "float" ? key : columnScheme("weight", Number(key)) }] as const;
      });
      const recipe: Recipe = { schema: "bitscape/recipe/1", layers: Object.fromEntries(layers) };
      all.push({ bytes: (await size(recipe)).bytes, value: predictedOf(of, recipe).value });
    }
    for (const at of [0.05, 0.2, 0.5]) {
      const budget = Math.round(least + at * (most - least));
      const found = await allocateBits(of, { bytes: budget });
      // Recipes in full words are longer than the compact ones that allocation writes.
      const best = Math.min(...all.filter(({ bytes }) => bytes <= budget).map(({ value }) => value));
      expect(found.predicted.value).toBeLessThanOrEqual(best * (1 + 1e-9));
    }
  });

  test("a budget below the least says the least, exactly", async () => {
    const of = await prepared();
    const { least } = await exactEnds(of);
    await expect(allocateBits(of, { bytes: least - 100 })).rejects.toThrow(
      `size: ${least - 100} bytes, expected at least ${least} bytes, the least with every layer at its least (100 bytes more`,
    );
    expect((await allocateBits(of, { bytes: least })).bytes).toBe(least);
    await expect(allocateBits(of, { bits: 1.5 })).rejects.toThrow(
      "average bits: 1.5 bits, expected at least 2 bits",
    );
    expect(() => draft(of, { bytes: 10 })).toThrow(/^size: 10 bytes, expected at least \d+ bytes/);
  });
});

describe("limits", () => {
  test("average bits", async () => {
    const found = await allocateBits(await prepared(), { bits: 3.5 });
    expect(found.bits).toBeLessThanOrEqual(3.5);
    expect(found.bits).toBeGreaterThan(2.5);
  });

  test("locks and rules", async () => {
    const [first] = network.layers.filter(({ weights }) => weights.length > 0);
    const of = await prepared({ locks: { [first?.id as string]: "8" }, rules: [parseRule("last<=3")] });
    const formats = formatsOf((await allocateBits(of, { bits: 4 })).recipe);
    expect(formats[0]).toBe("int8");
    expect(["int2", "int3"]).toContain(formats.at(-1));
    await expect(prepared({ locks: { nowhere: "8" } })).rejects.toThrow('layer "nowhere": not in');
    await expect(prepared({ locks: { [first?.id as string]: "5" } })).rejects.toThrow(
      "expected some of 2, 3, 4, 8, float",
    );
  });

  test("coupled layers share their column", async () => {
    const ids = network.layers.filter(({ weights }) => weights.length > 0).map(({ id }) => id);
    const of = await prepared({ coupled: [ids] });
    for (const bits of [2.5, 4.5]) {
      const formats = new Set(formatsOf((await allocateBits(of, { bits })).recipe));
      expect(formats.size).toBe(1);
    }
  });

  test("bit operations: weights and inputs multiply, layers that share an input agree on it", async () => {
    const of = await prepared({}, ["weight", "activation"]);
    const macs = network.layers.reduce(
      (sum, layer) => sum + (layer.weights.length > 0 ? (layer.macs ?? 0) : 0),
      0,
    );
    const found = await allocateBits(of, { bops: macs * 4 * 8 });
    const plan = planRecipe(network, found.recipe, ranges);
    expect(plan.warnings).toEqual([]);
    const bops = network.layers.reduce((sum, layer) => {
      if (layer.weights.length === 0) return sum;
      const bitsOf = (target: "weight" | "activation") =>
        Number(schemeFor(found.recipe, layer.id, target)?.format.replace(/\D/g, "") ?? 32);
      return sum + (layer.macs ?? 0) * bitsOf("weight") * bitsOf("activation");
    }, 0);
    expect(found.bops).toBe(bops);
    expect(bops).toBeLessThanOrEqual(macs * 32);
    await expect(allocateBits(of, { bops: macs })).rejects.toThrow(/^bit operations: .*, expected at least/);
  });
});

describe("front", () => {
  test("losses fall as sizes rise, and no uniform recipe lies below it", async () => {
    const of = await prepared();
    const front = frontOf(of);
    for (let k = 1; k < front.length; k++) {
      expect(front[k]?.bytes).toBeGreaterThan(front[k - 1]?.bytes as number);
      expect(front[k]?.value).toBeLessThan(front[k - 1]?.value as number);
    }
    const uniform = uniformOf(of, front);
    expect(uniform.map(({ name }) => name)).toEqual(widths.map((bits) => `uniform ${bits}`));
    for (const { bytes, predicted, dominatedBy } of uniform) {
      expect(predicted?.value).toBeGreaterThan(0);
      if (!dominatedBy) continue;
      expect(dominatedBy.bytes).toBeLessThanOrEqual(bytes);
      expect(dominatedBy.value).toBeLessThan(predicted?.value as number);
    }
    expect(uniform.some(({ dominatedBy }) => dominatedBy)).toBe(true);
  });

  test("a person's own recipe has a place, with a prediction where all of it has evidence", async () => {
    const of = await prepared();
    const own = (format: string): Recipe => ({
      schema: "bitscape/recipe/1",
      defaults: { weight: { format } },
    });
    const known = await place(of, "own", own("int4"));
    expect(known.predicted?.value).toBeCloseTo(uniformOf(of)[2]?.predicted?.value as number, 12);
    expect((await place(of, "own", own("int5"))).predicted).toBeNull();
  });
});

describe("interactions", () => {
  test("of a report move the answer from the optimum of the sum to a better one", async () => {
    const layers = network.layers.filter(({ weights }) => weights.length > 0).map(({ id }) => id);
    // The first two layers err in one direction, the last against both.
    const sign = layers.map((_, i) => (i === layers.length - 1 ? -1 : 1));
    const matrix = layers.map((_, i) =>
      layers.map((__, j) => (i === j ? 1 : 0.9 * (sign[i] as number) * (sign[j] as number))),
    );
    const report = parseSensitivity({ metric: "kl", cells, pairs: { bits: 4, layers, matrix } });
    if (!report.pairs) throw new Error("no pairs");
    const [plain, paired] = [await prepared(), await prepared({ pairs: report.pairs })];
    let moved = 0;
    for (const bits of [2.5, 3, 3.5, 4, 5, 6]) {
      const [linear, found] = [await allocateBits(plain, { bits }), await allocateBits(paired, { bits })];
      expect(found.bits).toBeLessThanOrEqual(bits);
      expect(found.predicted.value).toBeLessThanOrEqual(
        predictedOf(paired, linear.recipe).value * (1 + 1e-9),
      );
      expect(predictedOf(paired, found.recipe).value).toBeCloseTo(found.predicted.value, 12);
      moved += found.moves;
    }
    expect(moved).toBeGreaterThan(0);
    expect(() => parseSensitivity({ metric: "kl", cells, pairs: { layers, matrix: [[1]] } })).toThrow(
      "not square",
    );
  });
});

describe("evidence", () => {
  test("reports that are none are refused, cells without a value are left out", () => {
    expect(() => parseSensitivity({ metric: "kl" }, "f.json")).toThrow("f.json: cells:");
    expect(() => parseSensitivity({ metric: "kl", cells: [{ layer: 3 }] })).toThrow("cells.0.layer");
    expect(() => evidenceOf(network, [], ["weight"])).toThrow("sensitivity: 0 cells");
    const [cell] = cells as [MeasuredCell];
    expect(evidenceOf(network, [cell, { ...cell, bits: 4, value: null }], ["weight"])).toHaveLength(1);
    expect(() => evidenceOf(network, [{ ...cell, layer: "nowhere" }], ["weight"])).toThrow("not in");
    const other = evidenceOf(network, [{ ...cell, bits: "nf4" }], ["weight"]);
    expect(other[0]).toMatchObject({ key: "nf4", bits: 4, scheme: { format: "nf4" } });
  });
});

describe("the smallest within a drop", () => {
  /** Falls by what the recipe is predicted to lose: monotone, so the answer is known. */
  const measuring =
    (of: Prepared, calls: Recipe[]): MeasureJoint =>
    async (recipe) => {
      calls.push(recipe);
      const { value } = predictedOf(of, recipe);
      const finding = { value, low: value, high: value, n: 100, source: "measured", of: "" } as const;
      return { divergence: finding, drop: finding, cut: false };
    };

  test("is the smallest of the trace, and near what the front allows", async () => {
    const of = await prepared();
    const calls: Recipe[] = [];
    const { signal } = new AbortController();
    const most = 0.05;
    const { best, trace, stopped } = await smallestWithin(of, measuring(of, calls), {
      most,
      evaluations: 30,
      signal,
    });
    expect(stopped).toBe(false);
    expect(trace).toHaveLength(calls.length);
    expect(calls.length).toBeLessThanOrEqual(30);
    const within = trace.filter((tried) => tried.within);
    expect(best.bytes).toBe(Math.min(...within.map(({ bytes }) => bytes)));
    expect(best.measured?.drop.value).toBeLessThanOrEqual(most);
    const front = frontOf(of).find(({ value }) => value <= most);
    expect(best.bytes).toBeLessThanOrEqual((front?.bytes as number) * 1.02);
  });

  test("goes on in a style of storing that allows less", async () => {
    const of = await prepared();
    const granularity = { block: 32 } as const;
    const evidence = evidenceOf(network, cells, ["weight"], { weight: { granularity } });
    const other = await prepare(network, evidence, size);
    const calls: Recipe[] = [];
    const measure: MeasureJoint = async (recipe, hopeless) => {
      const found = await measuring(of, calls)(recipe, hopeless);
      const blocked = weightsOf(recipe).some((scheme) => typeof scheme?.granularity === "object");
      const drop = { ...found.drop, value: blocked ? 0.01 * found.drop.value : found.drop.value };
      return { ...found, drop };
    };
    const { signal } = new AbortController();
    const asked = { most: 0.02, evaluations: 60, signal };
    const alone = await smallestWithin(of, measure, asked);
    const { best, prepared: last } = await smallestWithin(of, measure, { ...asked, others: [other] });
    expect(best.bytes).toBeLessThan(alone.best.bytes);
    expect(weightsOf(best.recipe).some((scheme) => typeof scheme?.granularity === "object")).toBe(true);
    expect(last.sizes).toBe(other.sizes);
  });

  test("what other samples refute is left for the next smallest", async () => {
    const of = await prepared();
    const calls: Recipe[] = [];
    const confirmed: Recipe[] = [];
    const confirm = measuring(of, confirmed);
    const stricter: MeasureJoint = async (recipe, hopeless) => {
      const found = await confirm(recipe, hopeless);
      return { ...found, drop: { ...found.drop, value: 2 * found.drop.value } };
    };
    const { signal } = new AbortController();
    const asked = { most: 0.05, evaluations: 30, signal, confirm: stricter };
    const { best, trace } = await smallestWithin(of, measuring(of, calls), asked);
    expect(confirmed.length).toBeGreaterThan(1);
    expect(best.confirmed?.drop.value).toBeLessThanOrEqual(0.05);
    const refuted = trace.filter((tried) => tried.confirmed && tried !== best);
    expect(refuted).toHaveLength(confirmed.length - 1);
    for (const { bytes } of refuted) expect(bytes).toBeLessThan(best.bytes);
  });

  test("stopped early, keeps the best so far; where nothing is within, it is the float network", async () => {
    const of = await prepared();
    const stop = new AbortController();
    const calls: Recipe[] = [];
    const measure = measuring(of, calls);
    const halted: MeasureJoint = (recipe, hopeless) => {
      if (calls.length === 3) stop.abort();
      stop.signal.throwIfAborted();
      return measure(recipe, hopeless);
    };
    const found = await smallestWithin(of, halted, { most: 0.05, evaluations: 30, signal: stop.signal });
    expect([found.stopped, found.trace.length]).toEqual([true, 3]);
    expect(found.best.within).toBe(true);
    const none = await smallestWithin(of, measure, {
      most: -1,
      evaluations: 5,
      signal: new AbortController().signal,
    });
    expect(none.best.measured).toBeNull();
    expect(formatsOf(none.best.recipe).every((format) => format === "float")).toBe(true);
  });
});

test("a measured joint recipe corrects what others are expected to lose", async () => {
  const of = await prepared();
  const { recipe, predicted } = await allocateBits(of, { bits: 3 });
  const after = withMeasured(of, recipe, predicted.value * 3);
  expect(predictedOf(after, recipe).value).toBeGreaterThan(predicted.value * 1.5);
});
