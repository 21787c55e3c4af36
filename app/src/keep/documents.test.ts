// @vitest-environment node
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { openDB } from "idb";
import { beforeEach, describe, expect, it } from "vitest";
import { initialState } from "../state/store.ts";
import { closeDatabase, VERSION } from "./database.ts";
import { dropStudy, keepStudy, keptStudies, knownOf, latestStudy } from "./documents.ts";
import { faultOf } from "./form.ts";
import type { KeptStudy } from "./kept.ts";
import { changesOf, type Kept, sheetsOf } from "./sheets.ts";

const study = (id: string, updated: number): KeptStudy =>
  ({
    id,
    updated,
    modelFiles: [`${id}.onnx`],
    pins: {},
    dataRequest: { kind: "synthetic" },
    model: { name: `${id}.onnx`, sha256: id, layers: [{ id: "conv", weights: [] }], inputs: [] },
    data: { name: "synthetic" },
    recipe: initialState.recipe,
    past: [],
    future: [],
  }) as unknown as KeptStudy;

const cellOf = (layer: string, n: number) =>
  [`${layer}|weight|4`, { cell: { layer, finding: { value: Number.NaN, n } }, asked: n }] as const;

const knownCells = (layers: number): Kept =>
  ({
    cells: new Map(Array.from({ length: layers }, (_, i) => cellOf(`l${i}`, i))),
    predictions: new Map([["l0|weight|2", { cell: null, asked: 32 }]]),
    shelf: new Map([["int8", new Map([cellOf("l1", 7)])]]),
    predictionShelf: new Map(),
  }) as unknown as Kept;

const all = (kept: Kept) => changesOf(new Map(), sheetsOf(kept));

beforeEach(async () => {
  await closeDatabase();
  globalThis.indexedDB = new IDBFactory();
});

describe("kept studies", () => {
  it("come back with all that is known, more rows than are read at once among them", async () => {
    const known = knownCells(1000);
    await keepStudy(study("a", 1), all(known));
    await keepStudy(study("b", 2), all(knownCells(3)));
    expect(await knownOf("a")).toEqual(known);
    expect((await knownOf("b")).cells.size).toBe(3);
    expect((await latestStudy()).study?.id).toBe("b");
    await dropStudy("b");
    expect((await keptStudies()).studies.map(({ id }) => id)).toEqual(["a"]);
    expect((await knownOf("b")).cells.size).toBe(0);
  });

  it("change by what changed", async () => {
    const before = knownCells(3);
    await keepStudy(study("a", 1), all(before));
    const after = { ...before, cells: new Map([...before.cells].slice(1)) };
    const changes = changesOf(sheetsOf(before), sheetsOf(after));
    expect(changes).toEqual({ put: [], drop: [["measured", "l0"]] });
    await keepStudy(study("a", 2), changes);
    expect(await knownOf("a")).toEqual(after);
  });

  it("of the first form are brought up to date, their cells with them", async () => {
    const first = await openDB("bitscape", 1, {
      upgrade(db) {
        db.createObjectStore("studies", { keyPath: "id" }).createIndex("updated", "updated");
        db.createObjectStore("cells");
      },
    });
    await first.put("studies", study("old", 5));
    const [, cell] = cellOf("a|b", 3);
    for (const key of ["a|b|weight|4", "a|b|weight|8", "c|activation|8"])
      await first.put("cells", cell, ["old", key]);
    first.close();
    expect((await latestStudy()).study?.id).toBe("old");
    const { cells } = await knownOf("old");
    expect([...cells.keys()].sort()).toEqual(["a|b|weight|4", "a|b|weight|8", "c|activation|8"]);
    expect(cells.get("c|activation|8")).toEqual(cell);
  });

  it("that a newer page wrote are refused by a sentence", async () => {
    (await openDB("bitscape", VERSION + 1)).close();
    await expect(latestStudy()).rejects.toThrow(/^studies: kept by a newer version.*expected/);
  });

  it("that cannot be used are passed over, and named with why", async () => {
    await keepStudy(study("a", 1), all(knownCells(1)));
    const tampered = { ...study("b", 2), recipe: { schema: "bitscape/recipe/1", layers: [] } };
    await keepStudy(tampered as unknown as KeptStudy, all(knownCells(1)));
    const found = await latestStudy();
    expect(found.study?.id).toBe("a");
    expect(found.passed).toEqual([
      { id: "b", name: "b.onnx", fault: expect.stringMatching(/recipe.*expected/) },
    ]);
    const { studies, unreadable } = await keptStudies();
    expect([studies.length, unreadable.length]).toEqual([1, 1]);
  });
});

describe("faultOf", () => {
  it("is nothing of what this page wrote, and a sentence of anything else", () => {
    expect(faultOf(study("a", 1))).toBeNull();
    const faults: readonly [change: object, sentence: RegExp][] = [
      [{ form: 99 }, /form 99.*expected 2.*newer/],
      [{ model: { name: "a" } }, /model.*expected/],
      [{ model: { ...study("a", 1).model, layers: [{ id: 4 }] } }, /model.*layers/],
      [{ past: [{}] }, /past.*recipes/],
      [{ dataRequest: { kind: "files" } }, /dataRequest.*expected/],
      [{ updated: "today" }, /updated.*time/],
      [{ joints: [{ recipe: null }] }, /joints.*expected/],
    ];
    for (const [change, sentence] of faults) {
      expect(faultOf({ ...study("a", 1), ...change })).toMatch(sentence);
    }
    expect(faultOf("a study")).toMatch(/expected/);
  });
});
