// Sequence: the order in which samples are drawn for measurements, the same for all cells. Every prefix of it is spread over
// samples of all importances: a van der Corput sequence (1935) over their chances, sorted. Pure.

import { chances } from "../score/importance.ts";

export interface Sequence {
  /** Positions in the pool, in the order they are drawn; important ones come again and again. */
  readonly order: Int32Array;
  /** One a position: its chance at one draw. */
  readonly chance: Float64Array;
}

// Of cells that lose much, all samples tell: an even share of 0.3 ranked 2-bit cells as well as a half, and others as well as 0.1.
const EVEN_SHARE = 0.3;

/** @param start where in [0, 1) the sequence starts */
export function drawSequence(importance: ArrayLike<number>, length: number, start: number): Sequence {
  const chance = chances(importance, EVEN_SHARE);
  const sorted = Array.from(chance, (_, i) => i).sort(
    (a, b) => (chance[a] as number) - (chance[b] as number) || a - b,
  );
  const ends = new Float64Array(sorted.length);
  let sum = 0;
  for (const [rank, i] of sorted.entries()) {
    sum += chance[i] as number;
    ends[rank] = sum;
  }
  const order = Int32Array.from({ length }, (_, i) => {
    const at = ((corput(i) + start) % 1) * sum;
    return sorted[firstAbove(ends, at)] as number;
  });
  return { order, chance };
}

/** The digits of i in base 2, mirrored at the point. */
function corput(i: number): number {
  let value = 0;
  for (let rest = i, digit = 0.5; rest > 0; rest >>= 1, digit /= 2) if (rest & 1) value += digit;
  return value;
}

function firstAbove(ends: Float64Array, at: number): number {
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] as number) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
