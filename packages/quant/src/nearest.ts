// Which of a few values a number is nearest to. A table of up to 256 levels is prepared once: sorted, with the bounds
// between neighbours, and buckets that say between which bounds to look. Not where levels come from.

const BUCKETS = 4096;

export interface NearestTable {
  /** The distinct levels in ascending order, and the code of each (the lowest of equal ones). */
  readonly sorted: Float64Array;
  readonly codes: Uint8Array;
  /** A number x has the rank of the first bound that is not below it. */
  readonly bounds: Float64Array;
  /** Of a number in bucket b = floor((x − low) · factor), the rank is in [first[b], first[b + 1]]. */
  readonly first: Uint8Array;
  readonly low: number;
  readonly factor: number;
}

/** Whether a number midway between two neighbours goes to the upper one, by their codes. */
export type TieRule = (lower: number, upper: number) => boolean;

/**
 * Prepares a table.
 * @param levels one a code, finite, 1 to 256 of them
 * @param up what becomes of ties; to the lower level unless told
 */
export function nearestTable(levels: ArrayLike<number>, up: TieRule = () => false): NearestTable {
  const codes = Array.from(levels, (_, code) => code)
    .sort((a, b) => (levels[a] as number) - (levels[b] as number) || a - b)
    .filter((code, i, all) => i === 0 || levels[code] !== levels[all[i - 1] as number]);
  const sorted = Float64Array.from(codes, (code) => levels[code] as number);
  const bounds = new Float64Array(sorted.length - 1);
  for (let r = 0; r < bounds.length; r++) {
    const middle = ((sorted[r] as number) + (sorted[r + 1] as number)) / 2;
    bounds[r] = up(codes[r] as number, codes[r + 1] as number) ? justBelow(middle) : middle;
  }
  const low = sorted[0] as number;
  const reach = (sorted.at(-1) as number) - low;
  const factor = reach > 0 ? BUCKETS / reach : 0;
  const table = { sorted, codes: Uint8Array.from(codes), bounds, low, factor };
  const first = new Uint8Array(BUCKETS + 1);
  // Bounds in lower buckets are below every number of a bucket: both are put there by the same arithmetic.
  let r = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    while (r < bounds.length && bucketOf(bounds[r] as number, low, factor) < bucket) r++;
    first[bucket] = r;
  }
  first[BUCKETS] = bounds.length;
  return { ...table, first };
}

/** The bucket of a number, at either end for what lies outside. */
function bucketOf(x: number, low: number, factor: number): number {
  const at = (x - low) * factor;
  return at > 0 ? (at < BUCKETS ? Math.floor(at) : BUCKETS - 1) : 0;
}

/** The rank among the sorted levels of the one that is nearest to x. */
export function rankOf(table: NearestTable, x: number): number {
  const { bounds, first } = table;
  const bucket = bucketOf(x, table.low, table.factor);
  let rank = first[bucket] as number;
  let end = first[bucket + 1] as number;
  while (rank < end) {
    const middle = (rank + end) >> 1;
    if (x > (bounds[middle] as number)) rank = middle + 1;
    else end = middle;
  }
  return rank;
}

const f64 = new Float64Array(1);
const u64 = new BigUint64Array(f64.buffer);

/** The largest double below a finite number. */
function justBelow(x: number): number {
  if (x === 0) return -Number.MIN_VALUE;
  f64[0] = x;
  u64[0] = (u64[0] as bigint) + (x > 0 ? -1n : 1n);
  return f64[0];
}
