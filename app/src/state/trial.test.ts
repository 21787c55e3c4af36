import { baseSchemes, type Engine, type EngineClient, type Recipe, schemeFor } from "@bitscape/engine";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { connect, disconnect } from "./connection.ts";
import { cellScheme } from "./edits.ts";
import { fakeLayers } from "./fake.test-engine.ts";
import { initialState, type State, useStore } from "./store.ts";
import { cellKey } from "./sweep/known.ts";
import { consider, useTrial } from "./trial.ts";

const finding = (value: number) =>
  ({ value, low: value / 2, high: value * 2, n: 32, source: "measured", of: "" }) as const;
const recipe: Recipe = { schema: "bitscape/recipe/1", defaults: { weight: { format: "int8" } }, layers: {} };
const sized: Recipe[] = [];
const alone: string[] = [];

beforeEach(() => {
  sized.length = 0;
  alone.length = 0;
  const engine: Partial<Engine> = {
    size: async (asked) => {
      sized.push(asked);
      return { bytes: 100, opset: 21, layers: [], tensors: [], warnings: [] };
    },
    alone: async (_, { scheme }) => {
      alone.push(scheme.format);
      return finding(0.25);
    },
    cancel: async () => {},
  };
  connect({ engine: engine as Engine, onLost: () => () => {}, dispose: () => {} } as unknown as EngineClient);
  const model = { layers: fakeLayers } as unknown as State["model"];
  useStore.setState({ ...initialState, recipe, model, data: {} as State["data"] });
});
afterEach(() => {
  consider(null);
  disconnect();
});

const trial = (format: string) => ({
  layer: "stem",
  target: "weight" as const,
  scheme: { ...baseSchemes.weight, format },
  by: "option" as const,
});

it("weighs the recipe with what is considered, and measures it alone; nothing is edited", async () => {
  consider(trial("int3"));
  await vi.waitFor(() => expect(useTrial.getState().loss?.value).toBe(0.25));
  expect(useTrial.getState().size?.bytes).toBe(100);
  expect(schemeFor(sized[0] as Recipe, "stem", "weight")?.format).toBe("int3");
  expect(schemeFor(sized[0] as Recipe, "head", "weight")?.format).toBe("int8");
  expect(useStore.getState().recipe).toBe(recipe);
});

it("asks for the latest only, and takes what a cell knows", async () => {
  const key = cellKey("stem", "weight", 4);
  const cell = { layer: "stem", target: "weight" as const, bits: 4, finding: finding(0.5), drop: null };
  useStore.setState({ cells: new Map([[key, { cell, asked: 32 }]]) });
  consider(trial("int2"));
  consider(trial("int3"));
  consider({ ...trial("int4"), scheme: cellScheme(recipe, "weight", 4) });
  expect(useTrial.getState().loss?.value).toBe(0.5);
  await vi.waitFor(() => expect(useTrial.getState().size).not.toBeNull());
  expect(sized.map((each) => schemeFor(each, "stem", "weight")?.format)).toEqual(["int4"]);
  await new Promise((resume) => setTimeout(resume, 300));
  expect(alone).toEqual([]);
});

it("ends with an edit, or with another layer", () => {
  consider(trial("int3"));
  useStore.setState({ recipe: { ...recipe, seed: 1 } });
  expect(useTrial.getState().trial).toBeNull();
  consider(trial("int3"));
  useStore.setState({ selected: "head" });
  expect(useTrial.getState().trial).toBeNull();
});
