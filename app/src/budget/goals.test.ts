import { describe, expect, it } from "vitest";
import { goals, stepOf, steps, valueAt } from "./goals.ts";

describe("the slider", () => {
  it.each([true, false])("leads from a step to a value and back (logarithmic: %s)", (log) => {
    const range = { least: 20_000, most: 730_000 };
    for (const step of [0, 1, 250, 999, steps])
      expect(stepOf(valueAt(step, range, log), range, log)).toBe(step);
    expect(valueAt(0, range, log)).toBe(range.least);
    expect(valueAt(steps, range, log)).toBe(range.most);
    expect(stepOf(1, range, log)).toBe(0);
    expect(stepOf(1e9, range, log)).toBe(steps);
  });

  it("has a place even where there is nothing to choose", () => {
    expect(stepOf(5, { least: 5, most: 5 }, true)).toBe(steps);
  });
});

describe("units", () => {
  it("take a value and give it back", () => {
    for (const { units } of Object.values(goals)) {
      for (const { of, back } of units) expect(back(of(1234, 56_789), 56_789)).toBeCloseTo(1234, 9);
    }
  });
});
