// Anytime measurement: measures cells as the schedule says, keeps every sample's value, and gives each cell anew whenever
// more is known of it. Whenever it is stopped, what was given stays. Doing, to the plans beside it.

import type { Cell } from "../cells/calls.ts";
import { type CellKey, cellName, cellRecipe } from "../cells/sensitivity.ts";
import { planRecipe, type Ranges } from "../plan/plan.ts";
import type { Guess } from "../predict/estimate.ts";
import type { Probe } from "../probe/probe.ts";
import type { Choice, Target } from "../recipe.ts";
import { meanFinding } from "../score/finding.ts";
import type { Comparison, Reference } from "../score/reference.ts";
import { isAbort } from "../turn.ts";
import { type Contender, choose, nextDraws, outstanding } from "./schedule.ts";
import { drawSequence, type Sequence } from "./sequence.ts";
import { guessSpread, type Measured, poolSpread, type Standing, standing } from "./standing.ts";

export interface AnytimeJob {
  readonly reference: Reference;
  readonly probe: Probe;
  readonly keys: readonly CellKey[];
  /** Samples of the data set to choose from; no cell gets more. */
  readonly pool: readonly number[];
  /** One a sample of the pool. */
  readonly importance: Float64Array;
  /** Predictions, by cell name. */
  readonly guesses: ReadonlyMap<string, Guess>;
  readonly ranges: Ranges | undefined;
  readonly schemes?: Readonly<Partial<Record<Target, Choice>>> | undefined;
  /** Layers that somebody waits for. */
  readonly first?: readonly string[] | undefined;
  /** Awaited before each batch with the samples run so far and in view; throws to cancel. */
  readonly between: (done: number, total: number) => Promise<void>;
  readonly onCell: (cell: Cell) => void;
}

/** Samples run through the network. */
export interface Spent {
  readonly forwardPasses: number;
}

// The order of samples is the same in every run.
const START = 0.5;
// Kept prefixes are planned for so many samples: most cells end before.
const KEPT = 64;

interface State {
  readonly key: CellKey;
  readonly guess: Guess | undefined;
  /** By position in the pool. */
  readonly known: Map<number, Comparison>;
  draws: number;
  standing: Standing;
  failed: boolean;
}

/** Measures until every two neighbours of a column are told apart, or all samples are used. */
export async function measureAnytime(job: AnytimeJob): Promise<Spent> {
  const { keys, pool, importance, guesses, between, onCell } = job;
  const urgent = new Set(job.first);
  // Beyond twice the pool nearly all of it is drawn: what is left is measured too, and nothing remains to estimate.
  const sequence = drawSequence(importance, 2 * pool.length, START);
  const states = keys.map((key): State => {
    const guess = guesses.get(cellName(key));
    const nothing = { draws: [], samples: 0, poolSpread: 0 };
    const begin = standing(guess, nothing, cellName(key));
    return { key, guess, known: new Map(), draws: 0, standing: begin, failed: false };
  });
  const cap = capOf(sequence);
  const contender = ({ key, guess, draws, standing, failed }: State): Contender => ({
    column: `${key.target}|${key.bits}`,
    value: standing.finding.value,
    spread: standing.spread,
    guessSpread: guess ? guessSpread(guess) : Number.POSITIVE_INFINITY,
    draws: failed ? cap : draws,
    cap,
    urgent: urgent.has(key.layer),
  });
  let forwardPasses = 0;
  for (;;) {
    const contenders = states.map(contender);
    const at = choose(contenders);
    if (at === undefined) break;
    const state = states[at] as State;
    const left = outstanding(contenders);
    const wanted = nextDraws(contenders[at] as Contender);
    const begun = forwardPasses;
    try {
      await extend(state, wanted, sequence, job, async (done) => {
        forwardPasses = begun + done;
        await between(forwardPasses, begun + left);
      });
    } catch (error) {
      if (isAbort(error)) throw error;
      state.failed = true;
      onCell(failedCell(state.key, error as Error));
      continue;
    }
    const of = cellName(state.key);
    const { drop, ...measured } = drawsOf(state, sequence, pool.length);
    state.standing = standing(state.guess, measured, of);
    onCell({ ...state.key, finding: state.standing.finding, drop: drop && meanFinding(drop, of) });
  }
  await between(forwardPasses, forwardPasses);
  return { forwardPasses };
}

/** Draws from which on all samples are measured: once half of the pool is, as each doubling begins with what is known. */
function capOf({ order, chance }: Sequence): number {
  const seen = new Set<number>();
  for (const [i, position] of order.entries()) {
    seen.add(position);
    if (2 * seen.size >= chance.length) return i + 1;
  }
  return order.length;
}

/** Measures the samples that a cell's draws have and that are not known yet. */
async function extend(
  state: State,
  wanted: number,
  sequence: Sequence,
  job: AnytimeJob,
  between: (done: number) => Promise<void>,
): Promise<void> {
  const { reference, probe, pool, ranges, schemes } = job;
  const complete = wanted >= capOf(sequence);
  const positions = complete
    ? pool.map((_, i) => i)
    : [...new Set(sequence.order.subarray(state.draws, wanted))];
  const fresh = positions.filter((position) => !state.known.has(position));
  const plan = planRecipe(reference.network, cellRecipe(state.key, schemes?.[state.key.target]), ranges);
  const run = probe.runner(plan, Math.min(pool.length, KEPT));
  let done = 0;
  await between(0);
  for (const batch of reference.batches(fresh.map((position) => pool[position] as number))) {
    const compared = await reference.compare(batch, probe, run);
    for (const [i, each] of compared.entries()) state.known.set(fresh[done + i] as number, each);
    done += batch.count;
    await between(done);
  }
  state.draws = wanted;
}

/** What was drawn, each by the inverse of its chance; or all there is. */
function drawsOf(
  { known, draws }: State,
  { order, chance }: Sequence,
  size: number,
): Measured & { readonly drop: Float64Array | null } {
  const labelled = (each: Comparison) => each.labelled > 0;
  const fall = ({ floatCorrect, correct, labelled }: Comparison) => (floatCorrect - correct) / labelled;
  if (known.size === size) {
    const all = [...known.values()];
    const seen = all.filter(labelled);
    return {
      draws: new Float64Array(),
      samples: size,
      poolSpread: 0,
      all: Float64Array.from(all, (each) => each.divergence),
      drop: seen.length > 0 ? Float64Array.from(seen, fall) : null,
    };
  }
  const drawn = Array.from(order.subarray(0, draws), (position) => ({
    each: known.get(position) as Comparison,
    weight: 1 / ((chance[position] as number) * size),
  }));
  const seen = drawn.filter(({ each }) => labelled(each));
  const values = Float64Array.from(drawn, ({ each }) => Math.max(0, each.divergence));
  const weighted = Float64Array.from(drawn, ({ weight }, i) => weight * (values[i] as number));
  return {
    draws: weighted,
    samples: known.size,
    poolSpread: poolSpread(weighted, values, size),
    drop: seen.length > 0 ? Float64Array.from(seen, ({ each, weight }) => fall(each) * weight) : null,
  };
}

/** A cell that could not be measured. */
export function failedCell(key: CellKey, error: Error): Cell {
  const none = { value: Number.NaN, low: Number.NaN, high: Number.NaN, n: 0, source: "measured" } as const;
  return { ...key, finding: { ...none, of: cellName(key) }, drop: null, failure: error.message };
}
