// A layer's sums rescaled to codes with integers alone: y = (acc · b + k) >> c by channel, in 64 bits. Numbers only; the
// graph that computes them is built elsewhere.
// Source: HAWQ-V3 (Yao et al. 2021, §3.1). Halves round up, as a multiplier and a shift do in hardware and in TVM
// (torch.round and ONNX round halves to even): k has half a step, the zero point, the bias, and an offset that keeps
// what is shifted from being negative.

import { type Dyadic, dyadic, dyadicAt } from "./dyadic.ts";

export interface LayerSums {
  /** Real factor from a step of the sum to a step of the output: s_x · s_w / s_y; by channel, or one. */
  readonly ratios: ArrayLike<number>;
  /** The largest |sum| that codes can make, bias included; one a ratio. */
  readonly most: ArrayLike<number>;
  /** In steps of the sum; one a ratio, none where absent. */
  readonly bias?: ArrayLike<number>;
  /** Of the output. */
  readonly zeroPoint: number;
}

export interface Rescaler {
  /** One a ratio. */
  readonly dyadics: readonly Dyadic[];
  /** b, k and c as a file stores them. */
  readonly multipliers: BigInt64Array<ArrayBuffer>;
  readonly addends: BigInt64Array<ArrayBuffer>;
  readonly shifts: BigUint64Array<ArrayBuffer>;
  /** What was added to every output: a multiple of 256, so that the low byte of an output is its code. */
  readonly offset: number;
}

/** The offset for outputs that reach so far below their zero point; a multiple of 256. */
export function offsetFor(most: number): number {
  // b / 2^c may be larger than what it stands for: by a quarter, where b has 2 bits.
  return 256 * Math.ceil((1.25 * most + 258) / 256);
}

/**
 * The nearest b / 2^c of a width, or of as many bits as 64-bit arithmetic has room for.
 * @param reach largest |output| before the offset, zero point included
 */
export function dyadicWithin(ratio: number, width: number, reach: number, offset: number): Dyadic {
  // (reach + offset + ½) · 2^c must stay under 2^63.
  const room = 62 - Math.ceil(Math.log2(reach + offset + 1));
  if (ratio === 0) return { multiplier: 0, shift: 0, value: 0, error: 0 };
  const wanted = dyadic(ratio, width);
  return wanted.shift <= room ? whole(wanted) : dyadicAt(ratio, Math.max(0, room));
}

/** A ratio so large that its shift is to the left: the multiplier takes it. */
function whole(each: Dyadic): Dyadic {
  if (each.shift >= 0) return each;
  return { ...each, multiplier: each.multiplier * 2 ** -each.shift, shift: 0 };
}

/** How a layer's sums become codes. @param width of the multipliers, bits */
export function rescalerOf({ ratios, most, bias, zeroPoint }: LayerSums, width: number): Rescaler {
  const count = ratios.length;
  const multipliers = new BigInt64Array(count);
  const addends = new BigInt64Array(count);
  const shifts = new BigUint64Array(count);
  const reaches = Array.from(ratios, (ratio, c) => ratio * (most[c] as number));
  const offset = offsetFor(reaches.reduce((a, b) => Math.max(a, b), 0));
  const dyadics = Array.from(ratios, (ratio, c) => {
    const chosen = dyadicWithin(ratio, width, (reaches[c] as number) + zeroPoint, offset);
    const b = BigInt(chosen.multiplier);
    const at = BigInt(chosen.shift);
    multipliers[c] = b;
    shifts[c] = at;
    addends[c] = BigInt(bias?.[c] ?? 0) * b + addendOf(zeroPoint + offset, at);
    return chosen;
  });
  return { dyadics, multipliers, addends, shifts, offset };
}

/** Half a step and a whole number of steps, before they are shifted right. */
export function addendOf(steps: number, shift: bigint): bigint {
  return (BigInt(steps) << shift) + (shift > 0n ? 1n << (shift - 1n) : 0n);
}

/** What a file computes for one sum (without its bias), before it is clipped to codes: for tests and for inspection. */
export function rescaledSum({ multipliers, addends, shifts, offset }: Rescaler, sum: number, c = 0): number {
  const product = BigInt(sum) * (multipliers[c] as bigint) + (addends[c] as bigint);
  return Number(product >> (shifts[c] as bigint)) - offset;
}
