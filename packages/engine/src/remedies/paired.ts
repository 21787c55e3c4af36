// The mean of paired differences, with an interval that is honest where few samples carry it.

import { type Finding, meanOf, studentQuantile } from "../score/finding.ts";

/** Away from zero only a third of the samples that carry a difference count: the largest are those not seen yet. */
const FAR_SHARE = 1 / 3;

/**
 * Mean of before − after over the same samples, with Student's 95 % interval. Divergences have heavy tails: the degrees of
 * freedom count the samples that carry the difference, (Σ|d|)² / Σd², not all there are, and fewer of them away from zero (as
 * divergenceFinding does).
 * @param before, after by sample, of equal lengths
 */
export function pairedFinding(before: ArrayLike<number>, after: ArrayLike<number>, of: string): Finding {
  const differences = Float64Array.from(before, (each, i) => each - (after[i] as number));
  const n = differences.length;
  const { mean, error } = meanOf(differences);
  const sum = differences.reduce((total, each) => total + Math.abs(each), 0);
  const squares = differences.reduce((total, each) => total + each * each, 0);
  const carrying = squares > 0 ? sum ** 2 / squares : n;
  const reach = (counting: number) => (error > 0 ? studentQuantile(Math.min(n - 1, counting)) * error : 0);
  const [near, far] = [reach(carrying), reach(FAR_SHARE * carrying)];
  const [below, above] = mean > 0 ? [near, far] : [far, near];
  return { value: mean, low: mean - below, high: mean + above, n, source: "measured", of };
}

/** What a paired difference says: below noise where its interval holds 0. */
export type Verdict = "better" | "worse" | "noise";

export const verdictOf = ({ low, high }: Pick<Finding, "low" | "high">): Verdict =>
  low > 0 ? "better" : high < 0 ? "worse" : "noise";
