import { type Cell, type LayerSummary, presetRecipe } from "@bitscape/engine";
import { expect, it } from "vitest";
import { cellKey, type KnownCell, type Prediction } from "../sweep/known.ts";
import { choosers, groupCell, groupChoice, shared } from "./cells.ts";

const cell = (layer: string, value: number, n = 64, source: "measured" | "predicted" = "measured"): Cell => ({
  layer,
  target: "weight",
  bits: 4,
  finding: { value, low: value - 0.01, high: value + 0.02, n, source, of: "" },
  drop: null,
});

const layer = (id: string, weights = 1): LayerSummary => ({
  id,
  op: "Conv",
  weights: Array.from({ length: weights }, () => ({
    name: "w",
    shape: [1],
    dtype: "float32" as const,
    bytes: 4,
    elements: 1,
  })),
  macs: null,
  activations: [],
  sharedWith: [],
  depthwise: false,
});

it("is the worst layer's, or the sum with the sum of the intervals", () => {
  const cells = [cell("a", 0.1, 64), cell("b", 0.4, 32), cell("c", 0.2, 16, "predicted")];
  const worst = shared(cells, "weight", 4, "worst");
  expect(worst).toMatchObject({ layer: "b", finding: { value: 0.4, n: 16, source: "predicted" } });
  const sum = shared(cells, "weight", 4, "sum")?.finding;
  expect(sum?.value).toBeCloseTo(0.7, 12);
  expect(sum?.low).toBeCloseTo(0.67, 12);
  expect(sum?.high).toBeCloseTo(0.76, 12);
});

it("leaves out what failed, unless all did", () => {
  const failed = { ...cell("a", Number.NaN), failure: "no" };
  expect(shared([failed, cell("b", 0.2)], "weight", 4, "worst")?.finding.value).toBe(0.2);
  expect(shared([failed], "weight", 4, "sum")?.failure).toBe("no");
  expect(shared([], "weight", 4, "sum")).toBeUndefined();
});

it("counts who has such a cell and who knows it, and prefers what was measured", () => {
  const layers = [layer("a"), layer("b"), layer("c"), layer("none", 0)];
  const cells = new Map<string, KnownCell>([
    [cellKey("a", "weight", 4), { cell: cell("a", 0.1), asked: 64 }],
  ]);
  const predictions = new Map<string, Prediction>([
    [cellKey("a", "weight", 4), { cell: cell("a", 9, 8, "predicted"), asked: 8 }],
    [cellKey("b", "weight", 4), { cell: cell("b", 0.05, 8, "predicted"), asked: 8 }],
  ]);
  const found = groupCell(layers, "weight", 4, { cells, predictions, sharing: "worst" });
  expect(found).toMatchObject({ known: 2, of: 3, cell: { finding: { value: 0.1, source: "predicted" } } });
  // Another way of sharing, and other cells, are not mistaken for what is remembered.
  expect(
    groupCell(layers, "weight", 4, { cells, predictions, sharing: "sum" }).cell?.finding.value,
  ).toBeCloseTo(0.15, 12);
  expect(
    groupCell(layers, "weight", 4, { cells: new Map(), predictions, sharing: "worst" }).cell,
  ).toMatchObject({
    finding: { value: 9 },
  });
});

it("counts choices", () => {
  const recipe = { ...presetRecipe("w8"), layers: { a: { weight: { format: "int4" as const } } } };
  const choice = groupChoice(recipe, [layer("a"), layer("b"), layer("c"), layer("none", 0)], "weight");
  expect([...choice]).toEqual([
    [4, 1],
    [8, 2],
  ]);
  expect(choosers(choice)).toBe(3);
});
