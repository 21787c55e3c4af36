import { normal, seededRandom } from "@bitscape/tensor";
import { expect, it } from "vitest";
import { nearestTable, rankOf } from "./nearest.ts";

it("finds the nearest of any levels, against looking at all of them", () => {
  const random = seededRandom(1);
  for (const size of [1, 2, 3, 17, 256]) {
    for (const power of [1, 9]) {
      const levels = Float32Array.from({ length: size }, () => normal(random) ** power);
      const table = nearestTable(levels);
      const values = Array.from({ length: 2000 }, () => normal(random) ** power * 1.3);
      const wrong = values.filter((x) => {
        const least = levels.reduce((d, level) => Math.min(d, Math.abs(level - x)), Number.POSITIVE_INFINITY);
        return Math.abs((levels[table.codes[rankOf(table, x)] as number] as number) - x) !== least;
      });
      expect(wrong).toEqual([]);
    }
  }
});

it("ties go where they are told, and only ties", () => {
  const levels = [-4, -1, 0, 2, 2, 1e-300];
  const middles = [-2.5, -0.5, 1];
  const down = nearestTable(levels);
  const up = nearestTable(levels, () => true);
  const of = (table: typeof down, x: number) => table.sorted[rankOf(table, x)];
  expect(middles.map((x) => of(down, x))).toEqual([-4, -1, 1e-300]);
  expect(middles.map((x) => of(up, x))).toEqual([-1, 0, 2]);
  const below = (x: number) => x - 2 ** -50;
  expect(middles.map((x) => of(up, below(x)))).toEqual([-4, -1, 1e-300]);
  expect(
    of(
      nearestTable([-1, 1], () => true),
      0,
    ),
  ).toBe(1);
  expect(of(nearestTable([-1, 1]), 0)).toBe(-1);
});

it("what lies outside, and infinities, are at the ends", () => {
  const table = nearestTable([3, 1, 2]);
  expect([-1e300, 1, 3, 1e300].map((x) => table.sorted[rankOf(table, x)])).toEqual([1, 1, 3, 3]);
  const ends = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY].map((x) => table.codes[rankOf(table, x)]);
  expect(ends).toEqual([1, 0]);
});
