import type { LayerSummary, Recipe } from "@bitscape/engine";
import { expect, it } from "vitest";
import { withBits } from "../state/edits.ts";
import { fakeLayers } from "../state/fake.test-engine.ts";
import type { Row } from "../state/rows/rows.ts";
import { emptyRecipe } from "../state/store.ts";
import { type Cells, cellKey } from "../state/sweep/known.ts";
import { changesOf } from "./cellChanges.ts";
import type { Layout } from "./columns.ts";

const rows = fakeLayers.map((layer) => ({ kind: "layer", layer }) as unknown as Row);
const [first, second] = fakeLayers as [LayerSummary, LayerSummary];
const [a, b] = [first.id, second.id];
const layout = {
  columns: [2, 4, 8].map((bits) => ({ target: "weight", bits })),
} as unknown as Layout;
const cells = (...keys: string[]) => new Map(keys.map((key) => [key, {}])) as unknown as Cells;
const seen = (recipe: Recipe = emptyRecipe, known = cells()) => ({ rows, cells: known, recipe });

it("finds the cells that were measured since", () => {
  const known = cells(cellKey(a, "weight", 2));
  const more = cells(cellKey(a, "weight", 2), cellKey(b, "weight", 8));
  expect(changesOf(seen(emptyRecipe, known), seen(emptyRecipe, more), layout)).toEqual([
    { kind: "measured", row: 1, column: 2 },
  ]);
});

it("finds what several choices have come to, and leaves a single one alone", () => {
  const one = withBits(emptyRecipe, [first], "weight", 4);
  const two = withBits(emptyRecipe, [first, second], "weight", 4);
  expect(changesOf(seen(), seen(one), layout)).toEqual([]);
  expect(changesOf(seen(), seen(two), layout)).toEqual([
    { kind: "chosen", row: 0, column: 1 },
    { kind: "chosen", row: 1, column: 1 },
  ]);
  expect(changesOf(seen(two), seen(two), layout)).toEqual([]);
});

it("finds nothing where other rows are shown", () => {
  const two = withBits(emptyRecipe, [first, second], "weight", 4);
  expect(changesOf(seen(), { ...seen(two), rows: [...rows] }, layout)).toEqual([]);
});
