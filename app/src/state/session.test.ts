import { recipeKey } from "@bitscape/engine";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chosenBits } from "./edits.ts";
import { cancelExport, exportRecipe } from "./exporting.ts";
import { FakeEngine } from "./fake.test-engine.ts";
import { openData, openStudy, repin } from "./opening.ts";
import { start } from "./session.ts";
import { get } from "./store.ts";
import { applyPreset, chooseBits, undo } from "./study.ts";
import { pause, resume } from "./sweeps.ts";

/** 3 layers × (6 weight widths + 5 activation widths). */
const all = 33;
const file = (name: string) => new File(["x"], name);
const until = (what: () => boolean) =>
  vi.waitFor(() => expect(what()).toBe(true), { timeout: 4000, interval: 5 });
const settled = () => until(() => get().sweep === null && get().cells.size === all && !get().measuring);
const bits = (id: string) => chosenBits(get().recipe, id, "weight");

let fake: FakeEngine;
let stop: () => void;

beforeEach(() => {
  vi.stubGlobal("fetch", async () => new Response("bytes"));
  fake = new FakeEngine();
});

afterEach(async () => {
  await until(() => get().opening === null);
  stop();
  vi.unstubAllGlobals();
});

const begin = async () => {
  stop = start(() => fake);
  await until(() => get().float?.done === true);
};

describe("opening", () => {
  it("begins with the sample: model, data, float score, heatmap coarse to fine, the recipe's score", async () => {
    await begin();
    await settled();
    expect(get().model?.name).toBe("shapes-resnet.onnx");
    expect(get().dataRequest).toEqual({ kind: "sample", name: "shapes-resnet" });
    expect(get().recipe.model?.name).toBe("shapes-resnet.onnx");
    expect([...get().cells.values()].every(({ asked }) => asked === 100)).toBe(true);
    expect(fake.sweeps.map(({ samples }) => samples)).toEqual([16, 64, 100]);
    const first = (start: string) => fake.calls.findIndex((call) => call.startsWith(start));
    expect(first("floatScore")).toBeLessThan(first("sweep 16"));
    await until(() => get().measured?.value.done === true);
    expect(get().measured?.key).toBe(recipeKey(get().recipe));
    expect(first("sweep 16")).toBeLessThan(first("evaluate"));
    expect(get().size?.value.bytes).toBe(192);
    expect(get().notices).toEqual([]);
  });

  it("leaves the study as it was when a model cannot be read, and says why", async () => {
    await begin();
    await settled();
    chooseBits(["stem"], "weight", 4);
    const { model, cells, recipe } = get();
    await openStudy({ files: [file("bad.onnx")], pins: {} }, null);
    expect([get().model, get().cells, get().recipe]).toEqual([model, cells, recipe]);
    expect(get().notices.map(({ text }) => text)).toEqual([
      "bad.onnx: not a protobuf message, expected an ONNX model",
    ]);
    expect(get().opening).toBeNull();
    await until(() => get().measured?.key === recipeKey(get().recipe));
  });

  it("opens a model alone with synthetic data, and both together", async () => {
    await begin();
    await openStudy({ files: [file("mine.onnx")], pins: {} }, null);
    expect(get().data?.kind).toBe("synthetic");
    expect([get().past.length, bits("stem")]).toEqual([0, 8]);
    await openStudy({ files: [file("other.onnx")], pins: {} }, { kind: "files", files: [file("x.npz")] });
    expect(get().data?.kind).toBe("real");
    await openStudy({ files: [file("third.onnx")], pins: {} }, null);
    expect(get().dataRequest.kind).toBe("files");
  });

  it("falls back to synthetic data when those given cannot be read with the new model", async () => {
    await begin();
    fake.failData = "x.npz: no array for input, expected one";
    await openStudy({ files: [file("mine.onnx")], pins: {} }, { kind: "files", files: [file("x.npz")] });
    expect([get().model?.name, get().data?.kind]).toEqual(["mine.onnx", "synthetic"]);
    expect(get().notices.at(-1)?.text).toBe("x.npz: no array for input, expected one");
  });

  it("keeps the present data when others cannot be read; other data make cells void", async () => {
    await begin();
    await settled();
    fake.failData = "x.npz: broken";
    await openData({ kind: "files", files: [file("x.npz")] });
    expect([get().dataRequest.kind, get().cells.size]).toEqual(["sample", all]);
    fake.failData = null;
    await openData({ kind: "files", files: [file("x.npz")] });
    expect([get().dataRequest.kind, get().notices.length]).toEqual(["files", 0]);
    expect(get().cells.size).toBeLessThan(all);
    await settled();
  });

  it("opens again with other sizes for symbolic dimensions, keeping the recipe", async () => {
    await begin();
    chooseBits(["stem"], "weight", 3);
    await repin({ N: 4 });
    expect(fake.opened.at(-1)?.pins).toEqual({ N: 4 });
    expect([get().model?.pins, bits("stem"), get().dataRequest.kind]).toEqual([{ N: 4 }, 3, "sample"]);
  });
});

describe("tuning", () => {
  it("weighs and measures the last recipe only, and shows the others as stale", async () => {
    await begin();
    await settled();
    const before = fake.calls.length;
    chooseBits(["stem"], "weight", 4);
    chooseBits(["stem"], "weight", 3);
    chooseBits(["stem"], "weight", 2);
    expect(get().measured?.key).not.toBe(recipeKey(get().recipe));
    await until(() => get().measured?.key === recipeKey(get().recipe) && get().measured?.value.done === true);
    const calls = fake.calls.slice(before);
    expect(calls.filter((call) => call.startsWith("evaluate"))).toEqual(["evaluate 2,8,8"]);
    expect(calls.filter((call) => call.startsWith("size"))).toEqual(["size 2,8,8"]);
    expect(get().size?.value.bytes).toBe(144);
  });

  it("knows what it measured before when it comes back by undo", async () => {
    await begin();
    await settled();
    await until(() => get().measured?.value.done === true);
    chooseBits(["stem"], "weight", 4);
    await until(() => get().measured?.key === recipeKey(get().recipe) && get().measured?.value.done === true);
    const before = fake.calls.length;
    undo();
    await until(() => get().measured?.key === recipeKey(get().recipe) && get().size?.value.bytes === 192);
    expect(fake.calls.slice(before)).toEqual([]);
  });
});

describe("presets", () => {
  it("have columns of their own, kept for coming back", async () => {
    await begin();
    await settled();
    const before = get().cells;
    applyPreset("w4");
    expect([...get().cells.values()].every(({ cell }) => cell.target === "activation")).toBe(true);
    await settled();
    expect(fake.sweeps.at(-1)?.schemes?.weight).toMatchObject({ granularity: { block: 32 } });
    expect(get().cells.get("stem|weight|4")).not.toBe(before.get("stem|weight|4"));
    const sweeps = fake.sweeps.length;
    undo();
    expect(get().cells.get("stem|weight|4")).toBe(before.get("stem|weight|4"));
    await settled();
    expect(fake.sweeps.length).toBe(sweeps);
  });
});

describe("cancelling", () => {
  it("keeps what was measured, and goes on from there", async () => {
    fake.allowance = 10;
    await begin();
    await until(() => get().cells.size === 10);
    pause();
    await until(() => get().sweep === null);
    expect([get().cells.size, get().paused]).toEqual([10, true]);
    fake.allowance = Number.POSITIVE_INFINITY;
    resume();
    await until(() => get().cells.size === all);
    const again = fake.sweeps[1];
    expect(again?.samples).toBe(16);
    expect(again?.skip).toEqual(expect.arrayContaining([...get().cells.keys()].slice(0, 10)));
    await settled();
  });
});

describe("the worker's death", () => {
  it("loses nothing: same model, pins and data, recipe intact, measured cells kept", async () => {
    fake.allowance = 40;
    await begin();
    await until(
      () => get().cells.size === all && [...get().cells.values()].some(({ asked }) => asked === 64),
    );
    chooseBits(["middle"], "weight", 4);
    const { source, recipe } = get();
    const finer = () => [...get().cells.values()].filter(({ asked }) => asked === 64).length;
    const known = finer();
    fake.die("out of memory");
    expect(get().lost).toEqual({ reason: "out of memory", back: false });
    await until(() => get().lost?.back === true);
    expect(fake.opened.at(-1)).toEqual({ files: source?.files, pins: source?.pins });
    expect(fake.requests.at(-1)).toEqual({ kind: "sample", name: "shapes-resnet" });
    expect([get().recipe, get().cells.size, get().past.length]).toEqual([recipe, all, 1]);
    expect(finer()).toBeGreaterThanOrEqual(known);
    fake.allowance = Number.POSITIVE_INFINITY;
    await settled();
    await until(() => get().measured?.key === recipeKey(recipe) && get().measured?.value.done === true);
    expect(fake.sweeps.filter(({ samples }) => samples === 16)).toHaveLength(1);
    expect(get().notices).toEqual([]);
  });

  it("while the first model is read only delays it", async () => {
    stop = start(() => fake);
    await until(() => fake.calls.includes("openModel shapes-resnet.onnx"));
    fake.die("crash");
    await until(() => get().float?.done === true);
    expect(get().model?.name).toBe("shapes-resnet.onnx");
    expect(get().notices).toEqual([]);
  });

  it("pauses measuring when it keeps happening", async () => {
    fake.allowance = 5;
    await begin();
    await until(() => get().cells.size === 5);
    for (let i = 0; i < 3; i++) {
      fake.die("crash");
      await until(() => get().lost?.back === true && get().opening === null);
    }
    expect(get().paused).toBe(true);
    expect(get().notices.at(-1)?.text).toContain("paused");
    expect(bits("stem")).toBe(8);
  });

  it("ends an export with a sentence", async () => {
    await begin();
    fake.hangExport = true;
    void exportRecipe();
    await until(() => fake.calls.includes("exportModel"));
    fake.die("crash");
    expect(get().exporting).toMatchObject({ phase: "failed" });
    await until(() => get().lost?.back === true);
  });
});

describe("exporting", () => {
  it("gives the file, or the sentence why not, or nothing when cancelled", async () => {
    await begin();
    await exportRecipe();
    expect(get().exporting).toMatchObject({ phase: "done", key: recipeKey(get().recipe) });
    fake.failExport = "stem: 3 bits cannot be written";
    await exportRecipe();
    expect(get().exporting).toEqual({ phase: "failed", sentence: "stem: 3 bits cannot be written" });
    fake.hangExport = true;
    const run = exportRecipe();
    cancelExport();
    await run;
    expect(get().exporting).toEqual({ phase: "idle" });
  });
});
