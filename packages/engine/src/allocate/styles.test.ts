// Styles of storing: what they make of evidence, and which of them a recipe is nearest to.

import { describe, expect, test } from "vitest";
import type { Recipe } from "../recipe.ts";
import { evidenceIn } from "./evidence.ts";
import { randomSetting } from "./random.sketch.ts";
import { evidenceInStyle, nearestStyle, STYLE_DOUBT, styles } from "./styles.ts";
import { predictedOf, type Table, tableOf, withMeasured } from "./table.ts";

const { costs, cells } = randomSetting(5, 2, [2, 3, 4, 8]);
const own = evidenceIn(cells, ["weight"]);
const names = Object.keys(styles);
const tables = [
  tableOf(costs, own),
  ...names.map((name) => tableOf(costs, evidenceInStyle(cells, ["weight"], name), { doubt: STYLE_DOUBT })),
];

describe("a style", () => {
  test.each(names)("%s: has its fields in every integer", (name) => {
    const evidence = evidenceInStyle(cells, ["weight"], name);
    expect(evidence).toHaveLength(own.length);
    for (const [i, each] of evidence.entries()) {
      expect(each.scheme).toMatchObject(styles[name]?.weight as object);
      expect(each.scheme.format).toBe(own[i]?.scheme.format);
      expect(each.value).toBe(own[i]?.value);
    }
  });

  test("leaves other formats, and cells that were measured in it, as they are", () => {
    const [cell] = cells;
    const other = { ...cell, layer: "layer0", target: "weight", bits: "nf4", value: 1 } as const;
    const scheme = { format: "nf4", granularity: { block: 64 } } as const;
    const [name] = names as [string];
    expect(evidenceInStyle([{ ...other, scheme }], ["weight"], name)[0]?.scheme).toEqual(scheme);
    const same = { format: "int3", ...(styles[name]?.weight as object) };
    const measured = { ...other, bits: 3, scheme: same, low: 0.8, high: 1.25 };
    expect(evidenceInStyle([measured], ["weight"], name)).toEqual(evidenceIn([measured], ["weight"]));
  });

  test("is the one that a recipe stores most tensors in", () => {
    for (const [k, name] of names.entries()) {
      const weight = { ...(styles[name]?.weight as object), format: "int3" };
      const recipe: Recipe = {
        schema: "bitscape/recipe/1",
        defaults: { weight },
        layers: { layer1: { weight: "float" }, layer2: { weight: { format: "int8" } } },
      };
      const nearest = nearestStyle(tables, recipe);
      expect(nearest).toBe(tables[k + 1]);
      // Its interval holds what the report's own cells say, and is wider.
      const [wide, narrow] = [nearest, tables[0]].map((table) => predictedOf(table as Table, recipe));
      expect(wide?.low).toBeLessThan(narrow?.low as number);
      expect((wide?.high as number) / (wide?.low as number)).toBeGreaterThan(
        (narrow?.high as number) / (narrow?.low as number),
      );
      // One measured recipe says what the style is like.
      const known = predictedOf(
        withMeasured(nearest as Table, recipe, 0.2 * (narrow?.value as number), 0.1),
        recipe,
      );
      expect(known.value).toBeLessThan(0.3 * (narrow?.value as number));
      expect(known.high).toBeLessThan(0.5 * (narrow?.value as number));
    }
    expect(nearestStyle(tables, { schema: "bitscape/recipe/1" })).toBe(tables[0]);
  });
});
