import { type LayerSummary, parseRecipe, preprocessPresets, presetRecipe } from "@bitscape/engine";
import { beforeEach, describe, expect, it } from "vitest";
import { setMost } from "./budget/budget.ts";
import { chosenBits, withPreprocess } from "./edits.ts";
import { get, initialState, set } from "./store.ts";
import {
  applyPreset,
  chooseBits,
  endGesture,
  matching,
  redo,
  reset,
  select,
  selectedIds,
  undo,
} from "./study.ts";

const layer = (id: string, op = "Conv", depthwise = false): LayerSummary => ({
  id,
  op,
  weights: [{ name: id, shape: [1], dtype: "float32", bytes: 4, elements: 1 }],
  macs: null,
  activations: ["x"],
  sharedWith: [],
  depthwise,
});
const layers = [
  layer("stem"),
  layer("fire2/squeeze"),
  layer("fire2/expand", "Conv", true),
  layer("fc", "Gemm"),
];
const bits = (id: string) => chosenBits(get().recipe, id, "weight");

beforeEach(() => {
  endGesture();
  set({
    ...initialState,
    recipe: presetRecipe("w8"),
    model: { layers } as unknown as NonNullable<ReturnType<typeof get>["model"]>,
  });
});

describe("history", () => {
  it("undoes and redoes step by step", () => {
    chooseBits(["stem"], "weight", 4);
    chooseBits(["fc"], "weight", 3);
    undo();
    expect([bits("stem"), bits("fc")]).toEqual([4, 8]);
    undo();
    expect([bits("stem"), get().past.length]).toEqual([8, 0]);
    undo();
    redo();
    redo();
    redo();
    expect([bits("stem"), bits("fc"), get().future.length]).toEqual([4, 3, 0]);
  });

  it("leaves the slider's own budget with the recipe that it made; budgets beside it hold on", () => {
    setMost("bits", 6);
    setMost("bytes", 1000);
    chooseBits(["stem"], "weight", 4);
    undo();
    expect(get().limits.most).toEqual({ bits: 6 });
    setMost("bytes", 2000);
    redo();
    expect(get().limits.most).toEqual({ bits: 6 });
    redo();
    setMost("bytes", 2000);
    redo();
    expect(get().limits.most, "nothing was redone").toEqual({ bits: 6, bytes: 2000 });
  });

  it("forgets what was undone once something else is chosen", () => {
    chooseBits(["stem"], "weight", 4);
    undo();
    chooseBits(["stem"], "weight", 2);
    redo();
    expect(bits("stem")).toBe(2);
  });

  it("takes a drag as one step, and two drags as two", () => {
    chooseBits(["stem"], "weight", 4, "drag 1");
    chooseBits(["fire2/squeeze"], "weight", 4, "drag 1");
    endGesture();
    chooseBits(["fc"], "weight", 4, "drag 2");
    expect(get().past).toHaveLength(2);
    undo();
    undo();
    expect(layers.map(({ id }) => bits(id))).toEqual([8, 8, 8, 8]);
  });

  it("leaves the preprocessing that came with the data", () => {
    chooseBits(["stem"], "weight", 4);
    set({ recipe: withPreprocess(get().recipe, preprocessPresets.unit) });
    undo();
    expect([bits("stem"), get().recipe.preprocess?.mean]).toEqual([8, [0]]);
    redo();
    expect([bits("stem"), get().recipe.preprocess?.mean]).toEqual([4, [0]]);
    expect(() => parseRecipe(JSON.parse(JSON.stringify(get().recipe)))).not.toThrow();
    expect(withPreprocess(get().recipe, null)).not.toHaveProperty("preprocess");
  });

  it("does not count what changes nothing", () => {
    chooseBits(["stem"], "weight", 8);
    reset(["stem"], "weight");
    applyPreset("w8");
    expect(get().past).toHaveLength(0);
  });
});

describe("selection", () => {
  it("is one row, or a range from the first", () => {
    select("fire2/squeeze");
    select("fc", true);
    expect(selectedIds(layers, get().selected, get().rangeEnd)).toEqual([
      "fire2/squeeze",
      "fire2/expand",
      "fc",
    ]);
    select("stem", true);
    expect(selectedIds(layers, get().selected, get().rangeEnd)).toEqual(["stem", "fire2/squeeze"]);
    select("fc");
    expect(selectedIds(layers, get().selected, get().rangeEnd)).toEqual(["fc"]);
  });

  it("survives a filter that hides it", () => {
    expect(selectedIds(layers.slice(0, 1), "fc", null)).toEqual(["fc"]);
    expect(selectedIds(layers, null, null)).toEqual([]);
  });
});

it("filters by words in name or operator", () => {
  const ids = (filter: string) => matching(layers, filter).map(({ id }) => id);
  expect(ids("FIRE2")).toEqual(["fire2/squeeze", "fire2/expand"]);
  expect(ids("gemm")).toEqual(["fc"]);
  expect(ids("fire2 depthwise")).toEqual(["fire2/expand"]);
  expect(ids("  ")).toHaveLength(4);
  expect(ids("nothing")).toEqual([]);
});
