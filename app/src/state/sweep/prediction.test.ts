import {
  type Cell,
  type Finding,
  type LayerSummary,
  presetRecipe,
  type Recipe,
  type Score,
  type Target,
} from "@bitscape/engine";
import { describe, expect, it } from "vitest";
import { withBits, withScheme } from "../edits.ts";
import { type Cells, withCells } from "./known.ts";
import { corrected, decisions, predict as predictFrom, total } from "./prediction.ts";

const layer = (id: string, sharedWith: string[] = []): LayerSummary => ({
  id,
  op: "Conv",
  weights: [{ name: id, shape: [1], dtype: "float32", bytes: 4, elements: 1 }],
  macs: null,
  activations: ["x"],
  sharedWith,
  depthwise: false,
});
const finding = (value: number, half = 0, n = 64): Finding => ({
  value,
  low: value - half,
  high: value + half,
  n,
  source: "measured",
  of: "",
});
const cell = (id: string, target: Target, bits: number, kl: Finding, drop: Finding | null) => ({
  asked: 64,
  cell: { layer: id, target, bits, finding: kl, drop } satisfies Cell,
});
const float: Score = {
  metric: "kl",
  divergence: finding(0, 0, 500),
  top1: finding(0.9, 0.02, 500),
  data: "real",
  done: true,
};
const predict = (of: readonly LayerSummary[], recipe: Recipe, known: Cells, score: Score, key: string) =>
  predictFrom(of, recipe, (each) => known.get(each)?.cell, score, key);
const layers = [layer("a"), layer("b")];
const w8: Recipe = {
  schema: "bitscape/recipe/1",
  seed: 0,
  defaults: { weight: { format: "int8", granularity: "channel", symmetric: true, range: "minmax" } },
  layers: {},
};
const cells = withCells(new Map(), [
  cell("a", "weight", 8, finding(0.01, 0.003), finding(0.02, 0.06)),
  cell("b", "weight", 8, finding(0.02, 0.004), finding(0.01, 0.08)),
]);

describe("predict", () => {
  it("adds up the chosen cells; half-widths in quadrature", () => {
    const { divergence, top1, unknown, chosen, departing } = predict(layers, w8, cells, float, "key");
    expect(divergence?.value).toBeCloseTo(0.03);
    expect(divergence?.high).toBeCloseTo(0.035);
    expect(top1?.value).toBeCloseTo(0.87);
    expect(top1?.low).toBeCloseTo(0.77);
    expect(top1?.high).toBeCloseTo(0.9);
    expect([unknown, chosen, departing]).toEqual([0, 2, 0]);
    expect([top1?.source, top1?.of, top1?.n]).toEqual(["predicted", "key", 64]);
  });

  it("says how many chosen cells are unknown, and nothing while all are", () => {
    const one = predict(layers, withBits(w8, [layers[0] as LayerSummary], "weight", 2), cells, float, "");
    expect([one.unknown, one.divergence?.value]).toEqual([1, 0.02]);
    const none = predict(layers, w8, new Map(), float, "");
    expect([none.unknown, none.divergence, none.top1]).toEqual([2, null, null]);
  });

  it("leaves failed cells out as unknown", () => {
    const failed = withCells(cells, [cell("a", "weight", 8, finding(Number.NaN), null)]);
    expect(predict(layers, w8, failed, float, "").unknown).toBe(1);
  });

  it("costs nothing where nothing is quantized", () => {
    const { top1, divergence, chosen } = predict(
      layers,
      withBits(w8, layers, "weight", "fp"),
      cells,
      float,
      "",
    );
    expect([top1?.value, top1?.low, divergence?.value, chosen]).toEqual([0.9, 0.9, 0, 0]);
  });

  it("does without labels", () => {
    const unlabelled = withCells(new Map(), [cell("a", "weight", 8, finding(0.5), null)]);
    const { top1, divergence } = predict([layer("a")], w8, unlabelled, { ...float, top1: null }, "");
    expect([top1, divergence?.value]).toEqual([null, 0.5]);
  });

  it("does not take no change among few samples for none at all", () => {
    const still = withCells(new Map(), [cell("a", "weight", 8, finding(0), finding(0))]);
    const { top1 } = predict([layer("a")], w8, still, float, "");
    expect(top1?.value).toBe(0.9);
    expect(top1?.low).toBeCloseTo(0.9 - 3 / 64);
  });

  it("says nothing of accuracy on a handful of samples, unless there are no more", () => {
    const few = (drop: Finding) => withCells(new Map(), [cell("a", "weight", 8, finding(0.1), drop)]);
    const handful = few({ ...finding(0), n: 16 });
    expect(predict([layer("a")], w8, handful, float, "").top1).toBeNull();
    expect(predict([layer("a")], w8, handful, float, "").divergence?.value).toBe(0.1);
    const all = { ...float, top1: { ...(float.top1 as Finding), n: 16 } };
    expect(predict([layer("a")], w8, handful, all, "").top1?.value).toBe(0.9);
  });

  it("promises no gain: the same few samples turning right in many cells do not add up", () => {
    const lucky = withCells(new Map(), [
      cell("a", "weight", 8, finding(0.01), finding(-0.05, 0.02)),
      cell("b", "weight", 8, finding(0.01), finding(-0.08, 0.02)),
    ]);
    const { top1 } = predict(layers, w8, lucky, float, "");
    expect([top1?.value, top1?.high]).toEqual([0.9, 0.9]);
    expect(top1?.low).toBeLessThanOrEqual(0.9);
  });

  it("stays between 0 and 1", () => {
    const bad = withCells(new Map(), [
      cell("a", "weight", 8, finding(3), finding(0.7, 0.1)),
      cell("b", "weight", 8, finding(3), finding(0.6, 0.1)),
    ]);
    const { top1 } = predict(layers, w8, bad, float, "");
    expect([top1?.value, top1?.low]).toEqual([0, 0]);
  });

  it("tells schemes that depart from the measured ones", () => {
    expect(predict(layers, presetRecipe("w4"), cells, float, "").departing).toBe(0);
    const scheme = { format: "int8", granularity: "tensor", symmetric: true, range: "mse" } as const;
    expect(predict(layers, withScheme(w8, layers, "weight", scheme), cells, float, "").departing).toBe(2);
  });
});

it("counts a decision about shared activations once", () => {
  const shared = [layer("a", ["b"]), layer("b", ["a"])];
  const kinds = decisions(shared, presetRecipe("w8a8")).map(({ layer: id, target }) => `${id} ${target}`);
  expect(kinds).toEqual(["a weight", "b weight", "a activation"]);
  const add = { ...layer("add", ["a"]), weights: [], activations: ["x", "y"] };
  const wider = decisions([layer("a", ["add"]), add], presetRecipe("w8a8")).map(({ layer: id }) => id);
  expect(wider).toEqual(["a", "add"]);
});

it("totals nothing to nothing", () => {
  expect(total([], "key", 10)).toMatchObject({ value: 0, low: 0, high: 0, n: 10 });
});

describe("corrected", () => {
  const sum = predict(layers, w8, cells, float, "key");
  const predicted = { value: 0.05, low: 0.04, high: 0.07 };

  it("is the sum until the budget's model has spoken", () => {
    expect(corrected(sum, null, float)).toBe(sum);
  });

  it("takes the divergence, and the accuracy that its fall leaves, the other way round", () => {
    const drop = { value: 0.03, low: -0.01, high: 0.08 };
    const { divergence, top1 } = corrected(sum, { predicted, drop }, float);
    expect(divergence).toMatchObject({ ...predicted, n: 64 });
    expect(top1?.value).toBeCloseTo(0.87);
    expect(top1?.low).toBeCloseTo(0.82);
    expect(top1?.high).toBeCloseTo(0.91);
  });

  it("says nothing of accuracy that nobody has labels for", () => {
    const bare = predict(layers, w8, cells, { ...float, top1: null }, "key");
    const drop = { value: 0.03, low: 0.01, high: 0.08 };
    expect(corrected(bare, { predicted, drop }, { ...float, top1: null }).top1).toBeNull();
  });
});
