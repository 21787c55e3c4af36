// The solver's room: answers as the functions it calls do, from plain data alone; keeps what is not allocated; couples what
// an addition joins; learns from measured recipes.

import { parseRule } from "@bitscape/methods";
import { addValues, emptyHistogram } from "@bitscape/quant";
import { beforeAll, describe, expect, test } from "vitest";
import { columnScheme } from "../cells/sensitivity.ts";
import { exportNetwork } from "../export/exporter.ts";
import type { Network } from "../network/network.ts";
import { planRecipe } from "../plan/plan.ts";
import { schemeFor } from "../recipe.ts";
import { openSmall } from "../testing/data.ts";
import { normals, residualNet } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { sizeReport } from "../views/summary.ts";
import { allocateBits, draft } from "./allocate.ts";
import { type Costs, costsOf } from "./costs.ts";
import { evidenceIn, type MeasuredCell } from "./evidence.ts";
import { highsSolver } from "./highs.ts";
import { residualGroups } from "./residual.ts";
import { AllocationRoom } from "./room.ts";
import type { AllocationSetting } from "./setting.ts";
import type { SizeOf } from "./sizes.ts";
import { keptOf, tableOf } from "./table.ts";

const solver = highsSolver(async () => (await import("highs")).default());
const widths = [2, 3, 4, 8];
let network: Network;
let size: SizeOf;
let cells: MeasuredCell[];

beforeAll(async () => {
  network = await openSmall(residualNet, wasmRuntime);
  const ranges = new Map(
    network.points.map(({ tensor }, i) => {
      const histogram = emptyHistogram();
      addValues(histogram, normals(i, [1000]));
      return [tensor, histogram];
    }),
  );
  size = async (recipe) =>
    sizeReport(network, exportNetwork(network, planRecipe(network, recipe, ranges), recipe));
  cells = network.layers.flatMap(({ id, weights }, i) =>
    weights.length === 0
      ? []
      : widths.map((bits): MeasuredCell => {
          const value = (1 + ((i * 7) % 5)) * 4 ** -bits;
          const scheme = columnScheme("weight", bits);
          return { layer: id, target: "weight", bits, value, low: 0.8 * value, high: 1.2 * value, scheme };
        }),
  );
});

const schemesOf = (known: readonly MeasuredCell[]) =>
  evidenceIn(known, ["weight"]).map(({ layer, target, key, scheme }) => ({ layer, target, key, scheme }));

async function settingOf(options: AllocationSetting["options"] = {}, known = cells) {
  const costs: Costs = await costsOf(network, schemesOf(known), keptOf(options), size);
  return { costs, cells: known, options, measured: [] } satisfies AllocationSetting;
}

/** A room that was handed what another thread would get. */
async function roomOf(setting: AllocationSetting) {
  const room = new AllocationRoom(solver);
  return { room, fronts: await room.set(structuredClone(setting)) };
}

function value<T extends object>(of: T | { readonly refused: string }): T {
  if ("refused" in of) throw new Error(of.refused);
  return of;
}

describe("a room of plain data", () => {
  test("drafts and answers are those of the functions beside the network, to the byte", async () => {
    const setting = await settingOf();
    const { room, fronts } = await roomOf(setting);
    const table = tableOf(setting.costs, evidenceIn(cells, ["weight"]));
    const { least, most } = fronts.ends.bytes as { least: number; most: number };
    for (const at of [0.1, 0.3, 0.7]) {
      const bytes = Math.round(least + at * (most - least));
      expect(value(await room.draft({ bytes }))).toEqual(draft(table, { bytes }));
      const found = value(await room.answer({ bytes }, size));
      expect(found).toEqual(await allocateBits({ ...table, size }, { bytes }, solver));
      expect((await size(found.recipe)).bytes).toBe(found.bytes);
    }
  });

  test("says by how much budgets cannot be kept, and what a recipe takes", async () => {
    const { room, fronts } = await roomOf(await settingOf());
    const { least } = fronts.ends.bytes as { least: number };
    const found = await room.draft({ bytes: least / 2 });
    expect(found).toEqual({
      refused: expect.stringMatching(/^size: .* expected at least .* more, \+100 %\)/),
    });
    const { recipe, bits, bops } = value(await room.draft({ bits: 4 }));
    const expected = await room.expect(recipe);
    expect(expected?.bits).toBeCloseTo(bits, 12);
    expect(expected?.bops).toBe(bops);
    expect(expected?.parts).toHaveLength(new Set(cells.map(({ layer }) => layer)).size);
  });

  test("the smallest within a loss: no recipe that loses less than it may is smaller", async () => {
    const setting = await settingOf();
    const { room, fronts } = await roomOf(setting);
    for (const point of fronts.front.filter(({ value: loss }) => loss > 0).slice(1, -1)) {
      const found = value(await room.draft({ loss: point.value * (1 + 1e-9) }));
      expect(found.predicted.value).toBeLessThanOrEqual(point.value * (1 + 1e-6));
      expect(found.bytes).toBeLessThanOrEqual(point.bytes + 1e-6);
    }
    expect(await room.draft({ loss: 1e-300 })).not.toHaveProperty("refused");
  });

  test("columns that may not be used are not, rules and locks hold", async () => {
    const ids = [...new Set(cells.map(({ layer }) => layer))];
    const [first, second] = ids as [string, string];
    const options = { keys: ["4", "8"], locks: { [second]: "2" }, rules: [parseRule("first>=8")] };
    const { room, fronts } = await roomOf(await settingOf(options));
    const { recipe } = value(await room.draft({ bytes: fronts.ends.bytes?.least as number }));
    const formats = ids.map((id) => schemeFor(recipe, id, "weight")?.format);
    expect(formats).toEqual(ids.map((id) => (id === first ? "int8" : id === second ? "int2" : "int4")));
  });

  test("what is not allocated stays as it was, and its bytes are counted", async () => {
    const ids = [...new Set(cells.map(({ layer }) => layer))];
    const kept = ids.at(-1) as string;
    const weight = columnScheme("weight", 3, { rounding: "squant" });
    const options: AllocationSetting["options"] = {
      defaults: { activation: columnScheme("activation", 8) },
      layers: { [kept]: { weight, activation: "float" } },
      fixed: [{ layer: `${ids[0]} activation`, value: 0.25, half: 0 }],
    };
    const known = cells.filter(({ layer }) => layer !== kept);
    const { room } = await roomOf(await settingOf(options, known));
    const drafted = value(await room.draft({ bits: 4 }));
    const answered = value(await room.answer({ bits: 4 }, size));
    for (const { recipe, predicted } of [drafted, answered]) {
      expect(schemeFor(recipe, kept, "weight")).toEqual(
        schemeFor({ ...recipe, layers: { [kept]: { weight } } }, kept, "weight"),
      );
      expect(schemeFor(recipe, kept, "activation")).toBeUndefined();
      expect(schemeFor(recipe, ids[0] as string, "activation")?.format).toBe("uint8");
      expect(predicted.value).toBeGreaterThan(0.25);
    }
    // Estimates are off by no more than the words of the recipe and what columns share.
    expect(Math.abs(drafted.bytes - (await size(drafted.recipe)).bytes)).toBeLessThan(400);
  });
});

describe("residual branches", () => {
  test("layers that one addition joins are found, and coupled get the same bits", async () => {
    const groups = residualGroups(network);
    expect(groups.length).toBeGreaterThan(0);
    const { room, fronts } = await roomOf(await settingOf({ coupled: groups }));
    const { least, most } = fronts.ends.bytes as { least: number; most: number };
    for (const at of [0.05, 0.2, 0.4]) {
      const { recipe } = value(await room.draft({ bytes: least + at * (most - least) }));
      for (const group of groups) {
        const formats = group.map((id) => schemeFor(recipe, id, "weight")?.format);
        expect(new Set(formats).size).toBe(1);
      }
    }
  });
});
