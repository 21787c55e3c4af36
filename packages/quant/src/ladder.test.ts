// Ladders against a walk through all codes of each element: what decoding makes of every code is the oracle.

import { normal, seededRandom } from "@bitscape/tensor";
import { describe, expect, it } from "vitest";
import type { Encoded } from "./encoded.ts";
import { formatFacts, formatRows } from "./formats/table.ts";
import type { Grouping } from "./grouping.ts";
import { ladderOf } from "./ladder.ts";
import { decode, quantize } from "./quantize.ts";

const random = seededRandom(5);
const data = Float32Array.from({ length: 24 }, () => normal(random));
const shape = [2, 12];
const groupings: readonly Grouping[] = [
  { kind: "tensor" },
  { kind: "channel", axis: 0 },
  { kind: "block", axis: 1, size: 4 },
];

const made = (format: string, grouping: Grouping): Encoded =>
  quantize(data, shape, { format, symmetric: false, range: "minmax" }, grouping);

/** Every code of an element and its value, by decoding the tensor with that code everywhere. */
function codesOf(encoded: Encoded, count: number, first: number): { code: number; values: Float32Array }[] {
  const { encoded: withCodes } = ladderOf(encoded) as NonNullable<ReturnType<typeof ladderOf>>;
  return Array.from({ length: count }, (_, i) => {
    const code = first + i;
    return { code, values: decode(withCodes(new Array(data.length).fill(code))) };
  });
}

describe("a ladder", () => {
  it.each([
    ["int4", 16, -8],
    ["uint3", 8, 0],
    ["nested(2,4)", 16, -8],
    ["float8e4m3", 256, 0],
    ["fp4", 16, 0],
    ["nf4", 16, 0],
    ["ternary", 3, 0],
    ["codebook(8)", 8, 0],
  ] as const)("%s: nearest, and one step up and down, among all codes", (format, count, first) => {
    for (const grouping of groupings) {
      const { family } = formatFacts(format);
      if (!formatRows.find((row) => row.family === family)?.granularities.includes(grouping.kind)) continue;
      const encoded = made(format, grouping);
      const ladder = ladderOf(encoded);
      expect(ladder).toBeDefined();
      if (!ladder) return;
      const codes = codesOf(encoded, count, first);
      for (const [i, x] of data.entries()) {
        const values = codes
          .map(({ code, values: all }) => [all[i] as number, code] as const)
          .filter(([value]) => Number.isFinite(value))
          .sort((a, b) => a[0] - b[0]);
        const least = Math.min(...values.map(([value]) => Math.abs(value - x)));
        const code = ladder.nearest(i, x);
        const value = ladder.value(i, code);
        expect(value).toBe(codes.find((each) => each.code === code)?.values[i]);
        expect(Math.abs(value - x)).toBeCloseTo(least, 6);
        const above = values.find(([each]) => each > value)?.[0] ?? value;
        const below = values.findLast(([each]) => each < value)?.[0] ?? value;
        expect(ladder.value(i, ladder.step(i, code, 1))).toBe(above);
        expect(ladder.value(i, ladder.step(i, code, -1))).toBe(below);
      }
    }
  });

  it("other codes make the same kind of tensor", () => {
    const encoded = made("int4", { kind: "channel", axis: 0 });
    const ladder = ladderOf(encoded);
    const same = ladder?.encoded(Array.from(data, (x, i) => ladder.nearest(i, x)));
    expect(same).toEqual(encoded);
  });

  it("a product's blocks and half floats have none", () => {
    expect(ladderOf(made("float16", { kind: "tensor" }))).toBeUndefined();
    expect(ladderOf(made("product(4,4)", { kind: "tensor" }))).toBeUndefined();
  });
});
