// From a range to a scale and a zero point. The formula of ONNX QuantizeLinear: q = saturate(round(x / scale) + zeroPoint).

import type { FormatFacts } from "./format.ts";
import { clamp, roundHalfEven } from "./round.ts";

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

// Below the smallest normal float32, x / scale loses its meaning; a group of zeros gets scale 1 instead.
const SMALLEST = 2 ** -126;

/**
 * Scale and zero point of each group. Zero is always representable exactly.
 * Symmetric: the smallest scale whose codes reach both ends, so the extra negative code is used where it helps.
 * Affine: scale = (high − low) / (qmax − qmin), zeroPoint = round(qmin − low / scale).
 * @param roundScale how the file stores scales: Math.fround, or to float16
 */
export function chooseQParams(
  ranges: Ranges,
  format: FormatFacts,
  symmetric: boolean,
  roundScale: (scale: number) => number = Math.fround,
): QParams {
  const { qmin, qmax, bits, signed } = format;
  const count = ranges.low.length;
  const scale = new Float32Array(count);
  const zeroPoint = new Int32Array(count);
  const middle = signed ? 0 : 2 ** (bits - 1);
  for (let g = 0; g < count; g++) {
    const low = Math.min(ranges.low[g] as number, 0);
    const high = Math.max(ranges.high[g] as number, 0);
    const exact = symmetric
      ? Math.max(high / (qmax - middle), low / (qmin - middle))
      : (high - low) / (qmax - qmin);
    const stored = roundScale(exact);
    const usable = stored >= SMALLEST && Number.isFinite(stored) ? stored : 1;
    scale[g] = usable;
    zeroPoint[g] = symmetric ? middle : clamp(roundHalfEven(qmin - low / usable), qmin, qmax);
  }
  return { scale, zeroPoint };
}
