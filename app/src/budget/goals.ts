// What can be budgeted, in words and units, and where a value lies on its slider.

import type { Goal } from "@bitscape/engine";
import { formatBytes, formatDivergence, formatLarge } from "../ui/numbers.ts";

/** A fraction in points, with as many digits as tell anything. */
export const formatPoints = (value: number) => Number((100 * value).toPrecision(2)).toString();

/** "1 point", "0.25 points". */
export function pointsText(value: number): string {
  const text = formatPoints(value);
  return `${text} ${text === "1" ? "point" : "points"}`;
}

export interface Unit {
  readonly name: string;
  /** A value in this unit; `whole` is that of the float network. */
  readonly of: (value: number, whole: number) => number;
  readonly back: (shown: number, whole: number) => number;
}

export interface GoalWords {
  readonly title: string;
  /** The slider's name. */
  readonly label: string;
  readonly text: (value: number) => string;
  readonly log: boolean;
  readonly units: readonly Unit[];
}

const plain = (name: string, unit: number): Unit => ({
  name,
  of: (value) => value / unit,
  back: (shown) => shown * unit,
});
const percent: Unit = {
  name: "% of float",
  of: (value, whole) => (100 * value) / whole,
  back: (shown, whole) => (shown * whole) / 100,
};
const times: Unit = {
  name: "× smaller",
  of: (value, whole) => whole / value,
  back: (shown, whole) => whole / shown,
};

export const goals: Readonly<Partial<Record<Goal, GoalWords>>> = {
  bytes: {
    title: "Size",
    label: "Target size",
    text: formatBytes,
    log: true,
    units: [percent, times, plain("kB", 1000), plain("bytes", 1)],
  },
  bits: {
    title: "Bits",
    label: "Average bits of a weight",
    text: (value) => `${value.toFixed(2)} bits`,
    log: false,
    units: [plain("bits", 1)],
  },
  bops: {
    title: "BOPs",
    label: "Bit operations",
    text: (value) => `${formatLarge(value)}BOPs`,
    log: true,
    units: [percent, plain("million", 1e6)],
  },
  loss: {
    title: "Loss",
    label: "Largest predicted loss",
    text: (value) => formatDivergence(value),
    log: true,
    units: [plain("loss", 1)],
  },
  drop: {
    title: "Drop",
    label: "Largest predicted fall of top-1",
    text: pointsText,
    log: true,
    units: [plain("points", 0.01)],
  },
  seconds: {
    title: "Time",
    label: "Time of a run",
    text: (value) => `${(1000 * value).toPrecision(3)} ms`,
    log: false,
    units: [plain("ms", 1e-3), percent],
  },
};

/** Steps of a slider. */
export const steps = 1000;

export interface Range {
  readonly least: number;
  readonly most: number;
}

/** The value at a step. The last is rounded up, the first down: both ends can be reached. */
export function valueAt(step: number, { least, most }: Range, log: boolean): number {
  if (step <= 0) return least;
  if (step >= steps) return most;
  return log && least > 0
    ? least * (most / least) ** (step / steps)
    : least + ((most - least) * step) / steps;
}

/** The nearest step to a value. */
export function stepOf(value: number, { least, most }: Range, log: boolean): number {
  if (!(most > least)) return steps;
  const place =
    log && least > 0
      ? Math.log(Math.max(value, least) / least) / Math.log(most / least)
      : (value - least) / (most - least);
  return Math.round(steps * Math.min(1, Math.max(0, place)));
}

/** A number with few digits, for a field. */
export const rounded = (value: number) => Number(value.toPrecision(value >= 1000 ? 6 : value >= 1 ? 4 : 3));
