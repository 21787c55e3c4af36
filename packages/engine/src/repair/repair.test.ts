// Repairs against what they promise: equalisation leaves the float network as it is, correction leaves every layer's mean as the
// float network's, and the file of a repaired recipe is what the probe computes.

import { build, constantOf, encodedSize, encodeModel, int, ints } from "@bitscape/graph";
import { tensor, toFloat32 } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { floatsOf } from "../network/constants.ts";
import { type Recipe, recipeKey } from "../recipe.ts";
import { Study } from "../study.ts";
import { openSmall, smallDataset } from "../testing/data.ts";
import { bias, convNet, normals, type SmallNet, samplesOf, smallNet, weight } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { correctedSites } from "./correction.ts";
import { equalized, unequalizable } from "./equalize.ts";
import { repairsOf } from "./evidence.ts";
import { equalizablePairs } from "./pairs.ts";
import { biasSites, withBiasSites } from "./sites.ts";

const { node } = build;
const idle = async () => {};

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
    "each layer's mean is the float network's on the samples it was made with: %s",
    async (_, defaults, net) => {
      const study = await studyOf(net);
      const recipe = recipeOf(defaults, ["bias-correction"]);
      const at = await study.of(recipe, idle);
      const plan = await at.plan(recipe, idle);
      const sites = correctedSites(at.network, plan);
      expect(sites.length).toBe(net === convNet ? 3 : 5);
      const { openedMeans } = await import("./means.test-tool.ts");
      const batch = await study.dataset.batch(study.split.calibration);
      const float = await openedMeans(at, sites, undefined, batch);
      const corrected = await openedMeans(at, sites, plan, batch);
      const { biases: __, ...plain } = plan;
      const uncorrected = await openedMeans(at, sites, plain, batch);
      const off = (found: readonly Float64Array[]) =>
        Math.max(
          ...found.map((means, l) => Math.max(...means.map((m, c) => Math.abs(m - (float[l]?.[c] ?? 0))))),
        );
      expect(off(uncorrected)).toBeGreaterThan(0.01);
      expect(off(corrected)).toBeLessThan(2e-5);
      await study.release();
    },
  );

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
      });
      expect(evidence.equalization !== undefined).toBe(
        (repairs as readonly string[]).includes("equalization"),
      );
      await study.release();
    },
  );
});
