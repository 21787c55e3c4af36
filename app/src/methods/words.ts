// What a trial comes to, in words: never a difference without its interval, and none where it may be noise.

import { type Contrast, type Finding, verdictOf } from "@bitscape/engine";
import type { Trial } from "../state/methods.ts";
import { formatBytes, formatCount, formatDivergence, formatPercent, formatSeconds } from "../ui/numbers.ts";

export type Outcome = "better" | "worse" | "noise";

/** Of the loss, which every sample tells something about; accuracy alone where the loss says nothing. */
export const outcomeOf = ({ divergence }: Contrast): Outcome => verdictOf(divergence);

/** "−0.012 (−0.02 to −0.005)": a fall of the loss has a minus sign. */
export function changeOfLoss({ value, low, high }: Finding): string {
  return `${signed(-value)} (${signed(-high, 2)} to ${signed(-low, 2)})`;
}

/** "+1.2 points (0.3 to 2.1)". */
export function changeOfAccuracy({ value, low, high }: Finding): string {
  const points = (share: number) => withSign(share, formatPercent(Math.abs(share)));
  return `${points(value)} points (${points(low)} to ${points(high)})`;
}

/** "same size", "+1.2 kB". */
export function changeOfSize({ before, after }: Contrast["bytes"]): string {
  if (before === after) return "same size";
  return withSign(after - before, formatBytes(Math.abs(after - before)));
}

/** Loss and accuracy in one sentence. */
export function verdictWords(contrast: Contrast): string {
  const { done, n } = contrast;
  if (!done) return `${formatCount(n)} of ${formatCount(contrast.of)} samples so far`;
  return `${outcomeWords(contrast)}${strengthWords(contrast)}`;
}

/** Where calibration samples spoke against some of a bias correction. */
function strengthWords({ strength = 1 }: Contrast): string {
  if (strength === 1) return "";
  const used = strength === 0 ? "None of the bias correction is used" : "Half of the bias correction is used";
  return ` ${used}: all of it did not help on calibration samples it was not made from.`;
}

function outcomeWords(contrast: Contrast): string {
  const { top1 } = contrast;
  const loss = {
    better: "Nearer to float.",
    worse: "Further from float: not worth applying.",
    noise: "No difference beyond noise.",
  }[outcomeOf(contrast)];
  if (!top1) return loss;
  const accuracy = verdictOf(top1);
  if (accuracy === "noise") return `${loss} Top-1 unchanged within noise.`;
  return `${loss} Top-1 ${accuracy === "better" ? "rises" : "falls"}.`;
}

/** What is being done, where something is. */
export function stepWords({ phase, contrast, left }: Pick<Trial, "phase" | "contrast" | "left">): string {
  if (phase === "proposing")
    return typeof left === "number" ? `Preparing, about ${formatSeconds(left)} left` : "Preparing";
  return contrast ? `Measuring, n=${formatCount(contrast.n)}` : "Measuring";
}

function signed(value: number, digits = 3): string {
  return withSign(value, formatDivergence(Math.abs(value), digits));
}

const withSign = (value: number, text: string) => (value === 0 ? text : `${value < 0 ? "−" : "+"}${text}`);
