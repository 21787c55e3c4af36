import { describe, expect, it } from "vitest";
import type { KeptStudy } from "./kept.ts";
import { withLastWord } from "./lastWord.ts";

const recipe = (seed: number) => ({ schema: "bitscape/recipe/1", seed }) as const;
const kept = {
  ...{ id: "a", updated: 100, modelFiles: [], pins: {}, dataRequest: { kind: "synthetic" } },
  ...{ model: { name: "a", sha256: "b", layers: [], inputs: [] }, data: { name: "synthetic" } },
  ...{ recipe: recipe(1), past: [], future: [recipe(9)] },
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

  it("is nothing of what is not one", () => {
    expect(withLastWord(kept, "{")).toBe(kept);
    expect(withLastWord(kept, JSON.stringify({ id: "a", at: 101, recipe: 3, past: [] }))).toBe(kept);
  });
});
