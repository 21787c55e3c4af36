// Where sizes and losses lie on the chart of the front, both logarithmic, and which of them are written at its axes.

import { decadesOf, exponents } from "./logAxis.ts";

export interface FrontMark {
  readonly bytes: number;
  readonly value: number;
}

export const height = 138;
export const margin = { left: 44, right: 12, top: 18, bottom: 20 };
export const plotHeight = height - margin.top - margin.bottom;
const least = 1e-7;
// Pixels between two sizes at the axis, so that neither runs into the other.
const apart = 52;

export interface FrontScale {
  readonly x: (bytes: number) => number;
  readonly y: (value: number) => number;
  readonly bytes: readonly number[];
  readonly decades: readonly number[];
}

export function scaleOf(marks: readonly FrontMark[], width: number): FrontScale {
  const sizes = marks.map(({ bytes }) => bytes);
  const [from, to] = [Math.min(...sizes, 1e12) / 1.04, Math.max(...sizes, 1) * 1.04];
  const values = marks.map(({ value }) => value).filter((value) => value > 0);
  const [low, high] = decadesOf(values.length > 0 ? values : [0.01], least);
  const room = Math.max(1, width - margin.left - margin.right);
  const clamp = (place: number) => Math.min(1, Math.max(0, place));
  const x = (bytes: number) => margin.left + clamp(Math.log(bytes / from) / Math.log(to / from)) * room;
  return {
    x,
    y: (value) =>
      margin.top + (1 - clamp((Math.log10(Math.max(10 ** low, value)) - low) / (high - low))) * plotHeight,
    bytes: spaced(roundSizes(from, to), x),
    decades: exponents(low, high, 4),
  };
}

/** Sizes to write at the axis: 1, 2, 5 of every decade; where none is in sight, both ends. */
export function roundSizes(from: number, to: number): number[] {
  const found: number[] = [];
  for (let decade = 10 ** Math.floor(Math.log10(from)); decade <= to; decade *= 10)
    for (const digit of [1, 2, 5])
      if (digit * decade >= from && digit * decade <= to) found.push(digit * decade);
  return found.length > 1 ? found : [from * 1.04, to / 1.04];
}

function spaced(sizes: readonly number[], x: (bytes: number) => number): number[] {
  const kept: number[] = [];
  for (const bytes of sizes) {
    const last = kept.at(-1);
    if (last === undefined || x(bytes) - x(last) >= apart) kept.push(bytes);
  }
  return kept;
}
