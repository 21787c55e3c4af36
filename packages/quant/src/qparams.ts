// From a range to a scale and a zero point. The formula of ONNX QuantizeLinear: q = saturate(round(x / scale) + zeroPoint).

import type { IntegerFacts } from "./formats/facts.ts";
import { clamp, roundHalfEven } from "./round.ts";
import { storedScale } from "./scale.ts";

export interface QParams {
  /** One a group, as the file stores it (float32, or a float16 value). */
  readonly scale: Float32Array;
  /** One a group, within [qmin, qmax]. */
  readonly zeroPoint: Int32Array;
}

/** Lower and upper end of what each group should represent, in the tensor's units. */
export interface Ranges {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** The scale of a range that holds zero; see {@link chooseQParams}. */
export function scaleOf(
  low: number,
  high: number,
  { qmin, qmax, bits, signed }: IntegerFacts,
  symmetric: boolean,
  roundScale?: (scale: number) => number,
): number {
  const middle = signed ? 0 : 2 ** (bits - 1);
  const exact = symmetric
    ? Math.max(high / (qmax - middle), low / (qmin - middle))
    : (high - low) / (qmax - qmin);
  return storedScale(exact, roundScale);
}

/** The zero point of a range that holds zero; see {@link chooseQParams}. */
export function zeroPointOf(
  low: number,
  scale: number,
  { qmin, qmax, bits, signed }: IntegerFacts,
  symmetric: boolean,
): number {
  if (symmetric) return signed ? 0 : 2 ** (bits - 1);
  return clamp(roundHalfEven(qmin - low / scale), qmin, qmax);
}

/**
 * Scale and zero point of each group. Zero is always representable exactly.
 * Symmetric: the smallest scale whose codes reach both ends, so the extra negative code is used where it helps.
 * Affine: scale = (high − low) / (qmax − qmin), zeroPoint = round(qmin − low / scale).
 * One symmetric bit has no grid on both sides of zero, and is refused (it is the binary format).
 * @param roundScale how the file stores scales: Math.fround, or to float16
 */
export function chooseQParams(
  ranges: Ranges,
  format: IntegerFacts,
  symmetric: boolean,
  roundScale?: (scale: number) => number,
): QParams {
  if (symmetric && format.bits === 1) {
    throw new Error(`format ${format.name}: symmetric, expected affine or the format "binary"`);
  }
  const count = ranges.low.length;
  const scale = new Float32Array(count);
  const zeroPoint = new Int32Array(count);
  for (let g = 0; g < count; g++) {
    const low = Math.min(ranges.low[g] as number, 0);
    const high = Math.max(ranges.high[g] as number, 0);
    const stored = scaleOf(low, high, format, symmetric, roundScale);
    scale[g] = stored;
    zeroPoint[g] = zeroPointOf(low, stored, format, symmetric);
  }
  return { scale, zeroPoint };
}
