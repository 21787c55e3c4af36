// Values to codes and back, bit-exact with ONNX Runtime's QuantizeLinear and DequantizeLinear:
// q = saturate(roundHalfEven(float32(x / scale)) + zeroPoint), x̂ = float32((q − zeroPoint) · scale).

import { compensate } from "./compensate.ts";
import { type FormatFacts, formatFacts } from "./format.ts";
import { eachRun, type Grouping, type Groups, groupsOf } from "./grouping.ts";
import { chooseQParams, type QParams } from "./qparams.ts";
import { chooseRange } from "./range.ts";
import { clamp, roundHalfEven } from "./round.ts";
import type { Scheme } from "./scheme.ts";

/** A quantized tensor: what an exporter packs and a probe decodes. */
export interface Quantized extends QParams {
  readonly format: FormatFacts;
  readonly shape: readonly number[];
  readonly groups: Groups;
  /** One code an element, in [qmin, qmax]. */
  readonly codes: Int16Array;
}

/** Codes of values under given scales and zero points. */
export function encode(data: Float32Array, groups: Groups, params: QParams, format: FormatFacts): Int16Array {
  const codes = new Int16Array(data.length);
  const { qmin, qmax } = format;
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

/** The values that codes stand for, as float32. */
export function decode(quantized: Omit<Quantized, "format" | "shape">): Float32Array {
  const { codes, groups, scale, zeroPoint } = quantized;
  const data = new Float32Array(codes.length);
  const { step } = groups;
  eachRun(groups, (from, to, group) => {
    for (let i = from, g = group; i < to; i++, g += step) {
      data[i] = ((codes[i] as number) - (zeroPoint[g] as number)) * (scale[g] as number);
    }
  });
  return data;
}

export interface QuantizeOptions {
  /** How the file stores scales; Math.fround unless told. */
  readonly roundScale?: (scale: number) => number;
  /** Lower bound of each group's scale: keeps int32 biases from overflowing. */
  readonly leastScale?: Float64Array;
  /** Elements of one kernel (contiguous), for compensated rounding; without it rounding is to nearest. */
  readonly kernel?: number;
}

/**
 * Quantizes a weight tensor: range, scale and zero point of each group, codes.
 * @param data row-major values of `shape`, finite
 */
export function quantize(
  data: Float32Array,
  shape: readonly number[],
  scheme: Omit<Scheme, "granularity">,
  grouping: Grouping,
  options: QuantizeOptions = {},
): Quantized {
  const format = formatFacts(scheme.format);
  const groups = groupsOf(shape, grouping);
  const ranges = chooseRange(data, groups, scheme.range, format, scheme.symmetric, options.roundScale);
  const params = chooseQParams(ranges, format, scheme.symmetric, options.roundScale);
  const { leastScale, roundScale = Math.fround } = options;
  if (leastScale) {
    for (let g = 0; g < params.scale.length; g++) {
      params.scale[g] = Math.max(params.scale[g] as number, roundScale(leastScale[g] as number));
    }
  }
  const codes = encode(data, groups, params, format);
  if (scheme.rounding === "squant" && options.kernel !== undefined) {
    compensate(data, codes, groups, params, format, options.kernel);
  }
  return { ...params, format, shape, groups, codes };
}
