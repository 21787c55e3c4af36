// Whether the float network's accuracy is so near chance that something before the network must be wrong.

import type { DataSummary, Finding } from "@bitscape/engine";
import { formatPercent } from "../ui/numbers.ts";

/** A sentence for a float accuracy near chance; null where it is above, or where nothing can be said. */
export function floatHint(top1: Finding | null | undefined, data: DataSummary | null): string | null {
  if (!top1 || !data?.labelled || top1.n < 32) return null;
  const chance = 1 / Math.max(2, data.classes ?? 1000);
  // Near chance: no more than twice it, and not certainly more than one and a half times it.
  if (top1.value > 2 * chance || top1.low > 1.5 * chance) return null;
  return data.preprocess
    ? `float top-1 is ${formatPercent(top1.value)} %: the preprocessing is probably wrong`
    : `float top-1 is ${formatPercent(top1.value)} %: the labels or the inputs' scaling are probably wrong`;
}
