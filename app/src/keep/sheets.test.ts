import { describe, expect, it } from "vitest";
import type { KnownCell, Prediction } from "../state/sweep/known.ts";
import { changesOf, type Kept, knownIn, partsOf, type Sheets, sheetsOf } from "./sheets.ts";

const known = (n: number): KnownCell => ({ cell: { n } as unknown as KnownCell["cell"], asked: n });
const none: Prediction = { cell: null, asked: 32 };
const nothing: Sheets = new Map();
const written = (before: Sheets, now: Sheets) => changesOf(before, now).put.map(([place]) => place.join("/"));

describe("sheets", () => {
  const kept: Kept = {
    cells: new Map([
      ["a|b|weight|4", known(1)],
      ["a|b|weight|8", known(2)],
      ["head|activation|fp(4,3)", known(3)],
    ]),
    predictions: new Map([["head|weight|2", none]]),
    shelf: new Map([["int8 channel", new Map([["head|weight|2", known(4)]])]]),
    predictionShelf: new Map([["fisher int8", new Map([["head|weight|2", known(5)]])]]),
  };

  it("come back from their rows as they were, names with bars and what could not be predicted among them", () => {
    const { put, drop } = changesOf(nothing, sheetsOf(kept));
    expect(drop).toEqual([]);
    expect(put.map(([, row]) => row.length)).toEqual([2, 1, 1, 1, 1]);
    expect(knownIn(put)).toEqual(kept);
  });

  it("write only the rows of what is new or refined", () => {
    const before = sheetsOf(kept);
    expect(changesOf(before, sheetsOf({ ...kept })).put).toEqual([]);
    const cells = new Map([...kept.cells, ["head|activation|fp(4,3)", known(64)]] as const);
    expect(written(before, sheetsOf({ ...kept, cells }))).toEqual(["measured/head"]);
  });

  it("drop the rows of which nothing is left, and write those of which something is gone", () => {
    const cells = new Map([["a|b|weight|4", kept.cells.get("a|b|weight|4") as KnownCell]]);
    const now = sheetsOf({ ...kept, cells, shelf: new Map() });
    const { put, drop } = changesOf(sheetsOf(kept), now);
    expect(put.map(([place]) => place)).toEqual([["measured", "a|b"]]);
    expect(drop).toEqual([
      ["measured", "head"],
      ["measured: int8 channel", "head"],
    ]);
  });

  it("tell the layer of a cell's name", () => {
    expect(partsOf("a|b|weight|4")).toEqual(["a|b", "weight|4"]);
  });
});
