// A latency budget: the recipe that loses least among those whose file really runs within it. Times of layers add up to
// that of a run only nearly: the answer's file is timed end to end, and solved for again with what the sum was off.

import type { Model } from "@bitscape/graph";
import type { IntegerSolver } from "@bitscape/methods";
import { type Allocation, allocateBits } from "../allocate/allocate.ts";
import { type Budgets, Infeasible } from "../allocate/budgets.ts";
import type { Sized } from "../allocate/prepared.ts";
import type { Network } from "../network/network.ts";
import { type Recipe, recipeKey, schemeFor } from "../recipe.ts";
import type { Feeds } from "../runtime/runtime.ts";
import { withoutIdle } from "./idle.ts";
import { wholeRounds } from "./measured.ts";
import { type Timing, timingOf } from "./stopwatch.ts";
import type { Times } from "./times.ts";
import type { Timings } from "./timings.ts";

/** The most that a run may take: seconds, or a part of what the float file takes at the same time. */
export type LatencyLimit = { readonly seconds: number } | { readonly part: number };

export interface LatencyAsk {
  readonly network: Network;
  readonly prepared: Sized;
  readonly timings: Timings;
  readonly times: Times;
  /** Float, end to end, when the times were taken. */
  readonly float: number;
  readonly limit: LatencyLimit;
  /** Kept besides. */
  readonly budgets?: Budgets;
  readonly solver?: IntegerSolver;
  readonly model: (recipe: Recipe) => Promise<Model>;
  readonly feeds: Feeds;
  readonly between?: () => Promise<void>;
}

/** A recipe whose file was timed. */
export interface TimedAllocation {
  readonly allocation: Allocation;
  /** Of its file, and of the float file beside it. */
  readonly measured: Timing;
  readonly float: Timing;
  /** Of the float file's time: the median over rounds in which both ran. */
  readonly part: number;
  /** Seconds that it might take then. */
  readonly limit: number;
  /** Of what it might take: 1 is all of it. */
  readonly ratio: number;
  readonly met: boolean;
}

export interface WithinLatency extends TimedAllocation {
  /** All that were timed, in their order. */
  readonly trace: readonly TimedAllocation[];
}

const ROUNDS = 8;
// Nearer than clocks tell.
const CLOSE = 0.03;
// Parts of the float run that are tried where nothing keeps the limit; of the last, everything is float.
const WIDER = [0.9, 1, 1e6];
// A limit that was missed is asked for so much narrower at least.
const LESS = 0.995;

/**
 * The best recipe within a limit, its time measured; where none is, the fastest that was timed, its `met` false.
 * @throws Infeasible where the sums say that nothing comes near the limit
 */
export async function allocateWithin(ask: LatencyAsk): Promise<WithinLatency> {
  const { prepared, limit, float } = ask;
  const trace: TimedAllocation[] = [];
  const tried = new Map<string, TimedAllocation>();
  const asked = "part" in limit ? limit.part * float : limit.seconds;
  let allowed = asked;
  for (let round = 0; round < ROUNDS; round++) {
    let found: Allocation;
    try {
      found = await answer(ask, allowed);
    } catch (error) {
      // The sum may lie above the run: the first limit is then too narrow for it, not for the file.
      if (!(error instanceof Infeasible) || round > 0) {
        if (trace.length > 0 && error instanceof Infeasible) break;
        throw error;
      }
      found = await fastest(ask);
    }
    const key = recipeKey(found.recipe);
    const known = tried.get(key);
    const timed = known ?? (await timedOne(ask, found));
    if (!known) trace.push(timed);
    tried.set(key, timed);
    const { met, ratio } = timed;
    if (met && (known || ratio > 1 - CLOSE || found.predicted.value === 0)) break;
    // Past what the sum said of this one, so that the next is another.
    const said = found.seconds ?? allowed;
    allowed = met ? Math.max(allowed, said) / ratio : Math.min(allowed, said) * Math.min(1 / ratio, LESS);
  }
  for (const wider of trace.some((each) => each.met) ? [] : WIDER) {
    // What the sums call fastest is not always: of files with fewer integers, one may be nearer.
    const found = await answer(ask, float * wider).catch((error: unknown) => {
      if (error instanceof Infeasible) return undefined;
      throw error;
    });
    if (!found || tried.has(recipeKey(found.recipe))) continue;
    const timed = await timedOne(ask, found);
    tried.set(recipeKey(found.recipe), timed);
    trace.push(timed);
  }
  const met = trace.filter((each) => each.met);
  const best =
    met.length > 0
      ? met.reduce((a, b) => (b.allocation.predicted.value < a.allocation.predicted.value ? b : a))
      : trace.reduce((a, b) => (b.ratio < a.ratio ? b : a));
  return { ...best, trace };

  async function answer({ solver, budgets = {}, network, times }: LatencyAsk, seconds: number) {
    const timed = { ...prepared, options: { ...prepared.options, times } };
    const solved = await allocateBits(timed, { ...budgets, seconds }, solver);
    const recipe = withoutIdle(network, solved.recipe);
    const { bytes } = await prepared.size(recipe);
    // What it says layer by layer lies in the file too.
    return bytes <= (budgets.bytes ?? bytes) ? { ...solved, recipe, bytes } : solved;
  }

  /** What the sums say is fastest: the least that an unkeepable budget names. */
  async function fastest(from: LatencyAsk): Promise<Allocation> {
    const { layers, beside } = from.times;
    const least = Object.values(layers).reduce(
      (sum, { seconds }) => sum + Math.min(...Object.values(seconds)),
      beside,
    );
    for (const slack of [1 + 1e-9, 1.05, 1.2, 1.5]) {
      try {
        return await answer(from, least * slack);
      } catch (error) {
        if (!(error instanceof Infeasible)) throw error;
      }
    }
    return answer(from, asked);
  }
}

async function timedOne(
  { network, timings, model, feeds, limit, between }: LatencyAsk,
  allocation: Allocation,
): Promise<TimedAllocation> {
  const models = [
    network.model,
    ...(quantizes(network, allocation.recipe) ? [await model(allocation.recipe)] : []),
  ];
  const rounds = await wholeRounds(timings, models, feeds, between);
  // A recipe of nothing but float takes what the float file takes, no less and no more.
  const [whole, own = whole] = rounds as [Float64Array, Float64Array?];
  const [float, measured] = [timingOf(whole), timingOf(own)];
  // Round by round the two saw the same machine.
  const part = timingOf(own.map((seconds, i) => seconds / (whole[i] as number))).seconds;
  const ratio = "part" in limit ? part / limit.part : measured.seconds / limit.seconds;
  const most = "part" in limit ? limit.part * float.seconds : limit.seconds;
  return { allocation, measured, float, part, limit: most, ratio, met: ratio <= 1 };
}

function quantizes({ layers }: Network, recipe: Recipe): boolean {
  return layers.some(({ id, weights, points }) => {
    const weight = weights.length > 0 && schemeFor(recipe, id, "weight");
    return weight || (points.length > 0 && schemeFor(recipe, id, "activation"));
  });
}
