// The candidates of MixDQ's sweep over means and K (arXiv 2405.17873, §4.3), in a band about the means as narrow as has any.

import { type ScoredLayer, sweepK } from "@bitscape/methods";

// Few layers have few means: the band is widened until there is an answer.
const CORRIDORS = [0.02, 0.05, 0.1, 0.2, 0.4];

export interface Group {
  readonly layers: ScoredLayer[];
  readonly widths: readonly number[];
}

/** The candidates in the narrowest band about the means that has any. */
export function sweptOf(quality: Group, content: Group, means: readonly number[], ks: readonly number[]) {
  for (const corridor of CORRIDORS) {
    const found = sweepK(quality, content, { means, ks, corridor });
    if (found.length > 0) return { found, corridor };
  }
  return undefined;
}
