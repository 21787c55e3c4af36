import { describe, expect, it } from "vitest";
import { type Format, formatFacts, formats, integerBits } from "./format.ts";

describe("formats", () => {
  it("are int and uint of 2 to 8 bits", () => {
    expect(formats).toHaveLength(14);
    expect(new Set(formats).size).toBe(14);
    expect(integerBits).toEqual([2, 3, 4, 5, 6, 7, 8]);
    expect(formats.slice(0, 2)).toEqual(["int2", "int3"]);
  });

  it.each(formats)("%s: as many codes as its bits allow", (format) => {
    const { bits, signed, qmin, qmax } = formatFacts(format);
    expect(format).toBe(`${signed ? "int" : "uint"}${bits}`);
    expect(qmax - qmin + 1).toBe(2 ** bits);
    expect(qmin).toBe(signed ? -(qmax + 1) : 0);
  });

  it("known ends", () => {
    expect(formatFacts("int8")).toEqual({ bits: 8, signed: true, qmin: -128, qmax: 127 });
    expect(formatFacts("uint4")).toEqual({ bits: 4, signed: false, qmin: 0, qmax: 15 });
    expect(formatFacts("int2")).toEqual({ bits: 2, signed: true, qmin: -2, qmax: 1 });
  });

  it("an unknown name is refused with the known ones", () => {
    expect(() => formatFacts("int9" as Format)).toThrow('format: "int9", expected one of int2, int3,');
  });
});
