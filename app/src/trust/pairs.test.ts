import { expect, it } from "vitest";
import { largestPairs, pairAt, pairsCsv, together } from "./pairs.ts";

// a² = 4, b² = 1, c² = 9; a·b = 1.5, a·c = −3, b·c = 0.
const pairs = {
  bits: 4,
  key: "",
  n: 8,
  layers: ["a", "b", "c"],
  matrix: Float64Array.of(4, 1.5, -3, 1.5, 1, 0, -3, 0, 9),
};

it("names what two layers add, and its share of the most they could", () => {
  expect(pairAt(pairs, 0, 1)).toEqual({ a: "a", b: "b", adds: 3, share: 0.75 });
  expect(pairAt(pairs, 2, 0)).toEqual({ a: "c", b: "a", adds: -6, share: -0.5 });
  expect(pairAt(pairs, 2, 2)).toEqual({ a: "c", b: "c", adds: 9, share: 1 });
});

it("lists the largest first, each pair once", () => {
  expect(largestPairs(pairs, 2).map(({ a, b }) => a + b)).toEqual(["ac", "ab"]);
  expect(largestPairs(pairs, 9)).toHaveLength(3);
});

it("writes each pair once, with the sign of what it adds", () => {
  const lines = pairsCsv(pairs).trimEnd().split("\r\n");
  expect(lines).toEqual(["layer,layer,adds,share", "a,c,-6,-0.5", "a,b,3,0.75", "b,c,0,0"]);
});

it("adds up to the loss of all together", () => {
  expect(together(pairs)).toEqual({ alone: 14, between: -3 });
});

it("has no share where a layer costs nothing", () => {
  const silent = { ...pairs, matrix: new Float64Array(9) };
  expect(pairAt(silent, 0, 1).share).toBe(0);
});
