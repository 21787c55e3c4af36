import { describe, expect, it } from "vitest";
import { fakeLayers } from "./fake.test-engine.ts";
import { holding, ruledOut, ruleItems, ruleStates } from "./rules.ts";
import { emptyRecipe } from "./store.ts";

const items = ruleItems(fakeLayers, emptyRecipe);
const weights = (...bits: (number | string)[]) => bits.map((each) => `stem|weight|${each}`);

describe("rules", () => {
  it("count the layers they are about, and say why they cannot hold", () => {
    const states = ruleStates(["first>=8", "op:Conv<=6", "op:Gemm=8", "nonsense", "/m/>=3"], items);
    expect(states.map(({ layers }) => layers)).toEqual([1, 3, 0, 0, 2]);
    expect(states[0]?.fault).toBeNull();
    // The first layer must have at least 8: at most 6 leaves it nothing.
    expect(states[1]?.fault).toMatch(/leaves stem nothing/);
    expect(states[2]?.fault).toMatch(/about no layer/);
    expect(states[3]?.fault).toMatch(/^rule: "nonsense", expected/);
    expect(holding(states)).toHaveLength(2);
  });

  it("rule out the cells that they and the columns leave no budget", () => {
    const rules = holding(ruleStates(["weight first>=6"], items));
    const out = ruledOut(items, rules, null, false);
    expect([...out].sort()).toEqual(weights(2, 3, 4, 5).sort());
    const fewer = ruledOut(items, rules, ["4", "8"], false);
    expect(fewer).toContain("head|weight|fp");
    expect(fewer).not.toContain("head|weight|4");
    expect(ruledOut(items, [], null, false).size).toBe(0);
  });
});
