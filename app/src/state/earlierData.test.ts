import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeEngine } from "./fake.test-engine.ts";
import { openData, openStudy, relabel, resplit } from "./opening.ts";
import { start } from "./session.ts";
import { get } from "./store.ts";
import { applyPreset } from "./study.ts";

let fake: FakeEngine;
let stop: () => void;
const file = (name: string) => new File(["x"], name, { lastModified: 1 });
const mine = { kind: "files", files: [file("x.npz")], split: { apart: true } } as const;
/** 3 layers × (6 weight widths + 5 activation widths). */
const all = 33;
const settled = () =>
  vi.waitFor(
    () => {
      const { sweep, measuring, judging, opening, cells } = get();
      expect([sweep, measuring, judging, opening, cells.size]).toEqual([null, false, false, null, all]);
      expect(get().measured?.value.done).toBe(true);
    },
    { timeout: 4000, interval: 5 },
  );
const asked = () => fake.sweeps.length + fake.predictions.length;
const runs = () => fake.calls.filter((call) => /^(floatScore|evaluate)/.test(call)).length;

beforeEach(async () => {
  fake = new FakeEngine();
  stop = start(
    () => fake,
    () => openStudy({ files: [file("mine.onnx")], pins: {} }, mine),
  );
  await settled();
});

afterEach(() => stop());

it("brings everything back when a split is taken back, and asks for nothing again", async () => {
  const { cells, predictions, float, joints } = get();
  await resplit({ calibration: 20 });
  expect(get().cells.size).toBeLessThan(all);
  await settled();
  expect(get().cells).not.toBe(cells);
  const before = [asked(), runs()];
  await resplit(undefined);
  expect(get()).toMatchObject({ cells, predictions, float, joints });
  await settled();
  expect([asked(), runs()]).toEqual(before);
});

it("keeps predictions when only labels are mapped, which they do not look at; what is measured is measured again", async () => {
  const { predictions } = get();
  const before = fake.predictions.length;
  await relabel({ mapping: { to: { a: 1 }, origin: "given" } });
  expect(get().predictions).toBe(predictions);
  expect(get().cells.size).toBeLessThan(all);
  await settled();
  expect(fake.predictions.length).toBe(before);
});

it("takes other columns from the shelf where the recipe has changed meanwhile", async () => {
  const { cells } = get();
  await resplit({ calibration: 20 });
  await settled();
  applyPreset("w4");
  await vi.waitFor(() => expect(get().sweep).toBeNull(), { timeout: 4000 });
  await resplit(undefined);
  const weight = (key: string) => key.includes("|weight|");
  const back = [...get().cells].filter(([key]) => weight(key));
  // None of these columns was measured on these data.
  for (const [key, cell] of back) expect(cell).not.toBe(cells.get(key));
  applyPreset("w8");
  expect([...get().cells].filter(([key]) => weight(key))).toEqual([...cells].filter(([key]) => weight(key)));
});

it("forgets with the model", async () => {
  await openStudy({ files: [file("other.onnx")], pins: {} }, mine);
  const before = runs();
  await settled();
  await openData({ kind: "synthetic" });
  await settled();
  expect(runs()).toBeGreaterThan(before);
});
