// Weights of an integer graph: int8 codes whose zero point is 0, stored as such, or as int4 behind a Cast where they
// fit. Only what codes say exactly; any other weight is a reason why its layer stays float.

import type { Encoded } from "@bitscape/quant";
import { bytesOf, packBits } from "@bitscape/tensor";
import type { WeightPlan } from "../plan/plan.ts";
import type { Sheet } from "./sheet.ts";

export interface IntegerWeight {
  readonly plan: WeightPlan;
  readonly shape: readonly number[];
  /** code − zero point. */
  readonly codes: Int8Array<ArrayBuffer>;
  /** One, or one a channel. */
  readonly scale: Float32Array;
  /** Which axis has the channels. */
  readonly channelAxis: number;
}

/** The int8 codes of a planned weight, or why there are none. */
export function integerWeight(plan: WeightPlan, encoded: Encoded): IntegerWeight | string {
  const { weight, grouping, format, shape } = plan;
  if (encoded.kind !== "affine") return `${format.name} codes are not integers`;
  if (grouping.kind === "block") return `${format.name} has a scale for each block that a sum runs over`;
  if (weight.dtype !== "float32") return `${weight.dtype} weights`;
  const codes = new Int8Array(encoded.codes.length);
  const axis = grouping.kind === "channel" ? grouping.axis : 0;
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const channels = grouping.kind === "channel" ? (shape[axis] as number) : 1;
  for (let i = 0; i < codes.length; i++) {
    const channel = Math.floor(i / inner) % channels;
    const value = (encoded.codes[i] as number) - (encoded.zeroPoint[channel] as number);
    if (value < -128 || value > 127) return `${format.name} codes reach ${value} from their zero point`;
    codes[i] = value;
  }
  return { plan, shape, codes, scale: encoded.scale, channelAxis: weight.channelAxis };
}

/** Lays codes down as int8 and gives the tensor's name. */
export function layCodes(
  name: string,
  shape: readonly number[],
  codes: Int8Array<ArrayBuffer>,
  packs: boolean,
  sheet: Sheet,
): string {
  const narrow = packs && codes.every((code) => code >= -8 && code <= 7);
  if (!narrow) return sheet.lazy(`${name}.q`, "int8", shape, () => bytesOf(codes));
  const packed = sheet.lazy(`${name}.q`, "int4", shape, () => packBits(codes, 4));
  return sheet.cast(packed, "int8", `${name}.codes`);
}

/** Whether a plan's weights may be stored in 4 bits, which needs opset 21. */
export function fitsInt4({ format }: WeightPlan): boolean {
  return format.kind === "affine" && format.bits <= 4;
}

/** A matrix with its rows as columns. */
export function transposed(
  codes: Int8Array<ArrayBuffer>,
  rows: number,
  columns: number,
): Int8Array<ArrayBuffer> {
  const result = new Int8Array(codes.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) result[c * rows + r] = codes[r * columns + c] as number;
  }
  return result;
}

/** Σ |code| of each output channel. */
export function absoluteSums({ codes, shape }: IntegerWeight, axis: number): Float64Array {
  const channels = shape[axis] as number;
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const sums = new Float64Array(channels);
  for (let i = 0; i < codes.length; i++) {
    const channel = Math.floor(i / inner) % channels;
    sums[channel] = (sums[channel] as number) + Math.abs(codes[i] as number);
  }
  return sums;
}
