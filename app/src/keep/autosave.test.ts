import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeEngine } from "../state/fake.test-engine.ts";
import { dismiss } from "../state/notices.ts";
import { start } from "../state/session.ts";
import { get, set } from "../state/store.ts";
import { chooseBits } from "../state/study.ts";
import { pause } from "../state/sweeps.ts";
import { deleteStudies, keptHere, save, saved, startKeeping } from "./autosave.ts";
import { closeDatabase } from "./database.ts";
import { keptStudies, knownOf, latestStudy } from "./documents.ts";
import { restoreLatest } from "./restore.ts";
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
