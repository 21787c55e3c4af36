// Small floating-point formats: a sign, e bits of exponent and m of mantissa, every code a number, and a scale a group,
// which is the real-valued exponent bias of the literature. fp(n) leaves the split of n bits to a vote of the groups.
// Source: Kuzmin et al. 2022, FP8 Quantization: The Power of the Exponent; Chen et al. 2024 for 4 bits (catalogue §3.1).
// fp4 is fp(2,1), whose values are those of OCP E2M1.

import type { Levels } from "../encoded.ts";
import { type Groups, groupsOf } from "../grouping.ts";
import { chooseScales, type Scales } from "../levelScale.ts";
import { encodeLevels, type Grid, gridOf, onGrid } from "../levels.ts";
import { raiseScales } from "../scale.ts";
import type { FormatFacts } from "./facts.ts";
import { argsOf } from "./name.ts";
import type { FormatRow, Job } from "./row.ts";

/**
 * 111 equal steps from 0.1 to 1.2 of the largest magnitude. Ordered from 1 down, then up: a search that starts near the
 * best one can leave the others early.
 */
export const fpRatios: readonly number[] = [
  ...Array.from({ length: 91 }, (_, i) => (100 - i) / 100),
  ...Array.from({ length: 20 }, (_, i) => (101 + i) / 100),
];

/** The exponent bias at which the largest number of e exponent and m mantissa bits is `most`. */
export function fpBias(e: number, m: number, most: number): number {
  return 2 ** e - Math.log2(most) + Math.log2(2 - 2 ** -m) - 1;
}

/** The value of each code, sign first, at the bias 2^(e−1) − 1. Negative zero is zero. */
export function fpLevels(e: number, m: number): number[] {
  const bias = 2 ** (e - 1) - 1;
  const positive = Array.from({ length: 2 ** (e + m) }, (_, code) => {
    const exponent = code >> m;
    return wholeOf(code, m) * 2 ** (Math.max(exponent, 1) - bias - m);
  });
  return [...positive, ...positive.map((level) => (level === 0 ? 0 : -level))];
}

/** The mantissa of a magnitude as an integer, with its leading one where there is one. */
function wholeOf(magnitude: number, m: number): number {
  const mantissa = magnitude & (2 ** m - 1);
  return magnitude >> m > 0 ? mantissa + 2 ** m : mantissa;
}

const grids = new Map<string, Grid>();

/** The grid of fp(e,m). Ties go to the even multiple of the lower step, as in xc / s rounded half to even. */
export function fpGrid(e: number, m: number): Grid {
  const key = `${e},${m}`;
  const found = grids.get(key);
  if (found) return found;
  const half = 2 ** (e + m);
  // Codes from `half` on are negative, and of those the upper one is the nearer to zero.
  const odd = (code: number) => wholeOf(code % half, m) % 2 === 1;
  const made = gridOf(fpLevels(e, m), (lower, upper) => (lower >= half ? !odd(upper) : odd(lower)));
  grids.set(key, made);
  return made;
}

export interface Split extends Scales {
  readonly e: number;
  readonly m: number;
}

/** Scales and errors of each split of n bits, fewest mantissa bits (1) first. */
export function fpSplits(
  data: Float32Array,
  groups: Groups,
  n: number,
  job: Pick<Job, "scheme" | "options">,
): Split[] {
  const search = {
    rule: job.scheme.range,
    ratios: fpRatios,
    roundScale: job.options.roundScale,
    compare: true,
  };
  return Array.from({ length: n - 2 }, (_, i) => {
    const m = i + 1;
    const e = n - 1 - m;
    return { e, m, ...chooseScales(data, groups, fpGrid(e, m), search) };
  });
}

/** The split that is the best one of most groups; of equally many votes, that with the least error over all groups. */
export function fpVote(splits: readonly Split[]): Split {
  const votes = splits.map(() => 0);
  const groups = splits[0]?.error.length ?? 0;
  for (let g = 0; g < groups; g++) {
    let best = 0;
    splits.forEach(({ error }, s) => {
      if ((error[g] as number) < ((splits[best] as Split).error[g] as number)) best = s;
    });
    votes[best] = (votes[best] as number) + 1;
  }
  const total = splits.map(({ error }) => error.reduce((sum, each) => sum + each, 0));
  const order = splits.map((_, s) => s);
  order.sort(
    (a, b) => (votes[b] as number) - (votes[a] as number) || (total[a] as number) - (total[b] as number),
  );
  return splits[order[0] as number] as Split;
}

function quantizeFp(job: Job): Levels {
  const { data, shape, grouping, options, facts } = job;
  const groups = groupsOf(shape, grouping);
  const [first, second] = facts.args as [number, number | undefined];
  const { e, m, scale } =
    second === undefined
      ? fpVote(fpSplits(data, groups, first, job))
      : fixedSplit(job, groups, first, second);
  raiseScales(scale, options.leastScale, options.roundScale);
  const grid = fpGrid(e, m);
  const format = second === undefined ? fpFacts(`fp(${e},${m})`, [e, m]) : facts;
  return onGrid(format, shape, groups, scale, grid, encodeLevels(data, groups, scale, grid));
}

function fixedSplit({ data, scheme, options }: Job, groups: Groups, e: number, m: number) {
  const search = { rule: scheme.range, ratios: fpRatios, roundScale: options.roundScale };
  return { e, m, ...chooseScales(data, groups, fpGrid(e, m), search) };
}

function fpFacts(name: string, args: readonly number[]): FormatFacts {
  const bits = args.length === 1 ? (args[0] as number) : 1 + (args[0] as number) + (args[1] as number);
  return { name, family: "fp", args, bits, kind: "levels" };
}

const total = [{ name: "n", least: 3, most: 8, help: "bits in all; the split is chosen" }] as const;
const split = [
  { name: "e", least: 1, most: 7, help: "bits of the exponent" },
  { name: "m", least: 0, most: 6, help: "bits of the mantissa" },
] as const;

export const fp: FormatRow = {
  family: "fp",
  pattern: "fp(e,m), fp(n), fp4",
  params: split,
  help: "Floating point of up to 8 bits, all codes numbers: finer near zero, a scale a group.",
  source: "Kuzmin et al. 2022 (FP8 Quantization: The Power of the Exponent), OCP E2M1 for fp4",
  granularities: ["tensor", "channel", "block"],
  heeds: ["range"],
  examples: [
    "fp4",
    "fp(2,1)",
    "fp(1,2)",
    "fp(3,0)",
    "fp(2,2)",
    "fp(3,2)",
    "fp(3,4)",
    "fp(4,3)",
    "fp(4)",
    "fp(6)",
  ],
  parse: (name) => {
    if (name === "fp4") return fpFacts(name, [2, 1]);
    const args = argsOf(name, "fp", total) ?? argsOf(name, "fp", split);
    if (!args) return undefined;
    const found = fpFacts(name, args);
    if (found.bits > 8)
      throw new Error(`format ${name}: ${found.bits} bits with the sign, expected at most 8`);
    return found;
  },
  quantize: quantizeFp,
};
