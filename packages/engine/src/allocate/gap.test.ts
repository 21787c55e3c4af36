// The layers whose interaction explains a gap: a quadratic loss whose cross terms are known, found both ways.

import { describe, expect, test } from "vitest";
import type { Recipe } from "../recipe.ts";
import { evidenceIn } from "./evidence.ts";
import { explainGap, measuredGap } from "./gap.ts";
import { randomSetting } from "./random.sketch.ts";
import { partsOfRecipe, type Table, tableOf } from "./table.ts";

const recipe: Recipe = {
  schema: "bitscape/recipe/1",
  defaults: { weight: { format: "int3", granularity: "channel", symmetric: true, range: "mse" } },
};
const count = 6;
const [one, other] = [1, 4];
const correlation = (i: number, j: number) =>
  i === j ? 1 : Math.min(i, j) === one && Math.max(i, j) === other ? 0.8 : 0.02;
const names = Array.from({ length: count }, (_, i) => `layer${i}`);

function table(paired: boolean): Table {
  const { costs, cells } = randomSetting(count, 3);
  const matrix = names.flatMap((_, i) => names.map((_, j) => correlation(i, j)));
  return tableOf(costs, evidenceIn(cells, ["weight"]), paired ? { pairs: { layers: names, matrix } } : {});
}

/** ½E[(Σ a_i)²] of the layers that are not float. */
function lossOf(of: Table, asked: Recipe): number {
  const parts = partsOfRecipe(of, recipe).filter(
    ({ layer }) => (asked.layers?.[layer] as { weight?: string } | undefined)?.weight !== "float",
  );
  return parts.reduce(
    (sum, a) =>
      sum +
      parts.reduce((inner, b) => {
        const r = correlation(names.indexOf(a.layer), names.indexOf(b.layer));
        return inner + r * Math.sqrt(a.value * b.value);
      }, 0),
    0,
  );
}

describe("a gap is explained", () => {
  test("by known cross terms, whose shares add up to it", () => {
    const of = table(true);
    const [first, ...rest] = explainGap(of, recipe, lossOf(of, recipe));
    expect(first?.layers.toSorted()).toEqual([`layer${one}`, `layer${other}`]);
    for (const { share } of rest) expect(share).toBeLessThan(first?.share as number);
    expect(explainGap(table(false), recipe, 10)).toEqual([]);
    expect(explainGap(of, recipe, 0)).toEqual([]);
  });

  test("by a bounded number of runs, whose second differences are the cross terms", async () => {
    const of = table(false);
    const measured = lossOf(of, recipe);
    let runs = 0;
    const [first] = await measuredGap(
      of,
      recipe,
      measured,
      async (asked) => {
        runs++;
        return lossOf(of, asked);
      },
      16,
    );
    expect(runs).toBeLessThanOrEqual(16);
    expect(first?.layers.toSorted()).toEqual([`layer${one}`, `layer${other}`]);
    const parts = partsOfRecipe(of, recipe);
    const [a, b] = [parts[one]?.value as number, parts[other]?.value as number];
    const gap = measured - parts.reduce((sum, { value }) => sum + value, 0);
    expect(first?.share).toBeCloseTo(Math.min(1, (2 * 0.8 * Math.sqrt(a * b)) / gap), 9);
  });
});
