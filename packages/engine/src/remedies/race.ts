// The race: all remedies of a tensor measured in the recipe, on the same samples as the recipe itself, in rounds. Whoever
// is clearly worse, or far from the front, runs no further; the front gets all samples.

import { KeptWeights } from "../landscape/keptWeights.ts";
import { Losses } from "../landscape/loss.ts";
import type { Ranges } from "../plan/plan.ts";
import type { Choice, Recipe } from "../recipe.ts";
import type { Finding } from "../score/finding.ts";
import { divergenceFinding } from "../score/finding.ts";
import type { Study } from "../study.ts";
import { isAbort } from "../turn.ts";
import type { RemediesReport, Remedy, TriedRemedy } from "./calls.ts";
import { pairedFinding, verdictOf } from "./paired.ts";
import { byGain } from "./ranking.ts";

/** Samples of the first round; each later one has four times as many. */
const FIRST = 64;
/** How many run on after each round, at most. */
const FRONT = [12, 8];

export interface RaceJob {
  readonly study: Study;
  readonly ranges: Ranges | undefined;
  readonly recipe: Recipe;
  readonly remedies: readonly Remedy[];
  /** The recipe with a remedy. */
  readonly treated: (choice: Choice) => Recipe;
  /** Exact length of a recipe's file. */
  readonly bytes: (recipe: Recipe) => Promise<number>;
  readonly samples: number;
  /** Awaited before each batch; throws to cancel. */
  readonly between: (done: number, total: number) => Promise<void>;
  readonly onReport: (report: RemediesReport) => void;
}

interface Runner {
  readonly remedy: Remedy;
  readonly recipe: Recipe;
  readonly divergences: number[];
  bytes: number | null;
  failure?: string;
}

export async function race(job: RaceJob): Promise<RemediesReport> {
  const { study, ranges, recipe, between, onReport } = job;
  const { metric, dataset } = study.reference;
  const runners = job.remedies.map(
    (remedy): Runner => ({ remedy, recipe: job.treated(remedy.scheme), divergences: [], bytes: null }),
  );
  const present: number[] = [];
  const bytes = await job.bytes(recipe);
  const report = (done: boolean): RemediesReport => ({
    metric,
    data: dataset.kind,
    present: { loss: present.length > 0 ? divergenceFinding(present, "present") : null, bytes },
    tried: ranked(runners, present),
    done,
  });
  const pool = study.samples(job.samples);
  const weights = new KeptWeights(study.network);
  let running = runners;
  for (const [round, [from, to]] of roundsOf(pool.length).entries()) {
    const losses = new Losses({ study, ranges, indices: pool.slice(from, to), weights });
    const measure = async (each: Recipe, into: number[], done: number) => {
      const tally = await losses.tally(each, () => between(done, running.length + 1));
      into.push(...tally.comparisons.map(({ divergence }) => divergence));
    };
    await measure(recipe, present, 0);
    for (const [i, runner] of running.entries()) {
      try {
        await measure(runner.recipe, runner.divergences, i + 1);
        runner.bytes ??= await job.bytes(runner.recipe);
      } catch (error) {
        if (isAbort(error)) throw error;
        runner.failure = (error as Error).message;
      }
      onReport(report(false));
    }
    running = frontOf(running, present, FRONT[round] ?? (FRONT.at(-1) as number));
    if (running.length === 0) break;
  }
  return report(true);
}

/** From which sample to which each round goes. */
export function roundsOf(samples: number): (readonly [from: number, to: number])[] {
  const rounds: (readonly [number, number])[] = [];
  for (let from = 0, to = FIRST; from < samples; from = to, to *= 4) {
    rounds.push([from, Math.min(to, samples)]);
  }
  return rounds;
}

/** Who is worth more samples: the best of those that are clearly worse neither than what there is nor than the leader. */
function frontOf(runners: readonly Runner[], present: readonly number[], count: number): Runner[] {
  const gain = (runner: Runner) => gainOf(runner, present) as Finding;
  const sound = runners.filter(
    (runner) => runner.failure === undefined && verdictOf(gain(runner)) !== "worse",
  );
  const sorted = sound.sort((a, b) => gain(b).value - gain(a).value);
  // Float is the bound of all, and no rival.
  const leader = sorted.find(({ remedy }) => remedy.kind !== "float");
  if (!leader) return sorted;
  const behind = ({ divergences }: Runner) =>
    verdictOf(pairedFinding(leader.divergences, divergences, "")) === "worse";
  return sorted.filter((runner) => runner === leader || !behind(runner)).slice(0, count);
}

function gainOf({ divergences, remedy, failure }: Runner, present: readonly number[]): Finding | null {
  if (divergences.length === 0 || failure !== undefined) return null;
  return pairedFinding(present.slice(0, divergences.length), divergences, remedy.id);
}

function ranked(runners: readonly Runner[], present: readonly number[]): TriedRemedy[] {
  const tried = runners.map(
    (runner): TriedRemedy => ({
      remedy: runner.remedy,
      bytes: runner.bytes,
      gain: gainOf(runner, present),
      ...(runner.failure !== undefined && { failure: runner.failure }),
    }),
  );
  return tried.sort(byGain);
}
