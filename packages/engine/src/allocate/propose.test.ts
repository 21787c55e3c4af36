// Proposals: after what measured recipes taught, better than the optimum of what was predicted, and never one again.

import { describe, expect, test } from "vitest";
import { type Recipe, recipeKey, schemeFor } from "../recipe.ts";
import { allocateBits } from "./allocate.ts";
import { frontOf } from "./front.ts";
import { taught } from "./lessons.ts";
import { proposal } from "./propose.ts";
import { randomSetting } from "./random.sketch.ts";
import type { AllocationSetting } from "./setting.ts";
import type { SizeOf } from "./sizes.ts";
import { tableIn } from "./tableIn.ts";

describe("lessons", () => {
  // What no sum of layers knows: some layers cost far more together with others than alone.
  const truth = (recipe: Recipe, setting: AllocationSetting, dear: ReadonlySet<string>) =>
    setting.costs.layers.reduce((sum, { id }) => {
      const format = schemeFor(recipe, id, "weight")?.format;
      const cell = setting.cells.find(({ layer, bits }) => layer === id && `int${bits}` === format);
      return sum + (dear.has(id) ? 5 : 0.8) * (cell?.value ?? 0);
    }, 0);

  test("proposals after measured recipes lose less in truth than the optimum of what was predicted", async () => {
    const setting = randomSetting(26, 7, [2, 3, 4, 6, 8]);
    const dear = new Set(["layer3", "layer8", "layer13"]);
    const still: SizeOf = async (recipe) => {
      const report = setting.costs.sizes;
      const own = setting.costs.layers.map(({ id }) => {
        const bits = schemeFor(recipe, id, "weight")?.format.replace("int", "");
        return report.columns.get(bits ?? "")?.layers.get(id) ?? (report.float.get(id) as number);
      });
      return { bytes: own.reduce((a, b) => a + b, report.rest), layers: [] };
    };
    const table = { ...tableIn(setting), size: still };
    const least = Math.min(...frontOf(table).map((point) => point.bytes));
    const bytes = 1.5 * least;
    const first = await allocateBits(table, { bytes });
    const measured = [{ recipe: first.recipe, value: truth(first.recipe, setting, dear) }];
    for (let i = 0; i < 10; i++) {
      const tried = new Set(measured.map(({ recipe }) => recipeKey(recipe)));
      const next = await proposal(taught(table, measured), { bytes }, tried);
      if (!next) break;
      expect(next.bytes).toBeLessThanOrEqual(bytes);
      expect(tried).not.toContain(recipeKey(next.recipe));
      measured.push({ recipe: next.recipe, value: truth(next.recipe, setting, dear) });
    }
    const best = Math.min(...measured.map((each) => each.value));
    expect(best).toBeLessThan(0.9 * (measured[0]?.value as number));
  });
});
