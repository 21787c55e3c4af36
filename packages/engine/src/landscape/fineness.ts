// The order in which a grid is filled: a coarse picture of about 11 a side first, then twice as fine, and so on.

const COARSEST = 10;

/** Places along an axis of `count`, coarse to fine: each level holds those of the one before; the last is all of them. */
export function levelsOf(count: number): readonly (readonly number[])[] {
  const levels: number[][] = [];
  for (let parts = COARSEST; parts < count - 1; parts *= 2) {
    levels.push([
      ...new Set(Array.from({ length: parts + 1 }, (_, k) => Math.round((k * (count - 1)) / parts))),
    ]);
  }
  return [...levels, Array.from({ length: count }, (_, i) => i)];
}
