// A column that is added: its cells are predicted and measured, and an allocation may choose them; without it, none of that.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useAddedColumns } from "./addedColumns.ts";
import { isUsed, showColumn } from "./addingColumns.ts";
import { askedOf } from "./budget/setting.ts";
import { columnsOf } from "./edits.ts";
import { FakeEngine, fakeLayers } from "./fake.test-engine.ts";
import { start } from "./session.ts";
import { get } from "./store.ts";
import { chooseBits } from "./study.ts";
import { cellKey } from "./sweep/known.ts";

const until = (what: () => boolean) =>
  vi.waitFor(() => expect(what()).toBe(true), { timeout: 4000, interval: 5 });
const quiet = () => get().sweep === null && !get().measuring && !get().judging;
const ids = fakeLayers.map(({ id }) => id);

let stop: () => void;

beforeEach(async () => {
  vi.stubGlobal("fetch", async () => new Response("bytes"));
  const fake = new FakeEngine();
  stop = start(() => fake);
  await until(() => get().cells.size === 33 && quiet());
});

afterEach(() => {
  useAddedColumns.setState({ weight: [], activation: [] });
  stop();
  vi.unstubAllGlobals();
});

it("is predicted and measured like the others, and may be chosen by a budget", async () => {
  expect(askedOf(get())?.cells.some(({ bits }) => bits === "nf4")).toBe(false);
  showColumn("weight", "nf4", true);
  await until(() => ids.every((id) => get().cells.has(cellKey(id, "weight", "nf4"))) && quiet());
  expect(ids.every((id) => get().predictions.has(cellKey(id, "weight", "nf4")))).toBe(true);
  const asked = askedOf(get())?.cells.filter(({ bits }) => bits === "nf4");
  expect(asked?.map(({ layer, scheme }) => [layer, (scheme as { format: string }).format])).toEqual(
    ids.map((id) => [id, "nf4"]),
  );
});

it("goes again unless a layer has it", async () => {
  showColumn("weight", "ternary", true);
  chooseBits(["stem"], "weight", "ternary");
  expect(isUsed("weight", "ternary")).toBe(true);
  showColumn("weight", "ternary", false);
  expect(columnsOf(get().recipe, ids, "weight")).toContain("ternary");
  chooseBits(["stem"], "weight", 8);
  expect(isUsed("weight", "ternary")).toBe(false);
  expect(columnsOf(get().recipe, ids, "weight")).not.toContain("ternary");
  await until(quiet);
});
