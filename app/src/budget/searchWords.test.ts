import type { TriedRecipe } from "@bitscape/engine";
import { describe, expect, it } from "vitest";
import type { Search } from "../state/budget/store.ts";
import { purposeWords, searchWords } from "./searchWords.ts";

const finding = (value: number, n: number) =>
  ({ value, low: value, high: value, n, source: "measured", of: "" }) as const;

const tried = (value: number, more: Partial<TriedRecipe> = {}): TriedRecipe => ({
  ...{
    recipe: { schema: "bitscape/recipe/1" },
    bytes: 61_234,
    predicted: { value, low: value, high: value },
  },
  ...{ divergence: finding(value, 256), drop: null, cut: false, confirmed: null },
  ...more,
});

const search = (more: Partial<Search>): Search => ({
  ...{ kind: "loss", tried: 7, of: 20, first: tried(0.02), best: tried(0.01), running: true, end: null },
  ...more,
});

describe("words of a search", () => {
  it("say what it is for, before", () => {
    expect(purposeWords({})).toMatch(/^Measures recipes for less loss in the present size/);
    expect(purposeWords({ bytes: 120_000, bits: 4 })).toMatch(/in 120 kB and 4.00 bits\.$/);
    expect(purposeWords({ drop: 0.01, bytes: 1 })).toBe(
      "Measures recipes for the smallest file within 1 point of top-1.",
    );
  });

  it("say what was found, on which samples, and how it ended", () => {
    expect(searchWords(search({}))).toBe("7 measured: loss 0.0100 (0.0200 at first)…");
    const confirmed = { divergence: finding(0.012, 244), drop: null };
    const ended = search({ best: tried(0.01, { confirmed }), running: false, end: "all were measured" });
    expect(searchWords(ended)).toBe(
      "7 measured: loss 0.0100 (0.0200 at first), 0.0120 on 244 samples it had not seen; all were measured.",
    );
    expect(searchWords(search({ kind: "drop", best: null }))).toBe("7 measured, none within the fall yet…");
    const drop = { divergence: finding(0.01, 500), drop: finding(0.004, 500) };
    expect(
      searchWords(search({ kind: "drop", best: tried(0.01, { drop: drop.drop, confirmed: drop }) })),
    ).toBe("7 measured: 61.2 kB, top-1 −0.4 points on 500 samples it had not seen…");
  });
});
