import {
  type LayerSummary,
  parseRecipe,
  presetRecipe,
  type Recipe,
  type RepairName,
  recipeKey,
  schemeFor,
} from "@bitscape/engine";
import { describe, expect, it } from "vitest";
import {
  cellScheme,
  chosenBits,
  columnKey,
  hasOwn,
  measuringOrder,
  presetOf,
  type Scheme,
  sameScheme,
  withBits,
  withoutOwn,
  withPreset,
  withScheme,
} from "./edits.ts";

const layer = (id: string, parts: Partial<LayerSummary> = {}): LayerSummary => ({
  id,
  op: "Conv",
  weights: [{ name: `${id}.w`, shape: [8, 8, 3, 3], dtype: "float32", bytes: 2304, elements: 576 }],
  macs: 1000,
  activations: [`${id}.x`],
  sharedWith: [],
  depthwise: false,
  ...parts,
});
const a = layer("a");
const b = layer("b");
const add = layer("add", { op: "Add", weights: [], sharedWith: ["b"] });
const w8: Recipe = {
  schema: "bitscape/recipe/1",
  seed: 0,
  defaults: { weight: { format: "int8", granularity: "channel", symmetric: false, range: "minmax" } },
  layers: {},
};

describe("bits of layers", () => {
  it("are the defaults' until chosen", () => {
    expect([chosenBits(w8, "a", "weight"), chosenBits(w8, "a", "activation")]).toEqual([8, "fp"]);
    const edited = withBits(w8, [a], "weight", 4);
    expect([chosenBits(edited, "a", "weight"), chosenBits(edited, "b", "weight")]).toEqual([4, 8]);
    expect(schemeFor(edited, "a", "weight")).toEqual(cellScheme(w8, "weight", 4));
  });

  it("are set for several at once and left alone where there is nothing to quantize", () => {
    const edited = withBits(w8, [a, b, add], "weight", 3);
    expect(Object.keys(edited.layers ?? {})).toEqual(["a", "b"]);
  });

  it("leave no trace when they are set back to the defaults'", () => {
    const back = withBits(withBits(w8, [a], "weight", 4), [a], "weight", 8);
    expect(recipeKey(back)).toBe(recipeKey(w8));
    const float = withBits(withBits(w8, [a], "activation", 6), [a], "activation", "fp");
    expect(recipeKey(float)).toBe(recipeKey(w8));
  });

  it("keep weights and activations apart", () => {
    const edited = withBits(withBits(w8, [a], "weight", "fp"), [a], "activation", 8);
    expect(edited.layers?.a).toEqual({ weight: "float", activation: cellScheme(w8, "activation", 8) });
    expect(hasOwn(edited, "a", "weight")).toBe(true);
    expect(recipeKey(withoutOwn(withoutOwn(edited, [a], "weight"), [a], "activation"))).toBe(recipeKey(w8));
  });

  it("split a layer that was float as a whole", () => {
    const whole = { ...w8, layers: { a: "float" as const } };
    const edited = withBits(whole, [a], "weight", 4);
    expect(chosenBits(edited, "a", "activation")).toBe("fp");
    expect(chosenBits(edited, "a", "weight")).toBe(4);
  });

  it("go to all layers that share the decision about activations", () => {
    const edited = withBits(w8, [add], "activation", 6);
    expect([chosenBits(edited, "b", "activation"), chosenBits(edited, "add", "activation")]).toEqual([6, 6]);
  });

  it("are valid recipes", () => {
    const edited = withBits(withBits(w8, [a, b, add], "activation", 2), [a], "weight", 5);
    expect(() => parseRecipe(JSON.parse(JSON.stringify(edited)))).not.toThrow();
  });

  it("never change the recipe they are given", () => {
    const before = JSON.stringify(w8);
    withBits(w8, [a], "weight", 2);
    expect(JSON.stringify(w8)).toBe(before);
  });
});

describe("schemes and presets", () => {
  it("sets a whole scheme", () => {
    const scheme = { ...cellScheme(w8, "weight", 4), granularity: { block: 64 }, range: "mse" } as const;
    expect(schemeFor(withScheme(w8, [a], "weight", scheme), "a", "weight")).toEqual(scheme);
  });

  it("has columns with the scheme of the defaults, or the usual one where they are float", () => {
    expect(cellScheme(w8, "weight", 4)).toMatchObject({ format: "int4", symmetric: false });
    expect(cellScheme(presetRecipe("w4"), "weight", 8)).toMatchObject({
      format: "int8",
      granularity: { block: 32 },
    });
    expect(cellScheme(w8, "activation", 6)).toMatchObject({ format: "uint6", granularity: "tensor" });
    expect(columnKey(w8, "weight")).not.toBe(columnKey(presetRecipe("w4"), "weight"));
    // Float activations have the usual columns; presets that quantize them have their own, which they share.
    expect(columnKey(w8, "activation")).not.toBe(columnKey(presetRecipe("w8a8"), "activation"));
    expect(columnKey(presetRecipe("w4a8"), "activation")).toBe(columnKey(presetRecipe("w8a8"), "activation"));
    expect(columnKey(presetRecipe("w4"), "weight")).toBe(columnKey(presetRecipe("w2"), "weight"));
  });

  it("has other cells of a network that is equalised first, and the same where biases are corrected afterwards", () => {
    const with_ = (...repairs: readonly RepairName[]) => columnKey({ ...w8, repairs }, "weight");
    expect(with_("equalization")).not.toBe(columnKey(w8, "weight"));
    expect(with_("bias-correction")).toBe(columnKey(w8, "weight"));
    expect(with_("equalization", "bias-correction")).toBe(with_("equalization"));
  });

  it("compares schemes field by field, usual values or none", () => {
    const scheme = cellScheme(w8, "weight", 4);
    expect(sameScheme(scheme, { ...scheme, symmetric: true })).toBe(false);
    expect(sameScheme({ ...scheme }, Object.fromEntries(Object.entries(scheme).reverse()) as Scheme)).toBe(
      true,
    );
    expect(sameScheme(scheme, { ...scheme, rounding: "nearest" } as Scheme)).toBe(true);
    expect([sameScheme(undefined, undefined), sameScheme(scheme, undefined)]).toEqual([true, false]);
  });

  it("replaces all choices by a preset and knows which one is in force", () => {
    const names = ["w8a8", "w8", "w4"];
    const edited = withBits(w8, [a], "weight", 2);
    expect(presetOf(edited, names)).toBeUndefined();
    const w4 = withPreset({ ...edited, seed: 7 }, "w4");
    expect([presetOf(w4, names), w4.seed, chosenBits(w4, "a", "weight")]).toEqual(["w4", 7, 4]);
    expect(presetOf(presetRecipe("w2"), names)).toBeUndefined();
  });
});

it("measures the widths in use first, then the telling ones", () => {
  const ids = ["a", "b", "c"];
  expect(measuringOrder(w8, ids, "weight")).toEqual([8, 4, 3, 2, 6, 5]);
  expect(measuringOrder(w8, ids, "activation")).toEqual([4, 3, 8, 2, 6]);
  const mixed = withBits(withBits(w8, [a], "weight", 5), [b], "weight", 5);
  expect(measuringOrder(mixed, ids, "weight")).toEqual([5, 8, 4, 3, 2, 6]);
  const seven = { ...w8, layers: { a: { weight: { format: "int7" as const } } } };
  expect(new Set(measuringOrder(seven, ids, "weight"))).toEqual(new Set([2, 3, 4, 5, 6, 7, 8]));
});
