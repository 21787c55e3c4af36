// Learned rounding on small networks: that what is gathered in front of a layer is what ONNX Runtime multiplies its weights with, that
// errors fall, and that the file is what was measured.

import { build, encodedSize, encodeModel, int, ints } from "@bitscape/graph";
import { rowError } from "@bitscape/methods";
import { decode } from "@bitscape/quant";
import { normal, seededRandom, tensor } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { floatsOf } from "../../network/constants.ts";
import type { WeightPlan } from "../../plan/plan.ts";
import { encodeWeight } from "../../plan/weight.ts";
import { type Recipe, recipeKey } from "../../recipe.ts";
import { Study } from "../../study.ts";
import { openSmall, smallDataset } from "../../testing/data.ts";
import {
  conv1dNet,
  convNet,
  depthwiseNet,
  gemmNet,
  groupedNet,
  matMulNet,
  residualNet,
  type SmallNet,
  smallNet,
  transposedNet,
  weight,
} from "../../testing/nets.ts";
import { wasmRuntime } from "../../testing/wasm.ts";
import { learnedIn, withRepair } from "../asked.ts";
import { repairsOf } from "../evidence.ts";
import { evidenceOf } from "./gram.ts";
import { loadProduct } from "./products.ts";
import { learnedRounding } from "./rounding.ts";
import { roundingSites } from "./sites.ts";
import { RoundingWalk } from "./walk.ts";

const idle = async () => {};
const { node } = build;

/** Padding by rule, strides and dilations. */
const paddedNet: SmallNet = smallNet("padded", {
  inputs: { x: { shape: [3, 7, 9] } },
  constants: [weight("w", [6, 3, 3, 2], 1), weight("u", [4, 6, 3, 3], 2)],
  nodes: [
    node(
      "Conv",
      ["x", "w"],
      ["a"],
      { auto_pad: { type: "string", value: "SAME_LOWER" }, strides: ints([2, 2]) },
      "lower",
    ),
    node("Relu", ["a"], ["r"], {}, "relu"),
    node(
      "Conv",
      ["r", "u"],
      ["y"],
      { dilations: ints([2, 1]), pads: ints([2, 0, 1, 1]), group: int(1) },
      "dilated",
    ),
  ],
});

async function studyOf(net: SmallNet): Promise<Study> {
  const network = await openSmall(net, wasmRuntime);
  return Study.open(network, smallDataset(net, 40), wasmRuntime, { calibration: 32 });
}

/** One product. */
const whiteNet: SmallNet = smallNet("white", {
  inputs: { x: { shape: [64] } },
  constants: [weight("w", [64, 4], 1)],
  nodes: [node("MatMul", ["x", "w"], ["y"], {}, "product")],
});

const recipeOf = (weights: object, more: Partial<Recipe> = {}): Recipe => ({
  schema: "bitscape/recipe/1",
  seed: 3,
  defaults: { weight: { format: "int3", granularity: "channel", ...weights } },
  repairs: ["rounding"],
  ...more,
});

describe("what is gathered in front of a layer", () => {
  test.each([
    ["convolutions", convNet, 3],
    ["one and three dimensions", conv1dNet, 2],
    ["depthwise", depthwiseNet, 2],
    ["groups", groupedNet, 2],
    ["padding by rule, dilations", paddedNet, 2],
    ["transposed", transposedNet, 2],
    ["gemm", gemmNet, 2],
    ["matmul", matMulNet, 2],
    ["a sum", residualNet, 3],
  ] as const)("%s: the float weights make the float outputs of it", async (_, net, least) => {
    const study = await studyOf(net);
    const { network, probe, runtime, dataset, split } = study;
    const float = probe.settings(undefined, "integer8");
    const indices = split.calibration.slice(0, 8);
    const walk = new RoundingWalk({
      ...{
        network,
        runtime,
        dataset,
        indices,
        form: "integer8",
        float,
        quantized: () => float,
        between: idle,
      },
    });
    const { product, release } = await loadProduct(runtime);
    const sites = roundingSites(network);
    expect(sites.length).toBeGreaterThanOrEqual(least);
    for (const site of sites) {
      const values = floatsOf(network.model.graph.constants.get(site.weight.name) as never);
      const seen = walk.at(site.layer.node.outputs[0] ?? "");
      const random = seededRandom(1);
      const shared = { site, values, seen, product, random, between: idle, samples: indices.length };
      for (const { learned, apart } of await evidenceOf(shared)) {
        for (const problem of [learned, apart ?? learned]) {
          for (let row = 0; row < problem.rows; row++) {
            const power = problem.power[row] as number;
            expect(power).toBeGreaterThan(0);
            expect(Math.abs(rowError(problem, row, problem.weights)) / power).toBeLessThan(1e-4);
          }
        }
      }
    }
    await release();
    await study.release();
  });
});

describe("learned rounding", () => {
  test("every weight goes to a neighbour, some elsewhere than to the nearest, and the network comes nearer to float", async () => {
    const study = await studyOf(convNet);
    const recipe = recipeOf({});
    const nearest = withRepair(recipe, "rounding", false);
    const [before, after] = [await study.plan(nearest, idle), await study.plan(recipe, idle)];
    let moved = 0;
    for (const [name, planned] of after.weights) {
      const old = encodeWeight(study.network, before.weights.get(name) as WeightPlan);
      const made = encodeWeight(study.network, planned);
      if (old.kind !== "affine" || made.kind !== "affine") throw new Error(old.kind);
      expect(made.scale).toEqual(old.scale);
      for (const [i, code] of made.codes.entries()) {
        const by = code - (old.codes[i] as number);
        expect(Math.abs(by)).toBeLessThanOrEqual(1);
        moved += Math.abs(by);
        const [value, float] = [
          decode(made)[i],
          floatsOf(study.network.model.graph.constants.get(name) as never)[i],
        ];
        if (by !== 0)
          expect(Math.abs((value as number) - (float as number))).toBeLessThan(
            made.scale[
              planned.grouping.kind === "tensor" ? 0 : Math.floor(i / (made.codes.length / made.scale.length))
            ] as number,
          );
      }
    }
    expect(moved).toBeGreaterThan(10);
    // On the very samples that it was learned from.
    const { calibration } = study.split;
    const [plain, learned] = [
      await study.score(nearest, calibration, idle),
      await study.score(recipe, calibration, idle),
    ];
    expect(learned.divergence.value).toBeLessThan(plain.divergence.value);
    await study.release();
  });

  test("nothing is taken that does no better on samples apart: inputs of which the samples say nothing keep their rounding", async () => {
    // Inputs without anything in common: nearest rounding is best, whatever a few samples seem to say.
    const random = seededRandom(9);
    const x = Float32Array.from({ length: 40 * 64 }, () => normal(random));
    const network = await openSmall(whiteNet, wasmRuntime);
    const dataset = {
      ...smallDataset(whiteNet, 40),
      batch: async (indices: readonly number[]) => ({
        x: tensor(
          "float32",
          [indices.length, 64],
          Float32Array.from(indices.flatMap((i) => [...x.subarray(i * 64, i * 64 + 64)])),
        ),
      }),
    };
    const study = await Study.open(network, dataset, wasmRuntime, { calibration: 32 });
    const at = { study, by: "rounding", seed: 0, between: idle } as const;
    const plan = await study.plan(withRepair(recipeOf({}), "rounding", false), idle);
    const learned = (await learnedRounding({ ...at, plan })).get("w");
    const apart = study.split.calibration.filter((_, i) => i % 4 === 3);
    const values = floatsOf(network.model.graph.constants.get("w") as never);
    const errorOf = (rounded: Float32Array, row: number) =>
      apart.reduce((sum, sample) => {
        let off = 0;
        for (let j = 0; j < 64; j++)
          off +=
            (x[sample * 64 + j] as number) *
            ((rounded[j * 4 + row] as number) - (values[j * 4 + row] as number));
        return sum + off * off;
      }, 0);
    const old = decode(encodeWeight(network, plan.weights.get("w") as WeightPlan));
    const made = learned ? decode(learned) : old;
    for (let row = 0; row < 4; row++)
      expect(errorOf(made, row)).toBeLessThanOrEqual(errorOf(old, row) * 1.0001);
    await study.release();
  });

  test("the same for the same seed", async () => {
    const [one, two] = [await studyOf(gemmNet), await studyOf(gemmNet)];
    const codes = async (study: Study) => {
      const { weights } = await study.plan(recipeOf({}), idle);
      return [...weights.values()].map((planned) => [...decode(encodeWeight(study.network, planned))]);
    };
    expect(await codes(one)).toEqual(await codes(two));
    await one.release();
    await two.release();
  });

  test("one learns, and what is cancelled is learned by the next", async () => {
    const study = await studyOf(gemmNet);
    const stop = async () => {
      throw new DOMException("Cancelled.", "AbortError");
    };
    await expect(study.plan(recipeOf({}), stop)).rejects.toThrow("Cancelled.");
    const [one, two] = await Promise.all([study.plan(recipeOf({}), idle), study.plan(recipeOf({}), idle)]);
    const learned = [...one.weights].filter(([, planned]) => planned.learned);
    expect(learned.length).toBeGreaterThan(0);
    for (const [name, planned] of learned) expect(two.weights.get(name)?.learned).toBe(planned.learned);
    await study.release();
  });

  test("synthetic inputs are refused in one sentence", async () => {
    const network = await openSmall(convNet, wasmRuntime);
    const dataset = { ...smallDataset(convNet, 20), kind: "synthetic" as const };
    const study = await Study.open(network, dataset, wasmRuntime);
    await expect(study.plan(recipeOf({}), idle)).rejects.toThrow(
      /^learned rounding: synthetic inputs, expected real samples/,
    );
    await study.release();
  });
});

describe("the file of a recipe with learned rounding", () => {
  const activation = { format: "uint8", granularity: "tensor", symmetric: false, range: "minmax" } as const;
  test.each([
    [
      "integers a channel, with a correction",
      convNet,
      recipeOf({}, { repairs: ["rounding", "bias-correction"] }),
    ],
    [
      "integers in blocks, with activations",
      gemmNet,
      recipeOf(
        {},
        { defaults: { weight: { format: "int4", granularity: { block: 8 }, symmetric: false }, activation } },
      ),
    ],
    ["small floats, as published", whiteNet, recipeOf({ format: "fp4" }, { repairs: ["adaround"] })],
  ] as const)(
    "%s: computes what the probe does, its size known before, and says so",
    async (_, net, recipe) => {
      const study = await studyOf(net);
      const sized = await study.exported(recipe, idle, recipe, true);
      const { model, plan } = await study.exported(recipe, idle);
      expect([...plan.weights.values()].some(({ learned }) => learned)).toBe(true);
      const bytes = encodeModel(model);
      expect(bytes.byteLength).toBe(encodedSize(sized.model));
      const at = await study.of(recipe, idle);
      const found = await at.verify(bytes, plan, recipeKey(recipe), study.samples(), idle);
      expect(found.ok).toBe(true);
      const score = await study.score(recipe, study.samples(), idle);
      expect(found.score.divergence.value).toBeCloseTo(score.divergence.value, 6);
      expect(repairsOf({ model }).rounding).toEqual({
        by: learnedIn(recipe),
        weights: plan.weights.size,
        samples: 32,
      });
      await study.release();
    },
  );
});
