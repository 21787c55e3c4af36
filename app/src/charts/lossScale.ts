// From loss to colour in one picture, or in several that are to be compared: the one scale of colour.ts, laid
// logarithmically from the least to the most that the pictures show.

import { colourAt } from "./colour.ts";
import { decadesOf, exponents } from "./logAxis.ts";

export interface LossScale {
  readonly low: number;
  readonly high: number;
}

// A picture of one loss is all one colour, not noise blown up.
const leastRatio = 1.05;

/** Holds all values that are known and positive; null where there is none. */
export function scaleOf(...fields: readonly ArrayLike<number>[]): LossScale | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const values of fields) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (!(value > 0) || !Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low > high) return null;
  // What is next to nothing would take the whole scale for itself.
  low = Math.max(low, high * 1e-6);
  return { low, high: Math.max(high, low * leastRatio) };
}

/** 0 to 1; what is not positive is at the low end. */
export function placeOn({ low, high }: LossScale, value: number): number {
  if (!(value > low)) return 0;
  return Math.min(1, Math.log(value / low) / Math.log(high / low));
}

export const colourOn = (scale: LossScale, value: number, dark: boolean) =>
  colourAt(placeOn(scale, value), dark);

/** Levels for contour lines: evenly spaced in log between the ends. */
export function levelsOf({ low, high }: LossScale, count: number): number[] {
  return Array.from({ length: count }, (_, i) => low * (high / low) ** ((i + 1) / (count + 1)));
}

// Of the scale's length: nearer ones would be written over each other.
const apart = 0.17;

/** Values for the legend: both ends, and powers of ten between them as far as there is room. */
export function legendValues(scale: LossScale): number[] {
  const [from, to] = decadesOf([scale.low, scale.high], Number.MIN_VALUE);
  const found = [scale.low];
  for (const value of exponents(from, to, to - from).map((exponent) => Number(`1e${exponent}`))) {
    const place = placeOn(scale, value);
    if (place - placeOn(scale, found.at(-1) as number) >= apart && 1 - place >= apart) found.push(value);
  }
  return [...found, scale.high];
}
