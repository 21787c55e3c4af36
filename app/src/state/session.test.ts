import { recipeKey } from "@bitscape/engine";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chosenBits } from "./edits.ts";
import { cancelExport, exportRecipe } from "./exporting.ts";
import { FakeEngine, glance } from "./fake.test-engine.ts";
import { openData, openStudy, repin } from "./opening.ts";
import { start } from "./session.ts";
import { get } from "./store.ts";
import { applyPreset, chooseBits, undo } from "./study.ts";
import { askPairs, chooseEstimator, pause, resume } from "./sweep/sweeps.ts";

/** 3 layers × (6 weight widths + 5 activation widths). */
const all = 33;
const file = (name: string) => new File(["x"], name);
const until = (what: () => boolean) =>
  vi.waitFor(() => expect(what()).toBe(true), { timeout: 4000, interval: 5 });
const done = () => [...get().cells.values()].filter(({ asked }) => asked === 100).length;
const settled = (cells = all) =>
  until(() => get().sweep === null && done() === cells && !get().measuring && !get().judging);
const predicted = () => [...get().predictions.values()].filter(({ cell }) => cell !== null).length;
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
  it("begins with the sample: model, data, predictions, float score, measured heatmap, the recipe's score", async () => {
    await begin();
    await settled();
    expect(get().model?.name).toBe("shapes-resnet.onnx");
    expect(get().dataRequest).toEqual({ kind: "sample", name: "shapes-resnet" });
    expect(get().recipe.model?.name).toBe("shapes-resnet.onnx");
    expect([get().cells.size, predicted()]).toEqual([all, all]);
    expect([...get().cells.values()].every(({ cell }) => cell.finding.source === "measured")).toBe(true);
    expect(fake.predictions.map(({ samples }) => samples)).toEqual([32, 100]);
    expect(fake.sweeps.map(({ samples, anytime }) => [samples, anytime])).toEqual([[100, true]]);
    const first = (start: string) => fake.calls.findIndex((call) => call.startsWith(start));
    expect(first("predict gauss-newton 100")).toBeLessThan(first("sweep 100"));
    expect(first("floatScore")).toBeLessThan(first("sweep 100"));
    await until(() => get().measured?.value.done === true);
    expect(get().measured?.key).toBe(recipeKey(get().recipe));
    expect(first("predict gauss-newton 32")).toBeLessThan(first("evaluate"));
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
    expect(done()).toBeLessThan(all);
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
    const before = get();
    applyPreset("w4");
    const ofWeights = (keys: Iterable<string>) => [...keys].filter((key) => key.includes("|weight|"));
    expect([ofWeights(get().cells.keys()), ofWeights(get().predictions.keys())]).toEqual([[], []]);
    await settled();
    expect(fake.predictions.at(-1)?.schemes?.weight).toMatchObject({ granularity: { block: 32 } });
    expect(fake.sweeps.at(-1)?.schemes?.weight).toMatchObject({ granularity: { block: 32 } });
    expect(get().cells.get("stem|weight|4")).not.toBe(before.cells.get("stem|weight|4"));
    const calls = fake.sweeps.length + fake.predictions.length;
    undo();
    expect(get().cells.get("stem|weight|4")).toBe(before.cells.get("stem|weight|4"));
    expect(get().predictions.get("stem|weight|4")).toBe(before.predictions.get("stem|weight|4"));
    await settled();
    expect(fake.sweeps.length + fake.predictions.length).toBe(calls);
  });
});

describe("formats", () => {
  it("get a column of their own once a layer has one, predicted and measured like the others", async () => {
    await begin();
    await settled();
    chooseBits(["middle"], "weight", "nf4");
    expect(bits("middle")).toBe("nf4");
    await settled(all + 3);
    expect(get().cells.get("middle|weight|nf4")?.cell.finding.source).toBe("measured");
    expect(get().predictions.get("stem|weight|nf4")?.cell?.finding.source).toBe("predicted");
    // Only what was missing was asked for.
    expect([fake.predictions.at(-1)?.bits, fake.sweeps.at(-1)?.bits]).toEqual([["nf4"], ["nf4"]]);
    expect([fake.predictions.at(-1)?.targets, fake.sweeps.at(-1)?.targets]).toEqual([["weight"], ["weight"]]);
  });
});

describe("predictions", () => {
  it("are there before anything is measured, and stay beside what is", async () => {
    fake.allowance = 5;
    await begin();
    await until(() => predicted() === all && get().cells.size === 5);
    expect(get().predictions.get("stem|weight|2")?.cell?.finding.n).toBe(100);
    fake.allowance = Number.POSITIVE_INFINITY;
    await settled();
    expect(predicted()).toBe(all);
  });

  it("by another estimator leave measured cells alone, and come back from the shelf", async () => {
    await begin();
    await settled();
    const { cells, predictions } = get();
    const calls = fake.sweeps.length;
    chooseEstimator("hawq");
    expect(get().predictions.size).toBe(0);
    await until(() => get().sweep === null && get().predictions.size === all);
    // HAWQ has no answer for activations, and is not asked for one again and again.
    expect(predicted()).toBe(18);
    expect(
      fake.predictions
        .slice(2)
        .map(({ estimator, samples, targets }) => [estimator, samples, targets.length]),
    ).toEqual([
      ["hawq", 32, 2],
      ["hawq", 100, 1],
    ]);
    expect([get().cells, fake.sweeps.length]).toEqual([cells, calls]);
    chooseEstimator("gauss-newton");
    expect(get().predictions.get("stem|weight|2")).toBe(predictions.get("stem|weight|2"));
    await settled();
    expect(fake.predictions).toHaveLength(4);
  });

  it("say which layers have none, and do not keep those from being measured", async () => {
    fake.ruleless = "middle";
    await begin();
    await settled();
    expect(get().without["gauss-newton"]).toEqual([
      { layer: "middle", op: "GRU", reason: "GRU has no gradient rule" },
    ]);
    expect(get().predictions.get("middle|weight|4")?.cell).toBeNull();
    expect(get().cells.get("middle|weight|4")?.cell.finding.source).toBe("measured");
  });

  it("that fail are answered by a sentence, once, and everything is measured all the same", async () => {
    fake.failPredict = "resnet.onnx: no gradient graph, expected a loss";
    await begin();
    await settled();
    expect(get().notices.map(({ text }) => text)).toEqual([fake.failPredict]);
    expect([predicted(), fake.predictions.length]).toEqual([0, 1]);
    expect(get().paused).toBe(false);
  });

  it("give the interactions of layers when asked for, once for a column", async () => {
    await begin();
    await settled();
    askPairs(4);
    await until(() => get().pairs?.bits === 4 && get().sweep === null);
    expect(fake.predictions.at(-1)).toMatchObject({ pairs: 4, bits: [4], targets: ["weight"] });
    const calls = fake.predictions.length;
    askPairs(4);
    askPairs("fp");
    await settled();
    expect(fake.predictions).toHaveLength(calls);
    expect(get().pairs?.layers).toEqual(["stem", "middle", "head"]);
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
    await settled();
    expect(fake.sweeps.map(({ samples }) => samples)).toEqual([100, 100]);
  });

  it("leaves out what the scheduler was done with", async () => {
    await begin();
    await settled();
    chooseBits(["stem"], "weight", 7);
    await settled(all + 3);
    expect(fake.sweeps.at(-1)?.skip).toEqual([]);
    expect(fake.sweeps.at(-1)?.bits).toEqual([7]);
  });

  it("keeps what was predicted", async () => {
    fake.predictable = 12;
    stop = start(() => fake);
    await until(() => predicted() === 12);
    expect(get().float).toBeNull();
    pause();
    await until(() => get().sweep === null && get().float?.done === true);
    expect([predicted(), get().cells.size]).toEqual([12, 0]);
    fake.predictable = Number.POSITIVE_INFINITY;
    resume();
    await settled();
    expect(predicted()).toBe(all);
  });
});

describe("the worker's death", () => {
  it("loses nothing: same model, pins and data, recipe intact, known cells kept", async () => {
    fake.allowance = 40;
    await begin();
    await until(
      () => get().cells.size === all && [...get().cells.values()].some(({ asked }) => asked === 100),
    );
    chooseBits(["middle"], "weight", 4);
    const { source, recipe } = get();
    const known = done();
    fake.die("out of memory");
    expect(get().lost).toEqual({ reason: "out of memory", back: false });
    await until(() => get().lost?.back === true);
    expect(fake.opened.at(-1)).toEqual({ files: source?.files, pins: source?.pins });
    expect(fake.requests.at(-1)).toEqual({ kind: "sample", name: "shapes-resnet" });
    expect([get().recipe, get().cells.size, get().past.length]).toEqual([recipe, all, 1]);
    expect([done() >= known, predicted()]).toEqual([true, all]);
    fake.allowance = Number.POSITIVE_INFINITY;
    await settled();
    await until(() => get().measured?.key === recipeKey(recipe) && get().measured?.value.done === true);
    expect(fake.predictions).toHaveLength(2);
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
    expect([...get().cells.values()].every(({ cell }) => cell.finding.n === glance)).toBe(true);
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
