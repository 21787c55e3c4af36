// What an allocation is asked: known cells, locks in their own scheme, what is kept and what that loses.

import { type Cell, presetRecipe, type Recipe, type Target } from "@bitscape/engine";
import { describe, expect, it } from "vitest";
import { cellScheme, withBits, withScheme } from "../edits.ts";
import { fakeLayers } from "../fake.test-engine.ts";
import { initialState, type State } from "../store.ts";
import { cellKey, type KnownCell } from "../sweep/known.ts";
import { noLimits } from "./limits.ts";
import { askedOf } from "./setting.ts";

function cellsOf(layers: readonly string[], target: Target, widths: readonly number[]) {
  return layers.flatMap((layer) =>
    widths.map((bits): [string, KnownCell] => {
      const value = 4 ** -bits;
      const finding = { value, low: value, high: value, n: 8, source: "measured", of: "" } as const;
      const cell: Cell = { layer, target, bits, finding, drop: null };
      return [cellKey(layer, target, bits), { cell, asked: 8 }];
    }),
  );
}

const model = { layers: fakeLayers, sha256: "a" } as unknown as NonNullable<State["model"]>;
const w8a8: Recipe = presetRecipe("w8a8");
const state = (change: Partial<State>): State => ({
  ...initialState,
  model,
  recipe: w8a8,
  cells: new Map([
    ...cellsOf(["stem", "middle"], "weight", [2, 4, 8]),
    ...cellsOf(["stem", "middle", "head"], "activation", [4, 8]),
  ]),
  ...change,
});

const asked = (change: Partial<State> = {}) => {
  const found = askedOf(state(change));
  if (!found) throw new Error("nothing asked");
  return found;
};

describe("askedOf", () => {
  it("chooses for the weights of which something is known; the rest keeps what it has, and counts", () => {
    const { cells, costs, options, unknown } = asked();
    expect(new Set(cells.map(({ layer, target }) => `${layer} ${target}`))).toEqual(
      new Set(["stem weight", "middle weight"]),
    );
    expect(cells.find(({ bits }) => bits === 4)?.scheme).toEqual(cellScheme(w8a8, "weight", 4));
    expect(unknown).toEqual(["head"]);
    expect(options.layers?.head).toMatchObject({ weight: { format: "int8" } });
    expect(options.defaults).toEqual({ activation: w8a8.defaults?.activation });
    // Activations of eight bits stay, and lose what their cells say.
    expect(options.fixed?.map(({ layer, value }) => [layer, value])).toEqual(
      fakeLayers.map(({ id }) => [`${id} activation`, 4 ** -8]),
    );
    expect(costs.schemes).toHaveLength(6);
  });

  it("doubts what it expects of a recipe with repairs that cells know nothing of", () => {
    expect(asked().options.doubt).toBeUndefined();
    expect(asked({ recipe: { ...w8a8, repairs: ["equalization"] } }).options.doubt).toBeUndefined();
    expect(asked({ recipe: { ...w8a8, repairs: ["bias-correction"] } }).options.doubt).toBeGreaterThan(0.5);
  });

  it("locks a layer in the scheme that it has, whatever the column's is", () => {
    const scheme = { ...cellScheme(w8a8, "weight", 4), symmetric: false };
    const [stem] = fakeLayers.filter(({ id }) => id === "stem");
    const recipe = withScheme(w8a8, stem ? [stem] : [], "weight", scheme);
    const { cells, options } = asked({ recipe, limits: { ...noLimits, locks: ["stem", "head"] } });
    expect(options.locks).toEqual({ stem: "4" });
    expect(cells.find(({ layer, bits }) => layer === "stem" && bits === 4)?.scheme).toMatchObject({
      symmetric: false,
      rounding: "nearest",
    });
    expect(cells.find(({ layer, bits }) => layer === "middle" && bits === 4)?.scheme).toMatchObject({
      symmetric: true,
    });
    expect(options.layers?.head).toMatchObject({ weight: { format: "int8" } });
  });

  it("locks floating point as such, and lets rules that cannot hold go", () => {
    const recipe = withBits(w8a8, fakeLayers.slice(0, 1), "weight", "fp");
    const limits = { ...noLimits, locks: ["stem"], rules: ["op:Gemm=8", "all>=3"] };
    const { options, rules } = asked({ recipe, limits });
    expect(options.locks).toEqual({ stem: "float" });
    expect(options.rules).toHaveLength(1);
    expect(rules[0]?.fault).toMatch(/about no layer/);
  });

  it("chooses activations where asked, those of locked rows excepted", () => {
    const { cells, options } = asked({ limits: { ...noLimits, activations: true, locks: ["middle"] } });
    const rows = cells.filter(({ target }) => target === "activation").map(({ layer }) => layer);
    expect(new Set(rows)).toEqual(new Set(["stem", "head"]));
    expect(options.fixed?.map(({ layer }) => layer)).toEqual(["middle activation"]);
  });

  it("has the same costs for the same schemes, whatever was measured or chosen of weights", () => {
    const before = asked();
    const recipe = withBits(w8a8, fakeLayers.slice(0, 2), "weight", 4);
    expect(asked({ recipe }).costsKey).toBe(before.costsKey);
    const other = withBits(w8a8, fakeLayers, "activation", "fp");
    expect(asked({ recipe: other }).costsKey).not.toBe(before.costsKey);
  });
});
