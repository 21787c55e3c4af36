import { expect, it } from "vitest";
import { levelsOf } from "./fineness.ts";

it.each([3, 11, 12, 21, 41, 57])("each level of %d holds the one before, and the last is all", (count) => {
  const levels = levelsOf(count);
  expect(levels.at(-1)).toEqual(Array.from({ length: count }, (_, i) => i));
  for (const [l, level] of levels.entries()) {
    expect([level[0], level.at(-1)]).toEqual([0, count - 1]);
    if (l > 0) expect(levels[l - 1]?.every((place) => level.includes(place))).toBe(true);
  }
  expect((levels[0] as readonly number[]).length).toBe(Math.min(count, 11));
});
