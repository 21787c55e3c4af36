// Integers with a scale and a zero point a group, bit-exact with ONNX Runtime's QuantizeLinear and DequantizeLinear:
// q = saturate(roundHalfEven(float32(x / scale)) + zeroPoint), x̂ = float32((q − zeroPoint) · scale).

import { compensate } from "../compensate.ts";
import type { Affine } from "../encoded.ts";
import { eachRun, type Groups, groupsOf } from "../grouping.ts";
import { chooseQParams, type QParams } from "../qparams.ts";
import { chooseRange } from "../range.ts";
import { clamp, roundHalfEven } from "../round.ts";
import { raiseScales } from "../scale.ts";
import { quantizeBinary } from "./binary.ts";
import type { Format, IntegerFacts } from "./facts.ts";
import type { FormatRow, Job } from "./row.ts";

/** Widths that the integer formats have. */
export const integerBits = [1, 2, 3, 4, 5, 6, 7, 8, 16] as const;

function integer(name: Format, bits: number, signed: boolean): IntegerFacts {
  const half = 2 ** (bits - 1);
  const [qmin, qmax] = signed ? [-half, half - 1] : [0, 2 * half - 1];
  return { name, family: "int", args: [], bits, kind: "affine", signed, qmin, qmax };
}

const facts = new Map<Format, IntegerFacts>(
  ["int", "uint"].flatMap((head) =>
    integerBits.map((bits) => [`${head}${bits}`, integer(`${head}${bits}`, bits, head === "int")]),
  ),
);

/** Names of the integer formats, signed first, narrow to wide. */
export const integerFormats: readonly Format[] = [...facts.keys()];

/** Codes of values under given scales and zero points. */
export function encode(
  data: Float32Array,
  groups: Groups,
  params: QParams,
  format: IntegerFacts,
): Affine["codes"] {
  const { qmin, qmax } = format;
  const codes = qmax < 2 ** 15 ? new Int16Array(data.length) : new Int32Array(data.length);
  const { step } = groups;
  eachRun(groups, (from, to, group) => {
    for (let i = from, g = group; i < to; i++, g += step) {
      const z = params.zeroPoint[g] as number;
      // The division is float32 in ONNX Runtime: a tie there is a tie here.
      const ratio = Math.fround((data[i] as number) / (params.scale[g] as number));
      codes[i] = clamp(roundHalfEven(ratio), qmin - z, qmax - z) + z;
    }
  });
  return codes;
}

/** The values that integer codes stand for, as float32. */
export function decodeIntegers({
  codes,
  groups,
  scale,
  zeroPoint,
}: Pick<Affine, "codes" | "groups" | "scale" | "zeroPoint">): Float32Array {
  const data = new Float32Array(codes.length);
  const { step } = groups;
  eachRun(groups, (from, to, group) => {
    for (let i = from, g = group; i < to; i++, g += step) {
      data[i] = ((codes[i] as number) - (zeroPoint[g] as number)) * (scale[g] as number);
    }
  });
  return data;
}

/** Range, scale and zero point of each group, and codes. */
export function quantizeIntegers(
  { data, shape, scheme, grouping, options }: Omit<Job, "facts">,
  format: IntegerFacts,
): Affine {
  const groups = groupsOf(shape, grouping);
  const { roundScale, leastScale, kernel, known } = options;
  const ranges = chooseRange(data, groups, scheme.range, format, scheme.symmetric, roundScale, known);
  const params = chooseQParams(ranges, format, scheme.symmetric, roundScale);
  raiseScales(params.scale, leastScale, roundScale);
  const codes = encode(data, groups, params, format);
  if (scheme.rounding === "squant" && kernel !== undefined) {
    compensate(data, codes, groups, params, format, kernel);
  }
  return { kind: "affine", ...params, format, shape, groups, codes };
}

export const integers: FormatRow = {
  family: "int",
  pattern: "int1 … int8, int16, uint1 … uint8, uint16",
  params: [],
  help: "Integers: evenly spaced values, a scale and a zero point a group; one symmetric bit is the binary format.",
  source: "ONNX QuantizeLinear-21, DequantizeLinear-25",
  granularities: ["tensor", "channel", "block"],
  heeds: ["symmetric", "range", "rounding"],
  examples: integerFormats,
  parse: (name) => facts.get(name),
  quantize: (job) => {
    const format = facts.get(job.facts.name) as IntegerFacts;
    return format.bits === 1 && job.scheme.symmetric ? quantizeBinary(job) : quantizeIntegers(job, format);
  },
};
