// Time as a cost: medians of a stopwatch whose clock the tests turn, pieces of real exports that run, and budgets on a made-up
// device whose every operator has a known time. No test asks how fast anything is here.

import { build, decodeModel, encodeModel, int, ints, linksOf, type Node } from "@bitscape/graph";
import { describe, expect, test } from "vitest";
import { type Evidence, evidenceOf } from "../allocate/evidence.ts";
import { prepare } from "../allocate/prepared.ts";
import { exportNetwork } from "../export/exporter.ts";
import { planRecipe } from "../plan.ts";
import { presetRecipe, presets, type Recipe, schemeFor } from "../recipe.ts";
import type { Runtime } from "../runtime.ts";
import { Studio } from "../studio.ts";
import { sizeReport } from "../summary.ts";
import { openSmall } from "../testing/data.ts";
import { depthwiseNet, type SmallNet, smallNet, smallNets, weight } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { givenTimes, parseLatencyTable } from "./given.ts";
import { piecesOf } from "./piece.ts";
import { pieceFeeds, pieceKey, pieceModel } from "./pieceModel.ts";
import { standInRanges } from "./standIn.ts";
import { rankOf, roundsOf, timingOf } from "./stopwatch.ts";
import { latencyOf, timedFeeds, timedModel } from "./studied.ts";
import { Timings } from "./timings.ts";
import { allocateWithin } from "./within.ts";

describe("stopwatch", () => {
  test("the interval of a median covers 95 % and is the narrowest that does", () => {
    const below = (n: number, k: number) => {
      let [term, sum] = [0.5 ** n, 0];
      for (let i = 0; i <= k; i++) {
        sum += term;
        term *= (n - i) / (i + 1);
      }
      return sum;
    };
    for (let n = 6; n <= 60; n++) {
      const rank = rankOf(n);
      expect(1 - 2 * below(n, rank)).toBeGreaterThanOrEqual(0.95);
      expect(1 - 2 * below(n, rank + 1)).toBeLessThan(0.95);
    }
    expect(timingOf([5, 1, 3, 2, 4])).toEqual({ seconds: 3, low: 1, high: 5, n: 5 });
    expect(timingOf([4, 1])).toMatchObject({ seconds: 2.5 });
  });

  test("finds what jobs take, through interruptions, and waits until they are no faster", async () => {
    let [at, runs] = [0, 0];
    const now = () => at;
    const job = (seconds: number, every: number, pause: number) => async () => {
      at += seconds + (++runs % every === 0 ? pause : 0);
    };
    const [a, b] = await roundsOf([job(0.001, 3, 0.5), job(0.004, 1000, 0)], {
      rounds: 7,
      leastSeconds: 0.02,
      now,
    });
    expect(timingOf(a as Float64Array).seconds).toBeCloseTo(0.001, 12);
    expect(timingOf(b as Float64Array).seconds).toBeCloseTo(0.004, 12);
    // Compiled again, better, after a while.
    let warm = 0;
    const settling = async () => {
      at += warm++ < 15 ? 0.01 : 0.002;
    };
    const [c] = await roundsOf([settling], { rounds: 7, leastSeconds: 0.02, now });
    expect(timingOf(c as Float64Array)).toMatchObject({
      low: expect.closeTo(0.002, 12),
      high: expect.closeTo(0.002, 12),
    });
  });
});

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

const { node } = build;
const conv = (
  name: string,
  input: string,
  output: string,
  attributes: Record<string, ReturnType<typeof int>> = {},
) =>
  [
    node("Conv", [input, `w${name}`], [`${output}c`], { pads: ints([1, 1, 1, 1]), ...attributes }, name),
    node("Relu", [`${output}c`], [output], {}, `${name}_relu`),
  ] as const;

/** Dense, depthwise, dense, depthwise, and a pointwise head. */
const chain: SmallNet = smallNet("chain", {
  inputs: { x: { shape: [4, 6, 6] } },
  constants: [
    weight("wa", [8, 4, 3, 3], 1),
    weight("wb", [8, 8, 3, 3], 2),
    weight("wc", [8, 1, 3, 3], 3),
    weight("wd", [8, 8, 3, 3], 4),
    weight("we", [8, 1, 3, 3], 5),
    weight("wf", [3, 8, 1, 1], 6),
  ],
  nodes: [
    ...conv("a", "x", "ra"),
    ...conv("b", "ra", "rb"),
    ...conv("c", "rb", "rc", { group: int(8) }),
    ...conv("d", "rc", "rd"),
    ...conv("e", "rd", "re", { group: int(8) }),
    node("Conv", ["re", "wf"], ["y"], {}, "f"),
  ],
});

// Seconds of the made-up device: integers pay for dense layers, and not for depthwise ones.
const times = { dense: { integer: 1, float: 3 }, depthwise: { integer: 5, float: 2 }, quantizer: 0.1 };

function costOf(bytes: Uint8Array): number {
  const { graph } = decodeModel(bytes);
  const { producer, consumers } = linksOf(graph);
  const cost = (each: Node) => {
    if (each.op === "QuantizeLinear") return times.quantizer;
    if (each.op !== "Conv") return 0;
    const kind =
      (each.attributes.get("group") as { value?: bigint } | undefined)?.value === 8n ? "depthwise" : "dense";
    const readers = consumers.get(each.outputs[0] as string) ?? [];
    const after = readers[0]?.op === "Relu" ? consumers.get(readers[0].outputs[0] as string) : readers;
    const integer =
      each.inputs.slice(0, 2).every((name) => producer.get(name)?.op === "DequantizeLinear") &&
      after?.some(({ op }) => op === "QuantizeLinear");
    return times[kind][integer ? "integer" : "float"];
  };
  return graph.nodes.reduce((sum, each) => sum + cost(each), 0);
}

/** Runs nothing; moves its clock by what a model costs, and a hundredth of a second a run. */
function device() {
  let at = 0;
  const runtime: Runtime = {
    name: "made-up device",
    async load(file) {
      const seconds = costOf(file as Uint8Array) + 0.01;
      return {
        inputs: [],
        outputs: [],
        async run() {
          at += seconds;
          return {};
        },
        async release() {},
      };
    },
  };
  return { runtime, timings: new Timings(runtime, { now: () => at, rounds: 3, leastSeconds: 1 }) };
}

async function prepared() {
  const network = await openSmall(chain, wasmRuntime);
  const { weight: choice, activation } = presets.w8a8 as NonNullable<Recipe["defaults"]>;
  const cells = network.layers
    .filter(({ weights }) => weights.length > 0)
    .map(({ id }, i) => ({
      layer: id,
      target: "weight" as const,
      bits: 8,
      value: 1e-3 * (1 + i),
      low: 0,
      high: 1e-2,
    }));
  const evidence: Evidence[] = evidenceOf(network, cells, ["weight"], { weight: choice });
  const ranges = standInRanges(network);
  const kept = { defaults: { activation } };
  const size = async (recipe: Recipe) =>
    sizeReport(network, exportNetwork(network, planRecipe(network, recipe, ranges), recipe));
  return { network, evidence, kept, prepared: await prepare(network, evidence, size, kept) };
}

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

describe("a given table", () => {
  const csv =
    "layer,op,shape,scheme,ms\n,Conv,,float,30\n,Conv,,w8a8,10\nc,,,int8,50\nc,,,fp32,20\nend to end,,,float,340\n";

  test("of CSV and of JSON says the same; layers come before operators", async () => {
    const { network, evidence } = await prepared();
    const fromCsv = parseLatencyTable(csv, "t.csv");
    const rows = [
      { op: "Conv", scheme: "float", ms: 30 },
      { op: "Conv", scheme: "8/8", ms: 10 },
      { layer: "c", scheme: "8", ms: 50 },
      { layer: "c", scheme: "float", ms: 20 },
    ];
    const fromJson = parseLatencyTable(JSON.stringify({ rows, endToEnd: [{ name: "float", ms: 340 }] }));
    const [a, b] = [fromCsv, fromJson].map((given) => givenTimes(network, given, evidence));
    expect(a).toEqual(b);
    expect(a?.factor).toBeCloseTo(2, 12);
    expect(a?.float).toBeCloseTo(0.34, 12);
    expect(a?.times.layers.c?.seconds).toEqual({ "float/": expect.closeTo(0.04), "8/": expect.closeTo(0.1) });
    expect(a?.times.layers.b?.seconds["8/"]).toBeCloseTo(0.02, 12);
  });

  test("is refused in a sentence where it is none, or says too little", async () => {
    const { network, evidence } = await prepared();
    expect(() => parseLatencyTable("[1", "t.json")).toThrow(/^t\.json: .*, expected rows of layer/);
    expect(() => parseLatencyTable("layer,scheme,ms\na,8,-1\n", "t.csv")).toThrow(
      /^t\.csv: row 1: .*, expected layer/,
    );
    expect(() => parseLatencyTable("scheme,ms\n8,1\n")).toThrow(
      "row 1: neither layer nor op, expected layer",
    );
    const some = parseLatencyTable("layer,scheme,ms\na,float,3\n");
    expect(() => givenTimes(network, some, evidence)).toThrow(
      "latency table: a without a time as 8, expected",
    );
    const none = parseLatencyTable("layer,scheme,ms\nz,float,3\n");
    expect(() => givenTimes(network, none, evidence)).toThrow(
      "latency table: 1 rows, expected some for layers of chain.onnx",
    );
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

test("a depthwise network is timed on a real runtime, no layer without a time", async () => {
  const network = await openSmall(depthwiseNet, wasmRuntime);
  const timings = new Timings(wasmRuntime, { rounds: 2, leastSeconds: 1e-4 });
  const cells = network.layers.map(({ id }) => ({ layer: id, target: "weight" as const, bits: 8, value: 1 }));
  const report = await latencyOf(network, timings, {
    schemes: evidenceOf(network, cells, ["weight"]),
    kept: {},
  });
  expect(report.rows.map(({ layer, weight: column, timing }) => [layer, column, timing?.n])).toEqual([
    ["depthwise", "float", 2],
    ["pointwise", "float", 2],
    ["depthwise", "8", 2],
    ["pointwise", "8", 2],
  ]);
});
