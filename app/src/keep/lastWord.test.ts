import { describe, expect, it } from "vitest";
import type { KeptStudy } from "./documents.ts";
import { withLastWord } from "./lastWord.ts";

const recipe = (seed: number) => ({ schema: "bitscape/recipe/1", seed }) as const;
const kept = {
  id: "a",
  updated: 100,
  recipe: recipe(1),
  past: [],
  future: [recipe(9)],
} as unknown as KeptStudy;
const word = (id: string, at: number) =>
  JSON.stringify({ id, at, recipe: recipe(2), past: [recipe(1)], selected: "conv", target: "weight" });

describe("withLastWord", () => {
  it("is what was decided after the study was kept", () => {
    const found = withLastWord(kept, word("a", 101));
    expect(found.recipe).toEqual(recipe(2));
    expect(found.past).toEqual([recipe(1)]);
    expect(found.future).toEqual([]);
  });

  it("is nothing of another study, nor anything older", () => {
    expect(withLastWord(kept, word("b", 101))).toBe(kept);
    expect(withLastWord(kept, word("a", 100))).toBe(kept);
    expect(withLastWord(kept, null)).toBe(kept);
  });
});
