import { activationFacts, formatRows } from "@bitscape/engine";
import { describe, expect, it } from "vitest";
import { choiceOf } from "../inspector/formatChoices.ts";
import { columnBits } from "../state/edits.ts";
import { columnChoices } from "./columnChoices.ts";

describe("columns to add", () => {
  it("are one of every family of formats, and no column that is there already", () => {
    const found = columnChoices("weight").map(({ column }) => column);
    const families = new Set(
      found.map((column) => (typeof column === "number" ? "int" : choiceOf(column).row.family)),
    );
    expect(families).toEqual(new Set(formatRows.map(({ family }) => family)));
    for (const bits of columnBits.weight) expect(found).not.toContain(bits);
    expect(new Set(found).size).toBe(found.length);
  });

  it("of activations are what a file can have", () => {
    const named = columnChoices("activation").flatMap(({ column }) =>
      typeof column === "string" ? column : [],
    );
    expect(named.length).toBeGreaterThan(0);
    for (const format of named) expect(() => activationFacts(format)).not.toThrow();
  });
});
