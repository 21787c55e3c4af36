// Measuring joint recipes of a study for a search: as Study.score, but on samples that are named, and cut short where going on
// is hopeless. Decides nothing.

import { type Recipe, recipeKey } from "../recipe.ts";
import { evaluate, type Tally } from "../score/evaluate.ts";
import type { Finding } from "../score/finding.ts";
import type { Study } from "../study.ts";
import type { MeasuredJoint, MeasureJoint } from "./smallest.ts";

// How often a running figure is looked at, in samples.
const LOOK = 32;

/** What a joint recipe loses. */
export interface MeasuredLoss {
  readonly divergence: Finding;
  /** Of each sample, in the order of those that were asked for. */
  readonly each: readonly number[];
  /** Not all samples were run: it was already beyond hope. */
  readonly cut: boolean;
}

/** Measures a joint recipe; may stop early where `hopeless` says so of the samples so far. */
export type MeasureLoss = (
  recipe: Recipe,
  hopeless?: (each: readonly number[]) => boolean,
) => Promise<MeasuredLoss>;

/** @param between awaited before each batch; throws to cancel */
export function measureLoss(
  study: Study,
  samples: readonly number[],
  between: () => Promise<void>,
): MeasureLoss {
  return async (recipe, hopeless): Promise<MeasuredLoss> => {
    const stop = hopeless && ((tally: Tally) => hopeless(eachOf(tally)));
    const { tally, cut } = await runUntil(study, samples, recipe, between, stop);
    return { divergence: tally.divergence(recipeKey(recipe)), each: eachOf(tally), cut };
  };
}

const eachOf = ({ comparisons }: Tally) => comparisons.map(({ divergence }) => divergence);

/**
 * The same with the fall of top-1.
 * @throws one sentence where no sample has a label
 */
export function measureJoint(
  study: Study,
  samples: readonly number[],
  between: () => Promise<void>,
): MeasureJoint {
  return async (recipe, hopeless): Promise<MeasuredJoint> => {
    const of = recipeKey(recipe);
    const { tally, cut } = await runUntil(study, samples, recipe, between, (soFar) => {
      const drop = soFar.drop(of);
      return drop !== null && hopeless(drop);
    });
    const drop = tally.drop(of);
    if (!drop) throw new Error(`samples: ${samples.length} without a label, expected some with`);
    return { divergence: tally.divergence(of), drop, cut };
  };
}

async function runUntil(
  study: Study,
  samples: readonly number[],
  recipe: Recipe,
  between: () => Promise<void>,
  enough: ((tally: Tally) => boolean) | undefined,
): Promise<{ tally: Tally; cut: boolean }> {
  const at = await study.of(recipe, between);
  const { reference, probe } = at;
  const settings = probe.settings(await at.plan(recipe, between));
  const stop = new Error("enough");
  let found: Tally | undefined;
  let looked = 0;
  const look = async (tally: Tally) => {
    await between();
    if (!enough || tally.comparisons.length < looked + LOOK) return;
    looked = tally.comparisons.length;
    if (!enough(tally)) return;
    found = tally;
    throw stop;
  };
  try {
    const tally = await evaluate(reference, probe, samples, (feeds) => probe.run(feeds, settings), look);
    return { tally, cut: false };
  } catch (error) {
    if (error !== stop || !found) throw error;
    return { tally: found, cut: true };
  }
}
