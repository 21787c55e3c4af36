import { normal, seededRandom } from "@bitscape/tensor";
import { describe, expect, it } from "vitest";
import { mse } from "../error.ts";
import { decode, quantize } from "../quantize.ts";
import { cutBits, decodeNestedTo, midpoint } from "./nested.ts";

describe("golden numbers (catalogue §9.5)", () => {
  it("cascade of −75 from 8 to 2 bits, and what is read back", () => {
    const dropped = [0, 1, 2, 3, 4, 5, 6];
    expect(dropped.map((k) => cutBits(-75, k))).toEqual([-75, -38, -19, -10, -5, -3, -2]);
    expect(dropped.map((k) => midpoint(cutBits(-75, k), k))).toEqual([
      -75, -75.5, -74.5, -76.5, -72.5, -80.5, -96.5,
    ]);
    // One by one or at once: bits are prefixes.
    expect([1, 2, 3, 4, 5, 6].reduce((code) => cutBits(code, 1), -75)).toBe(-2);
  });

  it("−75 in two nibbles", () => {
    const high = cutBits(-75, 4);
    expect([high, -75 - high * 16]).toEqual([-5, 5]);
  });
});

it("is the symmetric integer quantization of its full width", () => {
  const random = seededRandom(1);
  const data = Float32Array.from({ length: 60 }, () => normal(random));
  const grouping = { kind: "channel", axis: 0 } as const;
  for (const range of ["minmax", "mse"] as const) {
    const nested = quantize(data, [4, 15], { format: "nested(4,8)", symmetric: false, range }, grouping);
    const plain = quantize(data, [4, 15], { format: "int8", symmetric: true, range }, grouping);
    expect(decode(nested)).toEqual(decode(plain));
  }
});

it("fewer bits are within half of the wider step, and better with each bit", () => {
  const random = seededRandom(2);
  const data = Float32Array.from({ length: 500 }, () => normal(random));
  const found = quantize(
    data,
    [500],
    { format: "nested(2,8)", symmetric: true, range: "minmax" },
    { kind: "tensor" },
  );
  if (found.kind !== "nested") throw new Error(found.kind);
  const errors = [2, 3, 4, 5, 6, 7, 8].map((bits) => {
    const values = decodeNestedTo(found, bits);
    const half = (2 ** (8 - bits) / 2 + 1e-3) * (found.scale[0] as number);
    const full = decode(found);
    expect(values.every((x, i) => Math.abs(x - (full[i] as number)) <= half)).toBe(true);
    return mse(data, values);
  });
  expect(errors).toEqual(errors.toSorted((a, b) => b - a));
  expect(decodeNestedTo(found, 8)).toEqual(decode(found));
});
