// What methods propose, and what is said of a trial: recipes and words, without an engine.

import type { Contrast, DataSummary, Finding, ModelSummary, Recipe } from "@bitscape/engine";
import { describe, expect, test } from "vitest";
import { rankedBy, standingOfTrial, type Trial } from "../state/methods.ts";
import { withEverywhere } from "./everywhere.ts";
import { placeOf, spanOf } from "./GainScale.tsx";
import type { MethodInput } from "./method.ts";
import { repairMethods } from "./repairs.methods.ts";
import { changeOfAccuracy, changeOfLoss, changeOfSize, stepWords, verdictWords } from "./words.ts";

const recipe: Recipe = {
  schema: "bitscape/recipe/1",
  defaults: { weight: { format: "int4" }, activation: "float" },
  layers: { a: { weight: { format: "nf4" } }, b: "float", c: { activation: { format: "uint8" } } },
};
const layer = (id: string) => ({
  ...{ id, op: "Conv", macs: 1, activations: [], sharedWith: [], depthwise: false },
  weights: [{ name: `${id}.w`, shape: [2, 2], dtype: "float32" as const, bytes: 16, elements: 4 }],
});
const input: MethodInput = {
  recipe,
  model: { layers: ["a", "b", "c"].map(layer) } as unknown as ModelSummary,
  data: { kind: "real" } as DataSummary,
  bytes: 100,
  repairable: { equalization: "equalization: none", rounding: null, adaround: null, "bias-correction": null },
};
const found = (value: number, low: number, high: number): Finding => ({
  ...{ value, low, high, n: 64, of: "x" },
  source: "measured",
});
const method = (id: string) => repairMethods.find((each) => each.id === id) as (typeof repairMethods)[number];
const idle = () => {};
const never = new AbortController().signal;

test("a field everywhere: defaults and layers' own, never where it is float", () => {
  expect(withEverywhere(recipe, "weight", { range: "mse" })).toEqual({
    ...recipe,
    defaults: { weight: { format: "int4", range: "mse" }, activation: "float" },
    layers: { ...recipe.layers, a: { weight: { format: "nf4", range: "mse" } } },
  });
});

test("what is prepared says how long it will take, where that is known", () => {
  const at = { phase: "proposing", contrast: null } as const;
  expect(stepWords(at)).toBe("Preparing");
  expect(stepWords({ ...at, left: 12.3 })).toBe("Preparing, about 13 s left");
});

describe("methods", () => {
  test("say why they have nothing to do here", () => {
    expect(method("bias-correction").unsuited(input)).toBeUndefined();
    expect(method("equalization").unsuited(input)).toBe("equalization: none");
    const float = { ...input, recipe: { schema: "bitscape/recipe/1" } as const };
    for (const each of repairMethods) expect(each.unsuited(float)).toMatch(/No weight|nothing/);
  });

  test("propose a recipe, and take themselves out of one again", async () => {
    const { propose, inside } = method("bias-correction");
    const after = await propose(input, never, idle);
    expect(after.repairs).toEqual(["bias-correction"]);
    expect(inside?.has(after)).toBe(true);
    expect(inside?.without(after)).toEqual(recipe);
    const rounded = await method("squant").propose(input, never, idle);
    expect(rounded.defaults?.weight).toEqual({ format: "int4", rounding: "squant" });
    // A table of values has no grid to round to.
    expect(rounded.layers?.a).toEqual({ weight: { format: "nf4" } });
  });
});

describe("what is said of a trial", () => {
  const score = { metric: "kl", data: "real", done: true, top1: null } as const;
  const contrast: Contrast = {
    ...{ n: 64, of: 64, done: true, top1: null, bytes: { before: 100, after: 177 } },
    before: { ...score, divergence: found(0.2, 0.1, 0.3) },
    after: { ...score, divergence: found(0.1, 0.05, 0.2) },
    divergence: found(0.1, 0.02, 0.2),
  };

  test("no difference is called one within its interval", () => {
    expect(verdictWords(contrast)).toBe("Nearer to float.");
    expect(verdictWords({ ...contrast, divergence: found(0.1, -0.02, 0.2) })).toBe(
      "No difference beyond noise.",
    );
    const both = { ...contrast, divergence: found(-0.1, -0.2, -0.01), top1: found(0.01, -0.02, 0.03) };
    expect(verdictWords(both)).toBe("Further from float: not worth applying. Top-1 unchanged within noise.");
    expect(verdictWords({ ...contrast, n: 32, done: false })).toBe("32 of 64 samples so far");
    expect(verdictWords({ ...contrast, strength: 1 })).toBe("Nearer to float.");
    expect(verdictWords({ ...contrast, strength: 0.5 })).toMatch(
      /^Nearer to float\. Half of the bias correction/,
    );
  });

  test("a gain of the loss is written as its fall", () => {
    expect(changeOfLoss(contrast.divergence)).toBe("−0.100 (−0.20 to −0.020)");
    expect(changeOfAccuracy(found(0.012, -0.003, 0.021))).toBe("+1.2 points (−0.3 to +2.1)");
    expect(changeOfSize(contrast.bytes)).toBe("+77 B");
  });

  test("stands to the present recipe as fresh, applied or stale; the best is first", () => {
    const trial = (gain: number, key = "k"): Trial => ({
      ...{ phase: "done", key, share: 1, after: recipe, sentence: null },
      contrast: { ...contrast, divergence: found(gain, 0, 1) },
    });
    expect(rankedBy({ a: trial(1), b: trial(3), c: trial(2), d: trial(9, "old") }, "k")).toEqual([
      "b",
      "c",
      "a",
    ]);
    expect(standingOfTrial(trial(1), "k")).toBe("fresh");
    expect(standingOfTrial(trial(1), "other")).toBe("stale");
  });

  test("losses lie on one logarithmic axis", () => {
    const span = spanOf([0.01, 0.1, 0]) as { low: number; high: number };
    expect(placeOf(0.1, span) - placeOf(0.01, span)).toBeCloseTo(Math.log(10) / Math.log(10 * 1.25 ** 2), 10);
    expect(placeOf(0, span)).toBe(0);
    expect(spanOf([0])).toBeNull();
  });
});
