import { expect, test } from "vitest";
import { grown } from "./useSeen.ts";

const to = (end: number, from = 0) => Array.from({ length: end - from }, (_, i) => from + i);

test("elements come a slice at a time, those that are there first, until all are", () => {
  const wanted = to(100);
  let there: readonly number[] = [];
  const sizes: number[] = [];
  for (let step = 0; step < 4; step++) {
    there = grown(there, wanted, 40);
    sizes.push(there.length);
  }
  expect(sizes).toEqual([40, 80, 100, 100]);
  expect(there).toEqual(wanted);
});

test("what is not wanted any more goes at once, and what stays is no part of the slice", () => {
  expect(grown(to(50), to(60, 20), 5)).toEqual(to(55, 20));
});

test("the same elements are the same array", () => {
  const there = to(10);
  expect(grown(there, to(10), 5)).toBe(there);
});
