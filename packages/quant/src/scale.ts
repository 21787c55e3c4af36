// Scales as a file stores them: rounded, never useless, kept above a bound. Not how they are chosen.

// Below the smallest normal float32, x / scale loses its meaning.
const SMALLEST = 2 ** -126;

/**
 * A scale as stored. 1 for a group of zeros or one whose scale float32 could not hold; where the file's type would
 * lose a scale to zero or infinity, the nearest power-of-two multiple of it that the type has.
 */
export function storedScale(exact: number, roundScale: (scale: number) => number = Math.fround): number {
  let stored = roundScale(exact);
  for (let more = exact; stored === 0 && more >= SMALLEST; stored = roundScale(more)) more *= 2;
  if (Number.isFinite(exact)) {
    for (let less = exact; !Number.isFinite(stored); stored = roundScale(less)) less /= 2;
  }
  return stored >= SMALLEST && Number.isFinite(stored) ? stored : 1;
}

/** Raises scales in place to a lower bound, one a group. */
export function raiseScales(
  scale: Float32Array,
  least: Float64Array | undefined,
  roundScale: (scale: number) => number = Math.fround,
): void {
  if (!least) return;
  for (let g = 0; g < scale.length; g++) {
    scale[g] = Math.max(scale[g] as number, roundScale(least[g] as number));
  }
}
