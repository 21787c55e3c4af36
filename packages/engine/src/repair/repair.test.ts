// Repairs against what they promise: equalisation leaves the float network as it is, correction leaves every layer's mean as the
// float network's, and the file of a repaired recipe is what the probe computes.

import { build, type Constant, constantOf, encodedSize, encodeModel, int, ints } from "@bitscape/graph";
import { tensor, toFloat32 } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import type { Cell } from "../cells/calls.ts";
import { type CellHost, CellRoom } from "../cells/room.ts";
import { timedModel } from "../latency/studied.ts";
import { floatsOf } from "../network/constants.ts";
import { type Recipe, recipeKey } from "../recipe.ts";
import { Study } from "../study.ts";
import { openSmall, smallDataset } from "../testing/data.ts";
import { bias, convNet, normals, type SmallNet, samplesOf, smallNet, weight } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { correctedSites, lacksOf } from "./correction/correction.ts";
import { gatesOf } from "./correction/gates.ts";
import type { Lacks } from "./correction/shifts.ts";
import { biasSites, withBiasSites } from "./correction/sites.ts";
import { equalized, unequalizable } from "./equalization/equalize.ts";
import { equalizablePairs } from "./equalization/pairs.ts";
import { repairsOf } from "./evidence.ts";
import { type Remade, remadeOf, unforeseenIn } from "./foreseen.ts";

const { node } = build;
const idle = async () => {};

/** The engine's calls about cells, each at once. */
const cellRoom = (study: Study) =>
  new CellRoom({
    study: () => study,
    job: (_: string, work: (signal: AbortSignal) => Promise<unknown>) => work(new AbortController().signal),
    step: idle,
    background: idle,
  } as unknown as CellHost);

/** A weight whose output channels differ by a factor of up to 50 in range: what equalisation is for. */
function uneven(name: string, shape: readonly number[], seed: number) {
  const channels = shape[0] as number;
  const values = normals(seed, shape, 0.4);
  const each = values.length / channels;
  return constantOf(
    name,
    tensor(
      "float32",
      shape,
      values.map((value, i) => value * 50 ** (((Math.floor(i / each) * 7) % channels) / channels - 0.5)),
    ),
  );
}

/** A mobile block (1×1, ReLU6, depthwise, ReLU6, 1×1 without a bias), a pool, a flattening and two products. */
const mobileNet: SmallNet = smallNet("mobile", {
  inputs: { x: { shape: [4, 8, 8] } },
  constants: [
    uneven("w1", [12, 4, 1, 1], 1),
    bias("b1", 12, 2),
    uneven("dw", [12, 1, 3, 3], 3),
    bias("db", 12, 4),
    weight("w2", [6, 12, 1, 1], 5),
    uneven("w3", [10, 96], 6),
    bias("b3", 10, 7),
    weight("w4", [10, 5], 8),
    constantOf("zero", tensor("float32", [], [0])),
    constantOf("six", tensor("float32", [], [1.5])),
  ],
  nodes: [
    node("Conv", ["x", "w1", "b1"], ["c1"], {}, "expand"),
    node("Clip", ["c1", "zero", "six"], ["r1"], {}, "clip1"),
    node("Conv", ["r1", "dw", "db"], ["c2"], { group: int(12), pads: ints([1, 1, 1, 1]) }, "depthwise"),
    node("Clip", ["c2", "zero", "six"], ["r2"], {}, "clip2"),
    node("Conv", ["r2", "w2"], ["c3"], {}, "project"),
    node("MaxPool", ["c3"], ["p"], { kernel_shape: ints([2, 2]), strides: ints([2, 2]) }, "pool"),
    node("Flatten", ["p"], ["f"], {}, "flat"),
    node("Gemm", ["f", "w3", "b3"], ["g"], { transB: int(1) }, "hidden"),
    node("Relu", ["g"], ["h"], {}, "relu"),
    node("MatMul", ["h", "w4"], ["y"], {}, "head"),
  ],
});

const w4: Recipe["defaults"] = { weight: { format: "int4", granularity: "tensor" } };
const a8 = { format: "uint8", granularity: "tensor", symmetric: false, range: "minmax" } as const;

async function studyOf(net: SmallNet, samples = 24): Promise<Study> {
  const network = await openSmall(net, wasmRuntime);
  return Study.open(network, smallDataset(net, samples), wasmRuntime, { calibration: 16 });
}

const recipeOf = (defaults: Recipe["defaults"], repairs: Recipe["repairs"]): Recipe => ({
  schema: "bitscape/recipe/1",
  defaults,
  repairs,
});

/** By channel, what all samples lack. */
function meansOf({ channels, lack, seen }: Lacks): number[] {
  const sum = (rows: readonly Float32Array[], c: number) =>
    rows.reduce((total, row) => total + (row[c] as number), 0);
  return Array.from({ length: channels }, (_, c) => {
    return sum(lack, c) / (seen ? sum(seen, c) : lack.length);
  });
}

const largest = (found: readonly Float64Array[]) =>
  found.reduce((most, values) => Math.max(most, ...values.map(Math.abs)), 0);

describe("equalisation", () => {
  test("finds every pair between which scales can move", async () => {
    const network = await openSmall(mobileNet, wasmRuntime);
    const named = equalizablePairs(network).map(({ first, second, repeat }) => [
      first.layer.id,
      second.id,
      repeat,
    ]);
    expect(named).toEqual([
      ["expand", "depthwise", 1],
      ["depthwise", "project", 1],
      ["project", "hidden", 16],
      ["hidden", "head", 1],
    ]);
  });

  test("leaves the float network's outputs as they are, ReLU6 included", async () => {
    const network = await openSmall(mobileNet, wasmRuntime);
    const made = equalized(network);
    const feeds = samplesOf(mobileNet, 16);
    const [before, after] = await Promise.all(
      [network, made].map(async ({ model }) => {
        const session = await wasmRuntime.load(encodeModel(model));
        const { y } = await session.run(feeds);
        await session.release();
        return y ? toFloat32(y.dtype, y.data) : new Float32Array();
      }),
    );
    const largest = Math.max(...(before as Float32Array).map(Math.abs));
    const most = Math.max(...(before as Float32Array).map((v, i) => Math.abs(v - (after?.[i] as number))));
    expect(largest).toBeGreaterThan(0.1);
    expect(most / largest).toBeLessThan(1e-5);
    expect(made.layers.map(({ id }) => id)).toEqual(network.layers.map(({ id }) => id));
  });

  test("eq. 11's known answer: ranges (4, 1) and (1, 4) both become 2", async () => {
    const net = smallNet("two", {
      inputs: { x: { shape: [2] } },
      constants: [
        constantOf("a", tensor("float32", [2, 2], [4, 1, 0.5, -0.5])),
        constantOf("b", tensor("float32", [2, 2], [1, -0.25, 4, 2])),
      ],
      nodes: [
        node("MatMul", ["x", "a"], ["h"], {}, "first"),
        node("Relu", ["h"], ["r"], {}, "relu"),
        node("MatMul", ["r", "b"], ["y"], {}, "second"),
      ],
    });
    const { graph } = equalized(await openSmall(net, wasmRuntime)).model;
    // s = √(r1 r2) / r2 = (2, 0.5): columns of a are divided by it, rows of b multiplied.
    const of = (name: string) => [...floatsOf(graph.constants.get(name) as never)];
    expect(of("a")).toEqual([2, 2, 0.25, -1]);
    expect(of("b")).toEqual([2, -0.5, 2, 1]);
  });

  test("a network without such a pair is refused in one sentence", async () => {
    const net = smallNet("sigmoid", {
      inputs: { x: { shape: [2] } },
      constants: [weight("a", [2, 3], 1), weight("b", [3, 2], 2)],
      nodes: [
        node("MatMul", ["x", "a"], ["h"], {}, "first"),
        node("Sigmoid", ["h"], ["s"], {}, "bend"),
        node("MatMul", ["s", "b"], ["y"], {}, "second"),
      ],
    });
    expect(unequalizable(await openSmall(net, wasmRuntime))).toMatch(
      /^equalization: no two layers.*expected/,
    );
  });
});

describe("bias correction", () => {
  test.each([
    ["weights alone", { ...w4 }, convNet],
    ["weights and activations", { ...w4, activation: a8 }, mobileNet],
  ])(
    "what each layer's means lack is all gone, on the samples it was made with: %s",
    async (_, defaults, net) => {
      const study = await studyOf(net);
      const recipe = recipeOf(defaults, ["bias-correction"]);
      const at = await study.of(recipe, idle);
      const { biases: __, ...plan } = await at.plan(recipe, idle, true);
      const sites = correctedSites(at.network, plan);
      expect(sites.length).toBe(net === convNet ? 3 : 5);
      const { calibration: indices } = study.split;
      const batch = await study.dataset.batch(indices);
      const { network, probe, runtime, dataset } = at;
      const lacks = await lacksOf({ network, probe, runtime, dataset, plan, indices, between: idle }, sites);
      // Not drawn towards nothing: what the samples have in common, whatever their noise.
      const biases = new Map(
        sites.map(({ bias: name }, i) => {
          const constant = network.model.graph.constants.get(name ?? "") as Constant;
          const mean = meansOf(lacks[i] as Lacks);
          const values = floatsOf(constant).map((value, c) => value + (mean[c] as number));
          return [constant.name, constantOf(constant.name, tensor("float32", constant.shape, values))];
        }),
      );
      const { lackingMeans } = await import("./correction/means.test-tool.ts");
      const before = await lackingMeans(at, sites, plan, batch);
      const after = await lackingMeans(at, sites, { ...plan, biases }, batch);
      // The first layer lacks what its own rounding takes, which nothing before it disturbs.
      for (const [c, value] of (before[0] as Float64Array).entries())
        expect(meansOf(lacks[0] as Lacks)[c]).toBeCloseTo(value, 4);
      expect(largest(before)).toBeGreaterThan(0.01);
      expect(largest(after)).toBeLessThan(2e-5);
      await study.release();
    },
  );

  test("a layer is seen through the ReLU behind it, a sum between them or not, and wholly where somebody else reads it", async () => {
    const net = smallNet("gates", {
      inputs: { x: { shape: [4] } },
      constants: [
        weight("a", [4, 4], 1),
        weight("b", [4, 4], 2),
        weight("c", [4, 4], 3),
        weight("d", [4, 4], 4),
        constantOf("zero", tensor("float32", [], [0])),
        constantOf("six", tensor("float32", [], [6])),
      ],
      nodes: [
        node("MatMul", ["x", "a"], ["h"], {}, "summed"),
        node("Add", ["h", "x"], ["s"], {}, "sum"),
        node("Relu", ["s"], ["r"], {}, "relu"),
        node("MatMul", ["r", "b"], ["k"], {}, "limited"),
        node("Clip", ["k", "zero", "six"], ["l"], {}, "relu6"),
        node("MatMul", ["l", "c"], ["m"], {}, "read twice"),
        node("Relu", ["m"], ["n"], {}, "one"),
        node("Add", ["m", "n"], ["o"], {}, "other"),
        node("MatMul", ["o", "d"], ["y"], {}, "last"),
      ],
    });
    const network = await openSmall(net, wasmRuntime);
    expect(Object.fromEntries(gatesOf(network, biasSites(network)))).toEqual({
      summed: { tensor: "r", low: 0, high: null },
      limited: { tensor: "l", low: 0, high: 6 },
    });
  });

  test("a layer without a bias gets one, and a shared one becomes its own", async () => {
    const net = smallNet("shared", {
      inputs: { x: { shape: [4] } },
      constants: [weight("a", [4, 4], 1), weight("c", [4, 4], 2), bias("b", 4, 3)],
      nodes: [
        node("Gemm", ["x", "a", "b"], ["h"], {}, "one"),
        node("Relu", ["h"], ["r"], {}, "relu"),
        node("Gemm", ["r", "c", "b"], ["y"], {}, "two"),
      ],
    });
    const network = await openSmall(net, wasmRuntime);
    expect(biasSites(network).map(({ bias: name }) => name)).toEqual([null, null]);
    const made = withBiasSites(network);
    expect(made.biases).toHaveLength(2);
    for (const name of made.biases ?? [])
      expect(floatsOf(made.model.graph.constants.get(name) as never)).toEqual(
        floatsOf(network.model.graph.constants.get("b") as never),
      );
  });

  test("synthetic inputs are refused in one sentence", async () => {
    const network = await openSmall(convNet, wasmRuntime);
    const dataset = { ...smallDataset(convNet, 20), kind: "synthetic" as const };
    const study = await Study.open(network, dataset, wasmRuntime);
    await expect(study.score(recipeOf(w4, ["bias-correction"]), study.samples(4), idle)).rejects.toThrow(
      /^bias correction: synthetic inputs, expected real samples/,
    );
    await study.release();
  });
});

describe("what is said of a repaired recipe before it is measured", () => {
  test("cells are those of the network that is equalised, which correction does not change", async () => {
    const study = await studyOf(mobileNet);
    const recipe = recipeOf(undefined, ["equalization", "bias-correction"]);
    expect([remadeOf(recipe), unforeseenIn(recipe)]).toEqual([
      { repairs: ["equalization"] },
      ["bias-correction"],
    ]);
    const scheme = { granularity: "tensor", symmetric: true, range: "minmax" } as const;
    const cellsOf = async (remade: Remade) => {
      const found: Cell[] = [];
      const asked = {
        bits: [3],
        targets: ["weight"],
        samples: 8,
        schemes: { weight: scheme },
        remade,
      } as const;
      await cellRoom(study).sweep("sweep", asked, (cell) => found.push(cell), idle);
      return new Map(found.map(({ layer, finding }) => [layer, finding.value]));
    };
    const [own, equal] = [await cellsOf({}), await cellsOf(remadeOf(recipe))];
    for (const [repairs, cells] of [
      [[], own],
      [["equalization"], equal],
    ] as const) {
      const layers = { depthwise: { weight: { ...scheme, format: "int3" } } } as const;
      const alone: Recipe = { schema: "bitscape/recipe/1", layers, repairs };
      const { divergence } = await study.score(alone, study.samples(8), idle);
      expect(cells.get("depthwise")).toBeCloseTo(divergence.value, 7);
    }
    expect(equal.get("depthwise")).not.toBeCloseTo(own.get("depthwise") as number, 3);
    await study.release();
  });

  test("a file that is timed has the biases and limits that repairs add", async () => {
    const network = await openSmall(mobileNet, wasmRuntime);
    const nodesOf = (repairs: Recipe["repairs"]) =>
      timedModel(network, recipeOf(w4, repairs)).graph.nodes.map(({ op }) => op);
    const count = (repairs: Recipe["repairs"], op: string) =>
      nodesOf(repairs).filter((each) => each === op).length;
    // Two ReLU6; the last product has no bias of its own, and needs an Add for one.
    expect([count([], "Min"), count(["equalization"], "Min")]).toEqual([0, 2]);
    expect([count([], "Add"), count(["bias-correction"], "Add")]).toEqual([0, 1]);
  });
});

describe("the file of a repaired recipe", () => {
  test.each([
    ["mobile", mobileNet, { ...w4, activation: a8 }, ["equalization", "bias-correction"]],
    ["mobile", mobileNet, w4, ["bias-correction"]],
    [
      "convolutions",
      convNet,
      { weight: { format: "int8" }, activation: a8 },
      ["equalization", "bias-correction"],
    ],
  ] as const)(
    "%s: computes what the probe does, its size known before, its repairs in its metadata",
    async (_, net, defaults, repairs) => {
      const study = await studyOf(net);
      const recipe = recipeOf(defaults, repairs);
      const sized = await study.exported(recipe, idle, recipe, true);
      const { model, plan } = await study.exported(recipe, idle);
      const bytes = encodeModel(model);
      expect(bytes.byteLength).toBe(encodedSize(sized.model));
      const at = await study.of(recipe, idle);
      const found = await at.verify(bytes, plan, recipeKey(recipe), study.samples(), idle);
      expect(found.ok).toBe(true);
      const score = await study.score(recipe, study.samples(), idle);
      expect(found.score.divergence.value).toBeCloseTo(score.divergence.value, 6);
      const evidence = repairsOf({ model });
      expect(evidence["bias-correction"]).toEqual({
        layers: correctedSites(at.network, plan).length,
        samples: 16,
        strength: plan.strength?.toFixed(1),
      });
      expect(evidence.equalization !== undefined).toBe(
        (repairs as readonly string[]).includes("equalization"),
      );
      await study.release();
    },
  );
});
