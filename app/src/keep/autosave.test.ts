import { describe, expect, it } from "vitest";
import type { KnownCell } from "../state/known.ts";
import { changed } from "./autosave.ts";

const cell = () => ({}) as KnownCell;

describe("changed", () => {
  const [a, b] = [cell(), cell()];

  it("writes only cells that are new or refined", () => {
    const refined = cell();
    const { fresh, stale } = changed(
      new Map([["a", a]]),
      new Map([
        ["a", refined],
        ["b", b],
      ]),
    );
    expect(stale).toBe(false);
    expect(fresh).toEqual([
      ["a", refined],
      ["b", b],
    ]);
    expect(changed(new Map([["a", a]]), new Map([["a", a]])).fresh).toEqual([]);
  });

  it("writes all anew where some are gone: other data, other columns", () => {
    const { fresh, stale } = changed(
      new Map([
        ["a", a],
        ["b", b],
      ]),
      new Map([["b", b]]),
    );
    expect(stale).toBe(true);
    expect(fresh).toEqual([["b", b]]);
  });
});
