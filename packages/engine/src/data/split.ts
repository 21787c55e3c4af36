// Which samples calibrate and which are evaluated. Indices only; the two never overlap unless that is asked for.

import { seededRandom } from "@bitscape/tensor";

/** So many samples, or a share of them, 0 to 1. */
export type Amount = number | { readonly share: number };

export interface SplitOptions {
  /** Samples to calibrate on. */
  readonly calibration?: Amount;
  /** Samples to evaluate on. */
  readonly evaluation?: Amount;
  /** Samples are taken in an order shuffled by this; in their own order where it is absent. */
  readonly seed?: number;
  /** Every class has its share of each part, as near as whole samples allow; needs one label a sample. */
  readonly stratified?: true;
  /** All samples are evaluated, those that calibrate too. */
  readonly overlap?: true;
  /**
   * The two kept apart by themselves: a quarter, at most 128, calibrate and the rest is evaluated, shuffled by `seed` (0) and
   * by label where there is one a sample. Fewer than {@link enoughApart} samples are too few: all are evaluated then. The
   * other fields but `seed` are not looked at.
   */
  readonly apart?: true;
}

export interface Split {
  readonly calibration: number[];
  readonly evaluation: number[];
}

/** Enough for ranges to settle, few enough to be quick; used where no number is given. */
const defaultCalibration = 128;

/** Samples from which on some can be set aside to calibrate. */
export const enoughApart = 32;

/** What `apart` comes to for some data. */
function apart(size: number, seed = 0, labels?: ArrayLike<number>): SplitOptions {
  if (size < enoughApart) return { overlap: true };
  return {
    calibration: Math.min(defaultCalibration, Math.floor(size / 4)),
    seed,
    ...(labels?.length === size && { stratified: true }),
  };
}

/**
 * Splits samples 0…size−1, in order or as `seed` and `stratified` reorder them:
 * neither given, or `overlap`: the first 128 (or as many as asked) calibrate and all are evaluated;
 * both: the first N and the M after them; only `calibration`: the first N, and the rest is evaluated;
 * only `evaluation`: the last M, and the first 128 of what is left calibrate.
 * A side left without samples is empty; asking for more than there is throws a sentence.
 * @param labels one class a sample, −1 for none; what `stratified` goes by
 */
export function splitData(size: number, options: SplitOptions = {}, labels?: ArrayLike<number>): Split {
  if (options.apart) return splitData(size, apart(size, options.seed, labels), labels);
  const calibration = amountOf("calibration", options.calibration, size);
  const evaluation = amountOf("evaluation", options.evaluation, size);
  const order = orderOf(size, options, labels);
  const first = (count: number) => order.slice(0, count);
  if (options.overlap || (calibration === undefined && evaluation === undefined)) {
    if (evaluation !== undefined) {
      throw new Error(
        `evaluation: ${evaluation} samples asked for, expected no number where all are evaluated`,
      );
    }
    return { calibration: first(calibration ?? Math.min(defaultCalibration, size)), evaluation: order };
  }
  if (calibration !== undefined && evaluation !== undefined) {
    if (calibration + evaluation > size) {
      throw new Error(
        `data: ${size} samples, expected ${calibration + evaluation} for ${calibration} to calibrate and ${evaluation} others to evaluate`,
      );
    }
    return {
      calibration: first(calibration),
      evaluation: order.slice(calibration, calibration + evaluation),
    };
  }
  if (calibration !== undefined)
    return { calibration: first(calibration), evaluation: order.slice(calibration) };
  const rest = size - (evaluation as number);
  return { calibration: first(Math.min(defaultCalibration, rest)), evaluation: order.slice(rest) };
}

/**
 * The command line's flags for the same split, as text; null where it has none for it.
 * @param options as {@link splitData} takes them
 */
export function splitFlags({
  apart,
  overlap,
  seed,
  stratified,
  calibration,
  evaluation,
}: SplitOptions): string | null {
  if (apart) return `--calibration apart${seed ? ` --seed ${seed}` : ""}`;
  if (overlap || seed !== undefined || stratified) return null;
  const flag = (name: string, amount: Amount | undefined) =>
    amount === undefined
      ? []
      : [`--${name} ${typeof amount === "number" ? amount : `${amount.share * 100}%`}`];
  return [...flag("calibration", calibration), ...flag("evaluation", evaluation)].join(" ");
}

/** How many samples both parts have. */
export function overlapOf({ calibration, evaluation }: Split): number {
  const evaluated = new Set(evaluation);
  return calibration.filter((index) => evaluated.has(index)).length;
}

function amountOf(name: string, amount: Amount | undefined, size: number): number | undefined {
  if (amount === undefined) return undefined;
  if (typeof amount === "object") {
    const { share } = amount;
    if (share >= 0 && share <= 1) return Math.round(share * size);
    throw new Error(`${name}: a share of ${share}, expected 0 to 1`);
  }
  if (Number.isInteger(amount) && amount >= 0 && amount <= size) return amount;
  throw new Error(`${name}: ${amount} samples asked for, expected a whole number up to the data's ${size}`);
}

function orderOf(
  size: number,
  { seed, stratified }: SplitOptions,
  labels: ArrayLike<number> | undefined,
): number[] {
  const order = Array.from({ length: size }, (_, index) => index);
  if (seed !== undefined) shuffle(order, seededRandom(seed));
  if (!stratified) return order;
  if (labels?.length !== size) {
    throw new Error("split: by label asked for, expected data with one label a sample");
  }
  return balanced(order, labels);
}

/** Fisher and Yates. */
function shuffle(items: number[], random: () => number): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j] as number, items[i] as number];
  }
}

/**
 * The same samples, such that every prefix has the classes in the proportions of the whole: sample i of a class of n stands at
 * (i + ½) / n, and all are sorted by where they stand.
 */
function balanced(order: readonly number[], labels: ArrayLike<number>): number[] {
  const classes = new Map<number, number[]>();
  for (const index of order) {
    const label = labels[index] as number;
    const members = classes.get(label);
    if (members) members.push(index);
    else classes.set(label, [index]);
  }
  return [...classes.values()]
    .flatMap((members) => members.map((index, i) => ({ index, at: (i + 0.5) / members.length })))
    .sort((a, b) => a.at - b.at)
    .map(({ index }) => index);
}
