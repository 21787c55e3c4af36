import { presetRecipe } from "@bitscape/engine";
import { expect, it } from "vitest";
import { columnAt, columnsFor, layoutFor } from "./columns.ts";

const w8 = presetRecipe("w8");
const names = (recipe = w8) => columnsFor(recipe, ["a"]).map(({ target, bits }) => `${target[0]}${bits}`);

it("goes from narrow to wide, floating point last, weights before activations", () => {
  expect(names().join(" ")).toBe("w2 w3 w4 w5 w6 w8 wfp a2 a3 a4 a6 a8 afp");
});

it("has a column for a width that only the recipe uses", () => {
  const seven = { ...w8, layers: { a: { weight: { format: "int7" as const } } } };
  expect(names(seven).join(" ")).toContain("w6 w7 w8");
});

it("has columns for other formats after the integers, by what they store, with room for their names", () => {
  const formats = {
    ...w8,
    layers: {
      a: { weight: { format: "nf4" } },
      b: { weight: { format: "ternary" }, activation: { format: "float8e4m3" } },
      c: { weight: { format: "binary" } },
      d: { weight: { format: "int16" } },
    },
  };
  const columns = columnsFor(formats, ["a", "b", "c", "d"]);
  expect(columns.map(({ target, bits }) => `${target[0]}${bits}`).join(" ")).toBe(
    "w2 w3 w4 w5 w6 w8 w16 wbinary wternary wnf4 wfp a2 a3 a4 a6 a8 afloat8e4m3 afp",
  );
  const { lefts, widths, width } = layoutFor(columns, 600);
  expect(widths.slice(5, 11)).toEqual([32, 32, 32, 34, 32, 32]);
  expect(layoutFor(columns, 420).widths.slice(5, 11)).toEqual([24, 24, 28, 34, 28, 24]);
  expect(lefts.slice(1).every((left, i) => left >= (lefts[i] as number) + (widths[i] as number))).toBe(true);
  expect(width).toBeLessThanOrEqual(600);
});

it("fits the width given, within bounds, and sets the groups apart", () => {
  const columns = columnsFor(w8, []);
  const layout = layoutFor(columns, 13 * 30 + 16);
  expect(new Set(layout.widths)).toEqual(new Set([30]));
  expect(layout.width).toBe(13 * 30 + 16);
  expect((layout.lefts[7] ?? 0) - (layout.lefts[6] ?? 0)).toBe(46);
  expect(layoutFor(columns, 100).widths[0]).toBe(24);
  expect(layoutFor(columns, 5000).widths[0]).toBe(44);
});

it("finds the column under a place, and none in the gap", () => {
  const layout = layoutFor(columnsFor(w8, []), 13 * 30 + 16);
  expect(columnAt(layout, 0)).toBe(0);
  expect(columnAt(layout, 6 * 30 + 29)).toBe(6);
  expect(columnAt(layout, 7 * 30 + 8)).toBe(-1);
  expect(columnAt(layout, 7 * 30 + 16)).toBe(7);
  expect(columnAt(layout, -1)).toBe(-1);
  expect(columnAt(layout, 9999)).toBe(-1);
});
