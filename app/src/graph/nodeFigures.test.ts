import { type Cell, type LayerSummary, presetRecipe } from "@bitscape/engine";
import { expect, it } from "vitest";
import { cellKey, type KnownCell, type Prediction } from "../state/sweep/known.ts";
import { figureOf } from "./nodeFigures.ts";

const layer = (id: string): LayerSummary => ({
  id,
  op: "Conv",
  weights: [{ name: "w", shape: [1], dtype: "float32", bytes: 4, elements: 1 }],
  macs: null,
  activations: ["x"],
  sharedWith: [],
  depthwise: false,
});
const cell = (
  target: Cell["target"],
  bits: number,
  value: number,
  source: "measured" | "predicted",
): Cell => ({
  layer: "a",
  target,
  bits,
  finding: { value, low: value, high: value, n: 8, source, of: "" },
  drop: null,
});
const w8a8 = presetRecipe("w8a8");
const cells = new Map<string, KnownCell>([
  [cellKey("a", "weight", 8), { cell: cell("weight", 8, 0.1, "measured"), asked: 8 }],
]);
const predictions = new Map<string, Prediction>([
  [cellKey("a", "activation", 8), { cell: cell("activation", 8, 0.3, "predicted"), asked: 8 }],
]);

it("is the worst of what is chosen, and predicted where any of it is", () => {
  expect(figureOf([layer("a")], { cells, predictions, recipe: w8a8 })).toEqual({
    loss: 0.3,
    predicted: true,
    of: 2,
    known: 2,
    bits: "W8 A8",
  });
});

it("leaves out what stays in floating point", () => {
  const w8 = presetRecipe("w8");
  expect(figureOf([layer("a")], { cells, predictions, recipe: w8 })).toMatchObject({
    loss: 0.1,
    predicted: false,
    bits: "W8",
  });
  const float = { ...w8, layers: { a: "float" as const } };
  expect(figureOf([layer("a")], { cells, predictions, recipe: float })).toMatchObject({
    loss: null,
    bits: "fp",
    of: 0,
  });
});

it("names the range of a module's bits and other formats, and counts what is known", () => {
  const recipe = {
    ...w8a8,
    layers: { b: { weight: { format: "int3" as const } }, c: { weight: { format: "nf4" as const } } },
  };
  expect(figureOf(["a", "b", "c"].map(layer), { cells, predictions, recipe })).toMatchObject({
    bits: "W3–8,nf4 A8",
    known: 2,
    of: 6,
  });
  expect(figureOf([], { cells, predictions, recipe })).toBeNull();
});
