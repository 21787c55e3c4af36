// Three levels, −α, 0 and α: the support and the scale that leave the least squared error of all, found by sorting the
// magnitudes: with S_k the sum of the k largest, k maximises S_k / √k and α = S_k / k. The same k gives the smallest angle.
// Source: catalogue of methods §10, from Hyperspherical Quantization (Liu et al., WACV 2023).

import type { Levels } from "../encoded.ts";
import { eachGroup, groupsOf } from "../grouping.ts";
import { encodeLevels, gridOf, onGrid } from "../levels.ts";
import { raiseScales, storedScale } from "../scale.ts";
import type { FormatFacts } from "./facts.ts";
import type { FormatRow, Job } from "./row.ts";

// Halfway between 0 and α is as near to either; the sparser one is kept, for both signs.
const grid = gridOf([-1, 0, 1], (lower) => lower === 0);

export interface TernaryFit {
  /** How many of the largest magnitudes are not zero. */
  readonly support: number;
  /** Their mean. */
  readonly alpha: number;
  /** Between the values and their signs on the support: S_k / (√k · ‖x‖); 0 for zeros. */
  readonly cosine: number;
}

/** The best ternary direction and scale of some values. Of supports that are as good, the smallest. */
export function fitTernary(values: Float32Array): TernaryFit {
  const sorted = values.map(Math.abs).sort();
  let sum = 0;
  let squares = 0;
  let best = { support: 0, alpha: 0, cosine: 0 };
  for (let k = 1; k <= sorted.length; k++) {
    const x = sorted[sorted.length - k] as number;
    sum += x;
    squares += x * x;
    const score = sum / Math.sqrt(k);
    if (score > best.cosine) best = { support: k, alpha: sum / k, cosine: score };
  }
  return squares > 0 ? { ...best, cosine: best.cosine / Math.sqrt(squares) } : best;
}

/** The threshold of Ternary Weight Networks (Li et al. 2016): 0.7 times the mean magnitude; for comparison only. */
export function twnThreshold(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.abs(values[i] as number);
  return (0.7 * sum) / Math.max(1, values.length);
}

function quantizeTernary({ data, shape, facts, grouping, options }: Job): Levels {
  const groups = groupsOf(shape, grouping);
  const scale = new Float32Array(groups.count).fill(1);
  eachGroup(data, groups, (values, g) => {
    scale[g] = storedScale(fitTernary(values).alpha, options.roundScale);
  });
  raiseScales(scale, options.leastScale, options.roundScale);
  // Once a support is optimal, so is taking each value to the nearest of its three levels.
  return onGrid(facts, shape, groups, scale, grid, encodeLevels(data, groups, scale, grid));
}

const facts: FormatFacts = { name: "ternary", family: "ternary", args: [], bits: 1.6, kind: "levels" };

export const ternary: FormatRow = {
  family: "ternary",
  pattern: "ternary",
  params: [],
  help: "−α, 0 or α, the least-squares optimum of each group; five weights to a byte.",
  source: "Liu et al. 2023 (Hyperspherical Quantization); exact support by sorting",
  granularities: ["tensor", "channel", "block"],
  heeds: [],
  examples: ["ternary"],
  parse: (name) => (name === "ternary" ? facts : undefined),
  quantize: quantizeTernary,
};
