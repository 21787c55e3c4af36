import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeEngine } from "../state/fake.test-engine.ts";
import { dismiss } from "../state/notices.ts";
import { openData, openStudy, resplit } from "../state/opening.ts";
import { start } from "../state/session.ts";
import { get, set } from "../state/store.ts";
import { chooseBits } from "../state/study.ts";
import { pause } from "../state/sweep/sweeps.ts";
import { deleteStudies, keptHere, save, saved, startKeeping } from "./autosave.ts";
import { closeDatabase } from "./database.ts";
import { keepStudy, keptStudies, keptStudy, knownOf, latestStudy } from "./documents.ts";
import { keptFiles } from "./files.ts";
import { restoreLatest } from "./restore.ts";
import { changesOf, sheetsOf } from "./sheets.ts";
import { standing } from "./standing.ts";

let fake: FakeEngine;
let ends: (() => void)[];

const until = (what: () => boolean) =>
  vi.waitFor(() => expect(what()).toBe(true), { timeout: 4000, interval: 5 });
const filled = () =>
  until(
    () => get().sweep === null && get().cells.size === 33 && get().float?.done === true && !get().measuring,
  );
const keep = async () => {
  save();
  await saved();
};
const end = () => {
  for (const off of ends.reverse()) off();
  ends = [];
};
/** A visit of the page, from its beginning. */
const visit = (first?: () => unknown) => {
  fake = new FakeEngine();
  ends = [start(() => fake, first), startKeeping()];
};

beforeEach(async () => {
  await closeDatabase();
  globalThis.indexedDB = new IDBFactory();
  localStorage.clear();
  sessionStorage.clear();
  vi.stubGlobal("fetch", async () => new Response("bytes"));
  visit();
  await filled();
});

afterEach(async () => {
  await until(() => get().opening === null);
  end();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe("keeping", () => {
  it("brings back all that is known before the engine has opened anything", async () => {
    chooseBits(["middle"], "weight", 4);
    await keep();
    const { cells, predictions, recipe, float } = get();
    end();
    let open: () => void = () => {};
    visit(() => {
      const { openModel } = fake.engine;
      vi.spyOn(fake.engine, "openModel").mockImplementation(async (...asked) => {
        await new Promise<void>((resolve) => {
          open = resolve;
        });
        return openModel.apply(fake.engine, asked);
      });
      return restoreLatest();
    });
    await until(() => get().cells.size === 33);
    expect(get().opening?.what).toBe("Reopening shapes-resnet.onnx");
    expect(get()).toMatchObject({ cells, predictions, recipe, float });
    expect(fake.calls).not.toContain("openModel shapes-resnet.onnx");
    await until(() => get().source?.files.length === 1);
    await vi.waitFor(() => {
      open();
      expect(get().opening).toBeNull();
    });
    // And goes on under its own name, with nothing asked for again.
    await keep();
    expect((await keptStudies()).studies.map(({ id }) => id)).toEqual([keptHere()]);
    expect(fake.sweeps).toEqual([]);
  });

  it("says once where storage is full, loses nothing, and says when there is room again", async () => {
    await keep();
    const full = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    chooseBits(["middle"], "weight", 2);
    await keep();
    expect(get().notices.map(({ text }) => text)).toEqual([
      expect.stringMatching(/storage is full.*download/),
    ]);
    expect(standing()).toMatchObject({ kind: "refused", full: true });
    const [notice] = get().notices;
    dismiss(notice?.id ?? 0);
    chooseBits(["middle"], "weight", 3);
    await keep();
    expect(get().notices).toEqual([]);
    expect(get().cells.size).toBe(33);
    full.mockRestore();
    await keep();
    expect(standing().kind).toBe("kept");
    expect(get().notices.map(({ text }) => text)).toEqual([
      expect.stringMatching(/kept in this browser again/),
    ]);
    expect((await latestStudy()).study?.recipe).toEqual(get().recipe);
    expect((await knownOf(keptHere() as string)).cells).toEqual(get().cells);
  });

  it("says where the browser refuses storage altogether, and the study goes on", async () => {
    await keep();
    await closeDatabase();
    vi.spyOn(indexedDB, "open").mockImplementation(() => {
      throw new DOMException("The user denied permission", "SecurityError");
    });
    chooseBits(["middle"], "weight", 2);
    await keep();
    expect(get().notices.map(({ text }) => text)).toEqual([
      expect.stringMatching(/does not keep.*denied.*download/),
    ]);
    expect(get().model?.layers.length).toBe(3);
  });

  it("keeps the last of a study when another takes the screen", async () => {
    await keep();
    const id = keptHere() as string;
    chooseBits(["middle"], "weight", 2);
    const { recipe } = get();
    await openStudy({ files: [new File(["x"], "other.onnx")], pins: {} }, { kind: "synthetic" });
    await saved();
    expect((await keptStudy(id))?.recipe).toEqual(recipe);
    expect((await keptStudy(id))?.model.name).toBe("shapes-resnet.onnx");
    await filled();
    await keep();
    expect(keptHere()).not.toBe(id);
    expect((await keptStudies()).studies.length).toBe(2);
  });

  it("copies data once, whatever becomes of their split, and keeps the old until the new are named", async () => {
    const data = (name: string) => ({ kind: "files", files: [new File([name], name)] }) as const;
    await openStudy({ files: [new File(["x"], "mine.onnx")], pins: {} }, data("a.npz"));
    await filled();
    await keep();
    const id = keptHere() as string;
    const put = vi.spyOn(IDBObjectStore.prototype, "put");
    const copied = () =>
      put.mock.contexts.filter((store) => (store as IDBObjectStore).name === "files").length;
    await resplit({ calibration: 20 });
    await keep();
    expect((await keptStudy(id))?.dataRequest.split).toEqual({ calibration: 20 });
    expect(copied()).toBe(0);

    // The page ends after the files were copied and before the document was: the one that is there must find its own.
    await openData(data("b.npz"));
    put.mockImplementationOnce(function (this: IDBObjectStore, ...args) {
      expect(this.name).toBe("files");
      put.mockImplementationOnce(() => {
        throw new DOMException("gone", "AbortError");
      });
      put.mock.contexts.length = 0;
      return IDBObjectStore.prototype.add.apply(this, args as [unknown, IDBValidKey]);
    });
    await keep();
    const old = await keptStudy(id);
    expect(old?.dataRequest).toMatchObject({ files: ["a.npz"] });
    const [file] = await keptFiles(id, old?.dataShelf ?? "data", ["a.npz"]);
    expect(file?.name).toBe("a.npz");
    put.mockRestore();
    await keep();
    const now = await keptStudy(id);
    expect(now).toMatchObject({ dataRequest: { files: ["b.npz"] }, dataShelf: "data-2" });
    expect((await keptFiles(id, "data-2", ["b.npz"])).length).toBe(1);
    await expect(keptFiles(id, "data", ["a.npz"])).rejects.toThrow("not in the browser's storage");
  });

  it("leaves a study alone that was deleted, until its recipe is changed", async () => {
    await keep();
    pause();
    const id = keptHere() as string;
    await deleteStudies([id]);
    set({ selected: "head" });
    await keep();
    expect((await keptStudies()).studies).toEqual([]);
    chooseBits(["head"], "weight", 2);
    await keep();
    const { studies } = await keptStudies();
    expect(studies.map((study) => study.recipe)).toEqual([get().recipe]);
    expect(studies[0]?.id).not.toBe(id);
  });

  it("brings back what is known of a model whose files were not kept, when it is opened again", async () => {
    chooseBits(["middle"], "weight", 4);
    pause();
    await keep();
    const { study } = await latestStudy();
    if (!study) throw new Error("study: none, expected the one that was kept");
    const { cells, recipe } = get();
    const { sample: _, ...own } = study;
    const known = sheetsOf(await knownOf(study.id));
    await keepStudy({ ...own, id: "large", absent: true }, changesOf(new Map(), known));
    await deleteStudies([study.id]);
    end();
    sessionStorage.clear();
    visit(restoreLatest);
    await until(() => get().notices.length === 1);
    expect(get().notices[0]?.text).toMatch(
      /^shapes-resnet\.onnx: its files are not in this browser.*open them again/,
    );
    expect(get().model).toBeNull();

    fake.allowance = 0;
    await openStudy(
      { files: [new File(["bytes"], "shapes-resnet.onnx")], pins: {} },
      { kind: "sample", name: "shapes-resnet" },
    );
    await until(() => get().float?.done === true);
    await keep();
    await until(() => get().cells.size === 33);
    expect(get().cells).toEqual(cells);
    expect(get().recipe).toEqual(recipe);
    expect(get().past.length).toBe(1);
    await keep();
    expect((await keptStudies()).studies.map(({ id }) => id)).toEqual([keptHere()]);
  });

  it("passes over what it cannot read, with a sentence, and opens what it can", async () => {
    await keep();
    const { study } = await latestStudy();
    const { database } = await import("./database.ts");
    const later = Date.now() + 1e6;
    await (await database()).put("studies", { ...study, id: "broken", updated: later, past: 3 } as never);
    end();
    sessionStorage.clear();
    visit(restoreLatest);
    await until(() => get().model !== null && get().opening === null);
    expect(keptHere()).toBe(study?.id);
    expect(get().notices.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^shapes-resnet\.onnx: study: past.*expected recipes/),
    ]);
  });
});
