// The search for the recipe that loses least, over losses whose truth is known but is not what the table says.

import { seededRandom } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import { type Recipe, recipeKey, schemeFor } from "../recipe.ts";
import { divergenceFinding } from "../score/finding.ts";
import { allocateBits } from "./allocate.ts";
import { evidenceIn } from "./evidence.ts";
import type { MeasureLoss } from "./measured.ts";
import type { Sized } from "./prepared.ts";
import { randomSetting } from "./random.sketch.ts";
import { type Search, searchLeast, type Weighed } from "./search.ts";
import { evidenceInStyle, rivalsOf, styles } from "./styles.ts";
import { partsOfRecipe, tableOf } from "./table.ts";

const setting = randomSetting(7, 5, [2, 3, 4, 8]);

function table(style?: string): Sized {
  const { costs, cells } = setting;
  const own = tableOf(
    costs,
    style ? evidenceInStyle(cells, ["weight"], style) : evidenceIn(cells, ["weight"]),
  );
  return { ...own, size };
}

/** What the recipe's formats take: the table's own bytes, and some for its words. */
async function size(recipe: Recipe) {
  const { sizes, layers } = setting.costs;
  const bytes = layers.reduce((sum, { id }) => {
    const bits = schemeFor(recipe, id, "weight")?.format?.slice(3);
    const column = bits === undefined ? sizes.float : sizes.columns.get(bits)?.layers;
    return sum + (column?.get(id) as number);
  }, sizes.rest);
  return { bytes, layers: [] };
}

/** Some layers lose twenty times what the table says, and samples differ. */
function measuring(calls: Recipe[], factor = 1, seed = 1): MeasureLoss {
  const of = table();
  const wrong = new Set(["layer1", "layer4", "layer6"]);
  const random = seededRandom(seed);
  const weights = Array.from({ length: 128 }, () => 0.5 + random());
  return async (recipe, hopeless) => {
    calls.push(recipe);
    const style = schemeFor(recipe, "layer0", "weight")?.granularity === "channel" ? 1 : factor;
    const parts = partsOfRecipe(of, recipe);
    const loss =
      style * parts.reduce((sum, { layer, value }) => sum + value * (wrong.has(layer) ? 20 : 1), 0);
    const each: number[] = [];
    for (const weight of weights) {
      if (each.length % 32 === 0 && hopeless?.(each)) break;
      each.push(loss * weight);
    }
    return {
      divergence: divergenceFinding(each, recipeKey(recipe)),
      each,
      cut: each.length < weights.length,
    };
  };
}

const budget = async (at: number) => {
  const of = table();
  const least = (await allocateBits(of, { bits: 2 })).bytes;
  return Math.round(least * at);
};

async function found(over: Partial<Search> = {}, measure = measuring([])) {
  const bytes = await budget(1.5);
  const asked = { budgets: { bytes }, evaluations: 14, signal: new AbortController().signal, ...over };
  return { ...(await searchLeast([{ name: "own", table: table() }], measure, asked)), bytes };
}

const lossOf = ({ measured }: Weighed) => measured.divergence.value;

describe("the search", () => {
  test("measures, learns which layers lose more than was said, and ends better than it began", async () => {
    const { best, trace, bytes } = await found();
    const [first] = trace as [Weighed];
    expect(best?.allocation.bytes).toBeLessThanOrEqual(bytes);
    expect(lossOf(best as Weighed)).toBeLessThan(0.97 * lossOf(first));
    expect(lossOf(best as Weighed)).toBe(
      Math.min(...trace.filter(({ measured }) => !measured.cut).map(lossOf)),
    );
    // No recipe is measured twice.
    expect(new Set(trace.map(({ allocation }) => recipeKey(allocation.recipe))).size).toBe(trace.length);
    const { low, high } = best?.allocation.predicted ?? { low: 0, high: 0 };
    expect(lossOf(best as Weighed)).toBeGreaterThan(low);
    expect(lossOf(best as Weighed)).toBeLessThan(high);
  });

  test("counts a measurement that was cut for its part only", async () => {
    const { trace } = await found({ evaluations: 3 });
    const parts = trace.map(({ measured }) => measured.each.length / 128);
    const sum = (of: readonly number[]) => of.reduce((a, b) => a + b, 0);
    expect(sum(parts)).toBeGreaterThanOrEqual(3);
    expect(sum(parts.slice(0, -1))).toBeLessThan(3);
    expect(trace.length).toBeGreaterThan(3);
  });

  test("a style that loses less wins, and uniform recipes compete", async () => {
    const style = "block 32 mse squant";
    const other = table(style);
    const budgets = { bytes: await budget(1.5) };
    const rivals = await rivalsOf(other, budgets, style);
    expect(rivals.map(({ name }) => name)).toEqual([`uniform 2, ${style}`, `uniform 3, ${style}`]);
    for (const { allocation } of rivals) {
      expect(allocation.bytes).toBeLessThanOrEqual(budgets.bytes);
      expect(schemeFor(allocation.recipe, "layer3", "weight")).toMatchObject(styles[style]?.weight as object);
    }
    const two = [
      { name: "own", table: table() },
      { name: style, table: other },
    ];
    const asked = { budgets, evaluations: 10, signal: new AbortController().signal, rivals };
    const { best } = await searchLeast(two, measuring([], 0.2), asked);
    expect(best?.name).toBe(style);
    // Where proposals are worthless, a rival is the answer.
    const calls: Recipe[] = [];
    const measure = measuring(calls, 0.2);
    const uniform = new Set(rivals.map(({ allocation }) => recipeKey(allocation.recipe)));
    const odd: MeasureLoss = async (recipe, hopeless) => {
      if (!uniform.has(recipeKey(recipe))) return measure(recipe, hopeless);
      const { each } = await measure(recipe);
      const less = each.map((value) => value / 1e6);
      return { each: less, divergence: divergenceFinding(less, ""), cut: false };
    };
    const won = await searchLeast(two, odd, asked);
    expect(won.best?.name).toBe(`uniform 3, ${style}`);
  });

  test("other samples decide among the few best", async () => {
    const calls: Recipe[] = [];
    const { best, trace } = await found({ confirm: measuring(calls, 1, 2) });
    const finalists = trace.filter(({ confirmed }) => confirmed);
    expect(calls.length).toBeGreaterThan(1);
    expect(calls.length).toBeLessThanOrEqual(3);
    expect(finalists).toHaveLength(calls.length);
    expect(finalists).toContain(best);
  });

  test("stopped, keeps the best so far; without anything within the budgets there is none", async () => {
    const stop = new AbortController();
    const calls: Recipe[] = [];
    const measure = measuring(calls);
    const halted: MeasureLoss = (recipe, hopeless) => {
      if (calls.length === 3) stop.abort();
      stop.signal.throwIfAborted();
      return measure(recipe, hopeless);
    };
    const { best, stopped, trace } = await found({ signal: stop.signal }, halted);
    expect([stopped, trace.length]).toEqual([true, 3]);
    expect(lossOf(best as Weighed)).toBe(
      Math.min(...trace.filter(({ measured }) => !measured.cut).map(lossOf)),
    );
    const none = await found({ budgets: { bytes: 10 } });
    expect([none.best, none.trace.length, none.stopped]).toEqual([undefined, 0, false]);
  });
});
