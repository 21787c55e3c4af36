// Dyadic numbers b / 2^c: how HAWQ-V3 rescales with integers alone (Yao et al. 2021, §3.1; Jacob et al. 2018, §2.2).
// Numbers and their errors; the integer-only graph is built elsewhere.

import { roundHalfEven } from "@bitscape/quant";

export interface Dyadic {
  /** b, a whole number of `width` bits. */
  readonly multiplier: number;
  /** c: the product is shifted right by this much. */
  readonly shift: number;
  /** b / 2^c. */
  readonly value: number;
  /** |b / 2^c − x| ÷ x. */
  readonly error: number;
}

/**
 * The nearest b / 2^c with a normalised multiplier: 2^(width−1) ≤ b < 2^width. Its relative error is at most 2^−width.
 * @param width of the multiplier, bits: 1 to 31
 */
export function dyadic(x: number, width = 31): Dyadic {
  positive(x);
  if (!Number.isInteger(width) || width < 1 || width > 31)
    throw new Error(`dyadic: a multiplier of ${width} bits, expected 1 to 31`);
  // Math.log2 may round up across a power of two; the two loops put that right.
  let exponent = Math.floor(Math.log2(x)) + 1;
  while (x / 2 ** exponent >= 1) exponent++;
  while (x / 2 ** exponent < 0.5) exponent--;
  const rounded = Math.floor((x / 2 ** exponent) * 2 ** width + 0.5);
  // A mantissa that rounds up to 1 would take one bit more (and 2^31 does not fit an int32).
  const over = rounded === 2 ** width;
  return made(x, over ? rounded / 2 : rounded, width - exponent - (over ? 1 : 0));
}

/** The nearest b / 2^shift for a given shift. */
export function dyadicAt(x: number, shift: number): Dyadic {
  positive(x);
  return made(x, roundHalfEven(x * 2 ** shift), shift);
}

function positive(x: number): void {
  if (!(x > 0 && Number.isFinite(x))) throw new Error(`dyadic: ${x}, expected a positive number`);
}

function made(x: number, multiplier: number, shift: number): Dyadic {
  const value = multiplier / 2 ** shift;
  return { multiplier, shift, value, error: Math.abs(value - x) / x };
}

/** round(acc · b / 2^c), halves to even, exactly: the product may need 62 bits. */
export function rescale(acc: number, { multiplier, shift }: Dyadic): number {
  const product = BigInt(acc) * BigInt(multiplier);
  if (shift <= 0) return Number(product << BigInt(-shift));
  const unit = 1n << BigInt(shift);
  const floor = product >> BigInt(shift);
  const rest = product - floor * unit;
  const up = 2n * rest > unit || (2n * rest === unit && (floor & 1n) === 1n);
  return Number(up ? floor + 1n : floor);
}

/** The most that a rescaled accumulator can be off acc · x, in steps of the output: half a step, and what b / 2^c is off. */
export function worstError(x: number, { value }: Dyadic, most: number): number {
  return 0.5 + Math.abs(most) * Math.abs(value - x);
}

/** The most that an addition of two separately rescaled branches can be off: each brings its own rounding. */
export function worstSumError(
  ...branches: readonly (readonly [x: number, dyadic: Dyadic, most: number])[]
): number {
  return branches.reduce((sum, [x, each, most]) => sum + worstError(x, each, most), 0);
}

export interface Accumulation {
  /** Products that are summed for one output. */
  readonly depth: number;
  /** Largest |weight code| and |input code − zero point|. */
  readonly mostWeight: number;
  readonly mostInput: number;
  /** Largest |bias|, in steps of the accumulator. */
  readonly mostBias?: number;
}

export interface Overflow {
  /** The largest |accumulator| that codes can make. */
  readonly most: number;
  /** Bits of a signed integer that holds it. */
  readonly accumulatorBits: number;
  /** Bits of a signed integer that holds its product with the multiplier. */
  readonly productBits: number;
  /** Some input could overflow an int32 accumulator. */
  readonly int32: boolean;
  /** The product could exceed an int64. */
  readonly int64: boolean;
  /** The product could exceed 2^53: float64 arithmetic would not be exact. */
  readonly float64: boolean;
}

/** What could overflow when an accumulator is rescaled. Worst case over all inputs, so a warning, not a finding. */
export function overflowOf(
  { depth, mostWeight, mostInput, mostBias = 0 }: Accumulation,
  by: Dyadic,
): Overflow {
  const most = depth * mostWeight * mostInput + mostBias;
  const signed = (value: number) => Math.floor(Math.log2(Math.max(1, value))) + 2;
  const product = most * by.multiplier;
  return {
    most,
    accumulatorBits: signed(most),
    productBits: signed(product),
    int32: most > 2 ** 31 - 1,
    int64: product > 2 ** 63,
    float64: product > 2 ** 53,
  };
}
