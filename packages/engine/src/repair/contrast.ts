// Two recipes on the same held-out samples, batch by batch: what each loses, and the mean of what they differ by on one sample,
// whose interval is narrower than either's, as most of what varies is the sample.

import type { Between } from "../progress.ts";
import { type Recipe, recipeKey } from "../recipe.ts";
import { pairedFinding } from "../remedies/paired.ts";
import { evaluate, scoreOf, Tally } from "../score/evaluate.ts";
import type { Finding } from "../score/finding.ts";
import type { Comparison } from "../score/reference.ts";
import type { Study } from "../study.ts";
import type { Contrast } from "./calls.ts";

/** Recipes that were measured whole, by recipe: one is often the other side of several contrasts. */
export type KeptComparisons = Map<string, Measured>;

interface Measured {
  readonly comparisons: readonly Comparison[];
  /** As a plan has it: what part of a bias correction is used. */
  readonly strength: number | undefined;
}

export interface ContrastJob {
  readonly study: Study;
  readonly before: Recipe;
  readonly after: Recipe;
  readonly samples: readonly number[];
  readonly kept: KeptComparisons;
  /** Awaited before each batch; throws to cancel. */
  readonly between: Between;
  readonly onReport: (report: Omit<Contrast, "bytes">) => void;
}

// Recipes whose comparisons are kept.
const KEPT = 32;

/** Measures the first, then the second beside it. */
export async function contrast(job: ContrastJob): Promise<Omit<Contrast, "bytes">> {
  const { samples, between, onReport } = job;
  const total = 2 * samples.length;
  const { comparisons: before } = await measuredOf(job, job.before, (done) => between(done, total));
  const report = (after: Measured, done: boolean) => reportOf(job, before, after, done);
  const after = await measuredOf(job, job.after, async (done, soFar) => {
    if (done > 0) onReport(report(soFar, false));
    await between(samples.length + done, total);
  });
  await between(total, total);
  return report(after, true);
}

async function measuredOf(
  { study, samples, kept }: ContrastJob,
  recipe: Recipe,
  between: (done: number, soFar: Measured) => Promise<void>,
): Promise<Measured> {
  const key = `${samples.length} ${recipeKey(recipe)}`;
  const known = kept.get(key);
  if (known) return known;
  const idle = () => between(0, { comparisons: [], strength: undefined });
  const at = await study.of(recipe, idle);
  const plan = await at.plan(recipe, idle);
  const { strength } = plan;
  const settings = at.probe.settings(plan);
  const run = (feeds: Parameters<typeof at.probe.run>[0]) => at.probe.run(feeds, settings);
  const { comparisons } = await evaluate(at.reference, at.probe, samples, run, (soFar) =>
    between(soFar.comparisons.length, { comparisons: soFar.comparisons, strength }),
  );
  const measured = { comparisons, strength };
  kept.set(key, measured);
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT) break;
    kept.delete(oldest);
  }
  return measured;
}

function reportOf(
  { study, before, after, samples }: ContrastJob,
  first: readonly Comparison[],
  { comparisons: second, strength }: Measured,
  done: boolean,
): Omit<Contrast, "bytes"> {
  const n = second.length;
  const of = `${recipeKey(before)} → ${recipeKey(after)}`;
  const score = (comparisons: readonly Comparison[], recipe: Recipe) => {
    const tally = new Tally();
    tally.add(comparisons.slice(0, n));
    return scoreOf(tally, study.reference, recipeKey(recipe), done);
  };
  const pairs = second.map((own, i) => [first[i] as Comparison, own] as const);
  const divergences = (side: 0 | 1) => pairs.map((pair) => pair[side].divergence);
  return {
    n,
    of: samples.length,
    before: score(first, before),
    after: score(second, after),
    divergence: pairedFinding(divergences(0), divergences(1), of),
    top1: accuracyGain(pairs, of),
    ...(strength !== undefined && { strength }),
    done,
  };
}

/** Mean of paired gains of top-1; null without labels. */
function accuracyGain(pairs: readonly (readonly [Comparison, Comparison])[], of: string): Finding | null {
  const labelled = pairs.filter(([a]) => a.labelled > 0);
  if (labelled.length === 0) return null;
  const wrong = (side: 0 | 1) => labelled.map((pair) => -pair[side].correct / pair[side].labelled);
  const found = pairedFinding(wrong(0), wrong(1), of);
  // None of n differs: at most 3/n of all samples do (rule of three).
  const least = 3 / labelled.length;
  return found.low === found.high ? { ...found, low: found.value - least, high: found.value + least } : found;
}
