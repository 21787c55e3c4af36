// Clips moved by hand: where the ends of a tensor's range are asked to be, as the range rule that puts them there. Pure; who
// drags and what that costs is not here.

import { type Clip, formatFacts, formatRows, ratioOf } from "@bitscape/engine";
import type { Scheme } from "./edits.ts";

export type End = "low" | "high";

/** The represented range of a tensor, over all its groups. */
export interface Ends {
  readonly low: number;
  readonly high: number;
}

/** Where a move begins: a scheme, and the range that it represents. */
export interface Held extends Ends {
  readonly scheme: Scheme;
  /** One scale for one tensor: its ends can be given in the tensor's units. */
  readonly one: boolean;
}

/** Four digits are finer than any grid, and fit to be read in the recipe. */
const written = (value: number) => Number(value.toPrecision(4));

/** The least that is left of a range. */
const LEAST = 1e-3;

/** Whether both ends belong together: grids without a zero point are as long on both sides. */
export function isMirrored({ format, symmetric }: Scheme): boolean {
  const { family } = formatFacts(format);
  const fits = formatRows.find((row) => row.family === family)?.heeds.includes("symmetric") === true;
  return symmetric || !fits;
}

/** Whether a move of one end moves the other by the same factor. */
export const isCoupled = ({ scheme, one }: Pick<Held, "scheme" | "one">) => !one || isMirrored(scheme);

/** The ends after one of them was moved. Zero stays within. */
export function movedEnds(held: Held, end: End, to: number): Ends {
  const from = held[end];
  const least = LEAST * (held.high - held.low);
  if (isCoupled(held)) {
    const ratio = Math.max(LEAST, from === 0 ? 1 : to / from);
    return { low: held.low * ratio, high: held.high * ratio };
  }
  const { low, high } = held;
  return end === "low"
    ? { low: Math.min(0, to, high - least), high }
    : { low, high: Math.max(0, to, low + least) };
}

/** The scheme after one of its ends was moved: given ends where there is one range, else a multiple of each group's. */
export function movedScheme(held: Held, end: End, to: number): Scheme {
  const { scheme, one } = held;
  const ends = movedEnds(held, end, to);
  if (one) {
    const clip: Clip = { clip: [written(Math.min(0, ends.low)), written(Math.max(0, ends.high))] };
    return { ...scheme, range: clip };
  }
  const { base, ratio } = ratioOf(scheme.range);
  const from = held[end];
  const product = written(ratio * Math.max(LEAST, from === 0 ? 1 : to / from));
  return { ...scheme, range: base === "minmax" ? { ratio: product } : { ratio: product, of: base } };
}

/** What keys move an end by: a hundredth of the values' range, ten with Shift or a page. */
const steps: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
};

/** By how much a key moves an end; null for other keys. */
export function keyMove(key: string, shift: boolean, range: number): number | null {
  const step = steps[key];
  return step === undefined ? null : (step * (shift ? 10 : 1) * range) / 100;
}
