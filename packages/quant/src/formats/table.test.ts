import { describe, expect, it } from "vitest";
import { integerBits, integerFormats } from "./integer.ts";
import { formatFacts, formatRows, integerFacts, storedFacts } from "./table.ts";

describe("integer formats", () => {
  it("are int and uint of 1 to 8 and 16 bits", () => {
    expect(integerBits).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 16]);
    expect(integerFormats).toHaveLength(18);
    expect(new Set(integerFormats).size).toBe(18);
    expect(integerFormats.slice(0, 3)).toEqual(["int1", "int2", "int3"]);
  });

  it.each(integerFormats)("%s: as many codes as its bits allow", (format) => {
    const { bits, signed, qmin, qmax } = integerFacts(format);
    expect(format).toBe(`${signed ? "int" : "uint"}${bits}`);
    expect(qmax - qmin + 1).toBe(2 ** bits);
    expect(qmin).toBe(signed ? -(qmax + 1) : 0);
  });

  it("known ends", () => {
    expect(integerFacts("int8")).toMatchObject({ bits: 8, signed: true, qmin: -128, qmax: 127 });
    expect(integerFacts("uint4")).toMatchObject({ bits: 4, signed: false, qmin: 0, qmax: 15 });
    expect(integerFacts("int2")).toMatchObject({ bits: 2, signed: true, qmin: -2, qmax: 1 });
    expect(integerFacts("uint16")).toMatchObject({ bits: 16, signed: false, qmin: 0, qmax: 65535 });
  });

  it("other formats are none", () => {
    expect(() => integerFacts("nf4")).toThrow('format: "nf4", expected int1 … int8, int16, uint1');
  });

  it("one symmetric bit is stored as binary", () => {
    const stored = (format: string, symmetric: boolean) => storedFacts({ format, symmetric }).name;
    expect(stored("int1", true)).toBe("binary");
    expect(stored("uint1", true)).toBe("binary");
    expect(stored("int1", false)).toBe("int1");
    expect(stored("int2", true)).toBe("int2");
  });
});

describe("the table", () => {
  it("has a row a family, each with examples that it alone knows", () => {
    const families = formatRows.map((row) => row.family);
    expect(new Set(families).size).toBe(families.length);
    for (const row of formatRows) {
      expect(row.examples.length).toBeGreaterThan(0);
      expect(row.granularities).toContain("tensor");
      for (const name of row.examples) {
        expect(formatRows.filter((each) => each.parse(name) !== undefined)).toEqual([row]);
        expect(formatFacts(name)).toMatchObject({ name, family: row.family });
      }
    }
  });

  it("facts: bits of a weight, numbers in the name, kind", () => {
    const brief = (name: string) => {
      const { family, args, bits, kind } = formatFacts(name);
      return [family, args, bits, kind];
    };
    expect(brief("float8e4m3")).toEqual(["float8", [], 8, "float8"]);
    expect(brief("fp(4,3)")).toEqual(["fp", [4, 3], 8, "levels"]);
    expect(brief("fp(6)")).toEqual(["fp", [6], 6, "levels"]);
    expect(brief("fp4")).toEqual(["fp", [2, 1], 4, "levels"]);
    expect(brief("nf4")).toEqual(["nf", [], 4, "levels"]);
    expect(brief("binary")).toEqual(["binary", [], 1, "levels"]);
    expect(brief("ternary")).toEqual(["ternary", [], 1.6, "levels"]);
    expect(brief("codebook(17)")).toEqual(["codebook", [17], 5, "levels"]);
    expect(brief("product(256,8)")).toEqual(["product", [256, 8], 1, "product"]);
    expect(brief("product(100,9)")).toEqual(["product", [100, 9], 7 / 9, "product"]);
    expect(brief("log(4)")).toEqual(["log", [4], 4, "levels"]);
    expect(brief("nested(4,8)")).toEqual(["nested", [4, 8], 8, "nested"]);
    expect(brief("bfloat16")).toEqual(["half", [], 16, "half"]);
    expect(brief("int1")).toEqual(["int", [], 1, "affine"]);
  });

  it("spaces are ignored; the name is canonical", () => {
    expect(formatFacts(" product( 256 , 8 )").name).toBe("product(256,8)");
    expect(formatFacts("fp(4, 3)")).toEqual(formatFacts("fp(4,3)"));
  });

  it.each([
    ["int9", 'format: "int9", expected one of int1 … int8'],
    ["float16x", 'format: "float16x", expected one of'],
    ["toString", 'format: "toString", expected one of'],
    ["codebook", 'format: "codebook", expected one of'],
    ["codebook(1)", "format codebook(1): k 1, expected an integer from 2 to 256"],
    ["codebook(1e2)", "format codebook(1e2): k 1e2, expected an integer from 2 to 256"],
    ["codebook()", "format codebook(): k , expected an integer from 2 to 256"],
    ["product(257,8)", "format product(257,8): k 257, expected an integer from 2 to 256"],
    ["product(16,0)", "format product(16,0): d 0, expected an integer from 1 to"],
    ["product(16)", 'format: "product(16)", expected one of'],
    ["fp(5,3)", "format fp(5,3): 9 bits with the sign, expected at most 8"],
    ["fp(0,3)", "format fp(0,3): e 0, expected an integer from 1 to 7"],
    ["fp(2)", "format fp(2): n 2, expected an integer from 3 to 8"],
    ["log(9)", "format log(9): b 9, expected an integer from 2 to 8"],
    ["nested(8,8)", "format nested(8,8): base 8, expected an integer from 1 to 7"],
    ["nested(4,4)", "format nested(4,4): base 4, expected fewer bits than 4"],
  ])("%s is refused in a sentence", (name, message) => {
    expect(() => formatFacts(name)).toThrow(message);
  });
});
