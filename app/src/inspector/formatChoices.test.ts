import { formatFacts, formatRows } from "@bitscape/engine";
import { describe, expect, it } from "vitest";
import { formatTitle, shortName } from "../layers/formats.ts";
import { choiceOf, fittingProduct, formatChoices, runsWhere, withArg } from "./formatChoices.ts";

describe("choices", () => {
  it("offer every family, and activations what QuantizeLinear makes", () => {
    expect(new Set(formatChoices("weight").map(({ row }) => row))).toEqual(new Set(formatRows));
    expect(formatChoices("weight").map(({ id }) => id)).toEqual(
      expect.arrayContaining(["int", "float8e4m3", "fp(e,m)", "fp4", "nf4", "codebook(k)", "product(k,d)"]),
    );
    expect(formatChoices("activation").map(({ id }) => id)).toEqual(["int", "float8e4m3", "float8e5m2"]);
  });

  it("begin with a format of their own", () => {
    for (const { id, first } of formatChoices("weight")) expect(choiceOf(first).id).toBe(id);
  });

  it("are found for every example of every row", () => {
    for (const row of formatRows) {
      for (const name of row.examples) expect(choiceOf(name).row).toBe(row);
    }
  });
});

describe("numbers in names", () => {
  it("are exchanged one by one, where the format allows", () => {
    expect(withArg(formatFacts("fp(4,3)"), 1, 2)).toBe("fp(4,2)");
    expect(withArg(formatFacts("fp(4,3)"), 0, 7)).toBeNull();
    expect(withArg(formatFacts("codebook(16)"), 0, 32)).toBe("codebook(32)");
    expect(withArg(formatFacts("nested(4,8)"), 0, 8)).toBeNull();
  });

  it("of product codes fit the weight", () => {
    expect(fittingProduct([16, 64, 1, 1])).toBe("product(256,4)");
    expect(fittingProduct([16, 3, 3, 3])).toBe("product(256,9)");
    expect(fittingProduct([10, 7])).toBe("product(256,1)");
  });
});

it("has a title and a short name for every example", () => {
  for (const { examples } of formatRows) {
    for (const name of examples) {
      expect(formatTitle(name).length).toBeGreaterThan(0);
      expect(shortName(name).length).toBeLessThanOrEqual(8);
    }
  }
  expect(["nf4", "float8e4m3", "ternary", "nested(4,8)", "fp(4,3)"].map(shortName)).toEqual([
    "nf4",
    "e4m3",
    "tern",
    "4⊂8",
    "fp4.3",
  ]);
});

it("knows what WebGPU cannot run", () => {
  expect(runsWhere("int4")).toContain("and WebGPU");
  expect(runsWhere("int3")).toContain("not WebGPU");
  expect(runsWhere("float8e4m3")).toContain("not WebGPU");
});
