// One symmetric integer quantization that holds a narrower one: the high bits of every code are a code of `base` bits,
// the low bits refine it (vertical layering, any-precision weights: catalogue of methods §9). Cutting is truncation, so
// that bits are prefixes of each other, and what is cut is read back as the middle of what it may have been.

import type { Nested } from "../encoded.ts";
import { eachRun } from "../grouping.ts";
import type { IntegerFacts } from "./facts.ts";
import { quantizeIntegers } from "./integer.ts";
import { argsOf } from "./name.ts";
import type { FormatRow, Job } from "./row.ts";

/** The code that is left of a signed code when `dropped` low bits go: floor. */
export function cutBits(code: number, dropped: number): number {
  return code >> dropped;
}

/** What a cut code is read as, in steps of the full one: the middle of the codes that share it. */
export function midpoint(cut: number, dropped: number): number {
  return cut * 2 ** dropped + (2 ** dropped - 1) / 2;
}

/** The values that the first `bits` bits of every code stand for alone; all of them are {@link decodeNested}. */
export function decodeNestedTo(encoded: Nested, bits: number): Float32Array {
  const dropped = encoded.full - bits;
  const { codes, groups, scale } = encoded;
  const data = new Float32Array(codes.length);
  const { step } = groups;
  eachRun(groups, (from, to, group) => {
    for (let i = from, g = group; i < to; i++, g += step) {
      data[i] = midpoint(cutBits(codes[i] as number, dropped), dropped) * (scale[g] as number);
    }
  });
  return data;
}

export function decodeNested(encoded: Nested): Float32Array {
  return decodeNestedTo(encoded, encoded.full);
}

function fullFacts(full: number): IntegerFacts {
  const half = 2 ** (full - 1);
  const range = { signed: true, qmin: -half, qmax: half - 1 };
  return { name: `int${full}`, family: "int", args: [], bits: full, kind: "affine", ...range };
}

function quantizeNested(job: Job): Nested {
  const [base, full] = job.facts.args as [number, number];
  const scheme = { ...job.scheme, symmetric: true };
  const { shape, groups, scale, codes } = quantizeIntegers({ ...job, scheme }, fullFacts(full));
  return { kind: "nested", format: job.facts, shape, groups, scale, codes: codes as Int16Array, base, full };
}

const params = [
  { name: "base", least: 1, most: 7, help: "bits that can be used alone" },
  { name: "full", least: 2, most: 8, help: "bits in all" },
] as const;

export const nested: FormatRow = {
  family: "nested",
  pattern: "nested(base,full)",
  params,
  help: "A symmetric integer of `full` bits whose first `base` bits are a model by themselves.",
  source: "Wu et al., Vertical Layering of Quantized Neural Networks (TPAMI)",
  granularities: ["tensor", "channel", "block"],
  heeds: ["range", "rounding"],
  examples: ["nested(2,4)", "nested(4,6)", "nested(2,8)", "nested(4,8)"],
  parse: (name) => {
    const args = argsOf(name, "nested", params);
    if (!args) return undefined;
    const [base, full] = args as [number, number];
    if (base >= full) throw new Error(`format ${name}: base ${base}, expected fewer bits than ${full}`);
    return { name, family: "nested", args, bits: full, kind: "nested" };
  },
  quantize: quantizeNested,
};
