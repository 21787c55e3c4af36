// What is said of a prediction beside its measurement, and of the layers that interact. What is so is state/budget/belief.ts.

import type { Finding, JointLoss, Part } from "@bitscape/engine";
import { dearest, interacting, type Verdict } from "../state/budget/belief.ts";
import { formatCount, formatDivergence, formatDivergenceFinding } from "../ui/numbers.ts";
import { formatPoints, pointsText } from "./goals.ts";

export const interval = ({ value, low, high }: JointLoss) =>
  `${formatDivergence(value)} (${formatDivergence(low, 2)} to ${formatDivergence(high, 2)})`;

const said = (measured: Finding) => `${formatDivergenceFinding(measured)}, n=${formatCount(measured.n)}`;

/** "top-1 falls by 0.8 points (0.1 to 2) predicted from the loss". */
export const fallWords = ({ value, low, high }: JointLoss) =>
  `top-1 falls by ${pointsText(value)} (${formatPoints(low)} to ${formatPoints(high)}) predicted from the loss`;

/** "0.4 measured"; a rise is said as such. */
export function measuredFall(float: number, value: number): string {
  const fall = float - value;
  return fall < 0 ? `a rise of ${formatPoints(-fall)} measured` : `${formatPoints(fall)} measured`;
}

export function beliefWords(predicted: JointLoss, verdict: Verdict): string {
  if (verdict.kind === "unmeasured") return `Predicted ${interval(predicted)}; not measured yet.`;
  const both = `predicted ${interval(predicted)}, measured ${said(verdict.measured)}`;
  const ends: Readonly<Record<Exclude<Verdict["kind"], "unmeasured">, string>> = {
    measuring: " so far.",
    within: ": it adds up.",
    more: ": these layers interact.",
    less: ": their errors cancel in part.",
  };
  return `${both[0]?.toUpperCase()}${both.slice(1)}${ends[verdict.kind]}`;
}

export function interactionWords(
  parts: readonly Part[],
  pairs: Parameters<typeof interacting>[1],
  kind: "more" | "less",
): string {
  const found = interacting(parts, pairs, kind);
  if (found.length === 0)
    return `No pair explains it; the dearest of its layers: ${dearest(parts).join(", ")}.`;
  return `${found.map(({ a, b, adds }) => `${a} × ${b} (${adds > 0 ? "+" : ""}${formatDivergence(adds, 2)})`).join(", ")}.`;
}
