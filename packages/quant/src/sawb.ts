// Statistics-aware weight binning: the clip of 4-bit weights from their first two moments, without a search
// (Choi et al. 2019; coefficients as in LUQ, Chmiel et al. 2021). Only the 4-bit coefficients have a source here.

import type { IntegerFacts } from "./formats/facts.ts";
import { eachGroup, type Groups } from "./grouping.ts";
import type { Ranges } from "./qparams.ts";

const C1 = 12.1;
const C2 = 12.2;

/** c1 · √E[x²] − c2 · E|x|, in the values' units. Not positive where magnitudes hardly differ: then it means nothing. */
export function sawbClip(values: ArrayLike<number>): number {
  let squares = 0;
  let magnitudes = 0;
  for (let i = 0; i < values.length; i++) {
    const x = values[i] as number;
    squares += x * x;
    magnitudes += Math.abs(x);
  }
  const n = Math.max(1, values.length);
  return C1 * Math.sqrt(squares / n) - C2 * (magnitudes / n);
}

/**
 * The range of each group whose symmetric 4-bit scale is 2 · clip / 16: 16 steps from −clip to clip, the last of which
 * 4 bits have no code for. The largest magnitude is the clip where the formula has none.
 * @throws one sentence for what is not a symmetric 4-bit format
 */
export function sawbRange(
  data: Float32Array,
  groups: Groups,
  { name, bits, qmin, qmax, signed }: IntegerFacts,
  symmetric: boolean,
): Ranges {
  if (bits !== 4 || !symmetric) {
    throw new Error(
      `range "sawb": ${symmetric ? "symmetric" : "affine"} ${name}, expected symmetric int4 or uint4 (the widths it has coefficients for)`,
    );
  }
  const low = new Float64Array(groups.count);
  const high = new Float64Array(groups.count);
  const middle = signed ? 0 : 8;
  eachGroup(data, groups, (values, g) => {
    let clip = sawbClip(values);
    if (clip <= 0) clip = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    low[g] = -clip;
    high[g] = (clip * (qmax - middle)) / (middle - qmin);
  });
  return { low, high };
}
