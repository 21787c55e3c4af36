// Times jobs in turn, again and again, so that a slow moment of the machine hits all alike. Gives medians with an interval
// from order statistics, which needs no assumption about how times are spread.

export interface Timing {
  /** Median. */
  readonly seconds: number;
  /** 95 % interval of the median. */
  readonly low: number;
  readonly high: number;
  /** Rounds that it rests on. */
  readonly n: number;
}

export interface StopwatchOptions {
  readonly rounds: number;
  /** What a job's turn in a round takes at least: more runs, of which the least counts. */
  readonly leastSeconds: number;
  /** Seconds, of a clock that only goes forward. */
  readonly now?: () => number;
  /** Awaited before each job's turn; throws to cancel. */
  readonly between?: () => Promise<void>;
}

const clock = () => performance.now() / 1000;

// Engines compile WebAssembly again, better, once it has run for a while: rounds during which jobs became this much faster
// are thrown away, so many times.
const FASTER = 0.9;
const SETTLING = 4;

/** Seconds a run of each job, for every round. Rounds are repeated until they are no faster at their end than at their beginning. */
export async function roundsOf(
  jobs: readonly (() => Promise<unknown>)[],
  options: StopwatchOptions,
): Promise<Float64Array[]> {
  let found = await taken(jobs, options);
  for (let again = 0; again < SETTLING && found.some(isSettling); again++) found = await taken(jobs, options);
  return found;
}

function isSettling(rounds: Float64Array): boolean {
  const half = rounds.length >> 1;
  return half > 0 && least(rounds.subarray(-half)) < FASTER * least(rounds.subarray(0, half));
}

const least = (values: Float64Array) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);

// What else the machine does only ever adds: of many short bursts, the least is a round's value.
const BURSTS = 3;
// A burst must be told from a tick of the clock.
const TICKS = 50;

async function taken(
  jobs: readonly (() => Promise<unknown>)[],
  { rounds, leastSeconds, now = clock, between = async () => {} }: StopwatchOptions,
): Promise<Float64Array[]> {
  const found = jobs.map(() => new Float64Array(rounds));
  const burst = TICKS * tickOf(now);
  const repeats: number[] = [];
  for (const job of jobs) {
    await between();
    await job();
    const from = now();
    await job();
    repeats.push(Math.min(1000, Math.max(1, Math.ceil(burst / Math.max(1e-6, now() - from)))));
  }
  for (let round = 0; round < rounds; round++) {
    for (const [i, job] of jobs.entries()) {
      await between();
      const count = repeats[i] as number;
      let shortest = Number.POSITIVE_INFINITY;
      const begun = now();
      for (let bursts = 0; bursts < BURSTS || now() - begun < leastSeconds; bursts++) {
        const from = now();
        for (let k = 0; k < count; k++) await job();
        shortest = Math.min(shortest, (now() - from) / count);
      }
      (found[i] as Float64Array)[round] = shortest;
    }
  }
  return found;
}

// A clock that does not move for so many looks is a test's, or as good as exact.
const LOOKS = 100_000;

/** The smallest step of a clock, seconds: pages that are not isolated have one of 0.1 ms. */
function tickOf(now: () => number): number {
  let tick = Number.POSITIVE_INFINITY;
  for (let steps = 0; steps < 3; steps++) {
    const from = now();
    let to = from;
    for (let look = 0; look < LOOKS && to <= from; look++) to = now();
    if (to > from) tick = Math.min(tick, to - from);
  }
  return Number.isFinite(tick) ? tick : 0;
}

/** Median and its interval, of at least one value. */
export function timingOf(values: ArrayLike<number>): Timing {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  const at = rankOf(n);
  const middle = ((sorted[(n - 1) >> 1] as number) + (sorted[n >> 1] as number)) / 2;
  return { seconds: middle, low: sorted[at] as number, high: sorted[n - 1 - at] as number, n };
}

/**
 * The greatest k such that the median lies between the k-th and the (n−1−k)-th of n values (from 0) with 95 % probability:
 * each value is below the median with probability one half (David & Nagaraja, Order Statistics, §7.1). 0 where n < 6.
 */
export function rankOf(n: number): number {
  let below = 0.5 ** n;
  let sum = below;
  let k = 0;
  while (sum <= 0.025 && k < n / 2) {
    k++;
    below *= (n - k + 1) / k;
    sum += below;
  }
  return Math.max(0, k - 1);
}
