// Signed powers of two: a sign, and 2^(b−1) − 1 magnitudes that each are half the next, and zero. A value goes to the
// nearest power in the linear sense, floor(log2(4/3 · v)), or at random so that it is kept in the mean.
// Source: LUQ, Chmiel et al. 2021, §4 (catalogue of methods §5).

import { type Grid, gridOf } from "../levels.ts";
import { quantizeOnGrid } from "./gridded.ts";
import { argsOf } from "./name.ts";
import type { FormatRow } from "./row.ts";

/** The value of each code: the sign bit first, then 0 for zero and i for the i-th magnitude; the largest is 1. */
function logLevels(bits: number): number[] {
  const count = 2 ** (bits - 1);
  const positive = Array.from({ length: count }, (_, i) => (i === 0 ? 0 : 2 ** (i - count + 1)));
  return [...positive, ...positive.map((level) => (level === 0 ? 0 : -level))];
}

const grids = new Map<number, Grid>();

function logGrid(bits: number): Grid {
  const found = grids.get(bits);
  if (found) return found;
  const half = 2 ** (bits - 1);
  // Ties go away from zero: 4/3 of 3/4 · 2^n is 2^n.
  const made = gridOf(logLevels(bits), (lower) => lower < half);
  grids.set(bits, made);
  return made;
}

/**
 * Unbiased rounding to powers of two: E[result] = x for u uniform in [0, 1). Magnitudes below the smallest power a become
 * a with probability |x| / a, else 0; the others go up with probability (|x| − p) / p, p the power below.
 * @param x values
 * @param u one uniform number a value
 * @param magnitudes how many powers there are; the largest is max |x|, so a = max |x| / 2^(magnitudes − 1)
 */
export function logStochastic(
  x: ArrayLike<number>,
  u: ArrayLike<number>,
  magnitudes: number,
): Float64Array<ArrayBuffer> {
  let most = 0;
  for (let i = 0; i < x.length; i++) most = Math.max(most, Math.abs(x[i] as number));
  const least = most / 2 ** (magnitudes - 1);
  const out = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    const size = Math.abs(x[i] as number);
    const draw = u[i] as number;
    if (size === 0) continue;
    const below = size < least ? 0 : least * 2 ** Math.floor(Math.log2(size / least));
    const above = below === 0 ? least : 2 * below;
    const chosen = draw < (size - below) / (above - below) ? above : below;
    out[i] = Math.sign(x[i] as number) * chosen;
  }
  return out;
}

const params = [
  { name: "b", least: 2, most: 8, help: "bits: a sign and 2^(b−1) − 1 powers of two" },
] as const;

export const log: FormatRow = {
  family: "log",
  pattern: "log(b)",
  params,
  help: "Zero and signed powers of two, a scale a group: multiplications become shifts.",
  source: "Chmiel et al. 2021 (LUQ), §4",
  granularities: ["tensor", "channel", "block"],
  heeds: ["range"],
  examples: ["log(2)", "log(3)", "log(4)", "log(5)", "log(8)"],
  parse: (name) => {
    const args = argsOf(name, "log", params);
    return args && { name, family: "log", args, bits: args[0] as number, kind: "levels" };
  },
  quantize: (job) => quantizeOnGrid(job, logGrid(job.facts.bits)),
};
