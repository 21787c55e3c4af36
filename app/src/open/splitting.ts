// A split as its form shows it, and back; and what a split is in words. The splitting itself is the engine's (data/split.ts).

import type { DataSummary, SplitOptions } from "@bitscape/engine";
import { formatCount } from "../ui/numbers.ts";

export interface Draft {
  readonly overlap: boolean;
  /** In `unit`: samples, or percent. */
  readonly calibration: number;
  readonly unit: "samples" | "share";
  /** Samples; null: all the rest. */
  readonly evaluation: number | null;
  /** Null: in the data's own order. */
  readonly seed: number | null;
  readonly stratified: boolean;
}

type Sizes = Pick<DataSummary, "size" | "calibration" | "evaluation">;

/** What is asked for; where nothing is, or it is left to the engine, what became of it. */
export function draftOf(
  split: SplitOptions | undefined,
  data: Sizes & Partial<Pick<DataSummary, "labelled">>,
): Draft {
  if (split?.apart) {
    const overlap = data.calibration + data.evaluation > data.size;
    const { calibration } = data;
    const by = overlap ? null : (split.seed ?? 0);
    const stratified = !overlap && data.labelled === true;
    return { overlap, unit: "samples", calibration, evaluation: null, seed: by, stratified };
  }
  const { calibration, evaluation, seed, stratified } = split ?? {};
  const count = typeof calibration === "number" ? calibration : undefined;
  const share = typeof calibration === "object" ? calibration.share : undefined;
  return {
    overlap: split ? split.overlap === true : data.calibration + data.evaluation > data.size,
    unit: share === undefined ? "samples" : "share",
    calibration: share === undefined ? (count ?? data.calibration) : Math.round(share * 100),
    evaluation: typeof evaluation === "number" ? evaluation : null,
    seed: seed ?? null,
    stratified: stratified === true,
  };
}

export function splitOf({ overlap, calibration, unit, evaluation, seed, stratified }: Draft): SplitOptions {
  return {
    calibration: unit === "share" ? { share: calibration / 100 } : calibration,
    ...(!overlap && evaluation !== null && { evaluation }),
    ...(overlap && { overlap }),
    ...(seed !== null && { seed }),
    ...(stratified && { stratified }),
  };
}

/** All samples evaluated, those that calibrate among them; as many calibrate as do now. */
export const allEvaluated = ({ calibration }: Pick<DataSummary, "calibration">): SplitOptions => ({
  calibration,
  overlap: true,
});

/** Why a split cannot be had; null where it can. */
export function faultOf(draft: Draft, { size }: Pick<DataSummary, "size">): string | null {
  const calibration =
    draft.unit === "share" ? Math.round((draft.calibration / 100) * size) : draft.calibration;
  if (calibration < 1)
    return `calibration: ${draft.calibration} % of ${formatCount(size)}, expected a sample at least`;
  if (draft.overlap) return null;
  const evaluation = draft.evaluation ?? size - calibration;
  if (evaluation < 1)
    return `evaluation: no samples left, expected fewer than ${formatCount(size)} to calibrate`;
  if (calibration + evaluation > size) {
    return `split: ${formatCount(calibration + evaluation)} samples, expected at most ${formatCount(size)}`;
  }
  return null;
}

/** How samples are used, in a sentence. */
export function wordsOf({
  size,
  calibration,
  evaluation,
  overlap,
}: Sizes & Pick<DataSummary, "overlap">): string {
  const shared = overlap ?? Math.max(0, calibration + evaluation - size);
  const parts = `${formatCount(calibration)} calibrate, ${formatCount(evaluation)} are evaluated`;
  if (shared === 0) return `Of ${formatCount(size)} samples ${parts}; the two never overlap.`;
  return `Of ${formatCount(size)} samples ${parts}; ${shared === calibration ? "those that calibrate" : formatCount(shared)} are in both.`;
}
