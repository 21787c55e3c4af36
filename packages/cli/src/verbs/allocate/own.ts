// A person's own recipe beside what an allocation found: where it lies, what it is expected to lose, and with data at hand what
// it does lose, with the layers to blame where that is more.

import {
  type Cause,
  explainGap,
  type FrontPoint,
  type JointLoss,
  type LossOf,
  type MeasuredLoss,
  measuredGap,
  measureLoss,
  nearestStyle,
  type Placed,
  place,
  type Recipe,
  SEARCH_SAMPLES,
  type Sized,
  type Study,
  type Table,
} from "@bitscape/engine";
import { integer } from "../../flags.ts";
import type { Job } from "../../verb.ts";

/** Of a measured loss, as documents show it. */
export function lossJson({ divergence: { value, low, high, n } }: MeasuredLoss) {
  return { value, low, high: Number.isFinite(high) ? high : null, n };
}

// Runs that look for the layers that interact, where the prediction was off.
const GAP_RUNS = 10;

/** Whether a prediction is refuted: its interval and that of what was measured do not meet. */
export function isOutside(predicted: JointLoss, { divergence }: MeasuredLoss): boolean {
  return divergence.low > predicted.high || divergence.high < predicted.low;
}

/**
 * What explains that more is lost than was predicted: runs without some of the layers, which are about this very recipe; where
 * they find nothing, cross terms that the report has.
 */
export async function causesOf(
  table: Table,
  recipe: Recipe,
  measured: number,
  predicted: number,
  loss: LossOf,
): Promise<Cause[]> {
  if (measured <= predicted) return [];
  const found = await measuredGap(table, recipe, measured, loss, GAP_RUNS);
  return found.length > 0 ? found : explainGap(table, recipe, measured);
}

export interface Own {
  readonly placed: Placed;
  readonly measured?: MeasuredLoss;
  /** The measured loss is not where it was predicted to be. */
  readonly outside: boolean;
  readonly interactions: readonly Cause[];
}

/** @param tables in several styles of storing; predictions are of the one that the recipe is nearest to */
export async function ownBeside(
  tables: readonly Sized[],
  recipe: Recipe,
  front: readonly FrontPoint[],
  job: Job,
  study: Study | undefined,
): Promise<Own | undefined> {
  const table = nearestStyle(tables, recipe);
  if (!table) return undefined;
  const placed = await place(table, "own", recipe, [...front]);
  if (!study || job.signal.aborted) return { placed, outside: false, interactions: [] };
  const samples = study.samples(integer(job.values, "samples", 1) ?? SEARCH_SAMPLES);
  const measure = measureLoss(study, samples, async () => job.signal.throwIfAborted());
  const measured = await measure(recipe);
  const { value } = measured.divergence;
  const { predicted } = placed;
  const outside = predicted !== null && isOutside(predicted, measured);
  const loss = async (other: Recipe) => (await measure(other)).divergence.value;
  const interactions =
    outside && predicted ? await causesOf(table, recipe, value, predicted.value, loss) : [];
  return { placed, measured, outside, interactions };
}

/** "a + b (40 %), c + d (12 %)" of what the gap is. */
export function causesText(causes: readonly Cause[]): string {
  return causes.map(({ layers, share }) => `${layers.join(" + ")} (${Math.round(100 * share)} %)`).join(", ");
}
