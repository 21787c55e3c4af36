// Joint loss predicted from single cells: the sum of what each chosen cell costs alone. An assumption (layers add up) that
// breaks at low bits, which is why every recipe the user stops at is measured as well.

import type { Cell, Expected, Finding, LayerSummary, Recipe, Score, Target } from "@bitscape/engine";
import { schemeFor } from "@bitscape/engine";
import { type Bits, cellScheme, chosenBits, floating, has, sameValues } from "../edits.ts";
import { cellKey } from "./known.ts";

export interface Prediction {
  /** Divergence from the float network; null while no chosen cell is known. */
  readonly divergence: Finding | null;
  /** Top-1 accuracy, 0 to 1; null without labels, or while the chosen cells are not known on enough samples. */
  readonly top1: Finding | null;
  /** Decisions that are not floating point. */
  readonly chosen: number;
  /** Those among them whose cell is not known, and which are therefore left out of the sum. */
  readonly unknown: number;
  /** Those whose scheme is not the one that was measured for their bits. */
  readonly departing: number;
}

// Fewer samples say next to nothing of accuracy: no change among 16 leaves a fall of 19 points possible. Divergence, which
// every sample has a share in, is told from the first ones on.
const telling = 64;

/** One choice of a recipe, and the name of its cell. */
export interface Decision {
  readonly layer: string;
  readonly target: Target;
  readonly bits: Bits;
  readonly key: string;
}

interface Decided {
  readonly layers: readonly LayerSummary[];
  readonly decisions: readonly Decision[];
  /** Those whose scheme is not their column's. */
  readonly departing: number;
}

// Cells come many times a second, and thousands of decisions are summed up each time.
const decided = new WeakMap<Recipe, Decided>();

/** Each decision once: a row whose activations others have already counted adds nothing. */
export const decisions = (layers: readonly LayerSummary[], recipe: Recipe): readonly Decision[] =>
  decidedOf(layers, recipe).decisions;

function decidedOf(layers: readonly LayerSummary[], recipe: Recipe): Decided {
  const known = decided.get(recipe);
  if (known?.layers === layers) return known;
  const made = counted(layers).map(({ layer, target }): Decision => {
    const bits = chosenBits(recipe, layer, target);
    return { layer, target, bits, key: bits === floating ? "" : cellKey(layer, target, bits) };
  });
  const departing = made.filter(
    ({ layer, target, bits }) =>
      bits !== floating && !sameValues(schemeFor(recipe, layer, target), cellScheme(recipe, target, bits)),
  ).length;
  const found = { layers, decisions: made, departing };
  decided.set(recipe, found);
  return found;
}

const countedOf = new WeakMap<readonly LayerSummary[], readonly Pick<Decision, "layer" | "target">[]>();

/** What there is to decide in a network. */
function counted(layers: readonly LayerSummary[]): readonly Pick<Decision, "layer" | "target">[] {
  const known = countedOf.get(layers);
  if (known) return known;
  const tensors = new Set<string>();
  // Rows with many tensors first: theirs include those of the rows they share them with.
  const wide = layers.filter((layer) => has(layer, "activation"));
  wide.sort((a, b) => b.activations.length - a.activations.length);
  const activations = wide.filter((layer) => {
    if (layer.activations.every((tensor) => tensors.has(tensor))) return false;
    for (const tensor of layer.activations) tensors.add(tensor);
    return true;
  });
  const of = (target: Target) => (layer: LayerSummary) => ({ layer: layer.id, target });
  const found = [
    ...layers.filter((layer) => has(layer, "weight")).map(of("weight")),
    ...activations.map(of("activation")),
  ];
  countedOf.set(layers, found);
  return found;
}

/** @param find what is known of a cell, measured or predicted */
export function predict(
  layers: readonly LayerSummary[],
  recipe: Recipe,
  find: (key: string) => Cell | undefined,
  float: Score | null,
  of: string,
): Prediction {
  const { decisions: all, departing } = decidedOf(layers, recipe);
  const chosen = all.filter(({ bits }) => bits !== floating);
  const known: Cell[] = [];
  for (const { key } of chosen) {
    const cell = find(key);
    if (cell && Number.isFinite(cell.finding.value)) known.push(cell);
  }
  const unknown = chosen.length - known.length;
  const nothing = chosen.length > 0 && known.length === 0;
  const drops = known.map((cell) => cell.drop);
  const enough = drops.every((drop) => drop !== null && drop.n >= Math.min(telling, float?.top1?.n ?? 0));
  const top1 = float?.top1;
  return {
    chosen: chosen.length,
    unknown,
    departing,
    divergence: nothing
      ? null
      : total(
          known.map((cell) => cell.finding),
          of,
          float?.divergence.n ?? 0,
        ),
    top1:
      nothing || !top1 || !enough
        ? null
        : subtracted(top1, cautious(total(drops as Finding[], of, top1.n), known.length)),
  };
}

/**
 * The same with what the budget's model expects of the recipe, which measured recipes have corrected: its divergence, and the
 * accuracy that this leaves, where it has seen how far accuracy falls with it. Until it has said so, the sums.
 */
export function corrected(
  sum: Prediction,
  expected: Pick<Expected, "predicted" | "drop"> | null,
  float: Score | null,
): Prediction {
  if (!sum.divergence || !expected) return sum;
  const { value, low, high } = expected.predicted;
  const divergence = { ...sum.divergence, value, low, high };
  const { drop } = expected;
  if (!drop || !float?.top1) return { ...sum, divergence };
  const after = (fall: number) => Math.min(1, Math.max(0, (float.top1 as Finding).value - fall));
  const top1 = { ...divergence, value: after(drop.value), low: after(drop.high), high: after(drop.low) };
  return { ...sum, divergence, top1 };
}

/** Sum of independent estimates: half-widths add in quadrature. */
export function total(parts: readonly Finding[], of: string, nOfNone: number): Finding {
  let value = 0;
  let below = 0;
  let above = 0;
  let n = Number.POSITIVE_INFINITY;
  for (const part of parts) {
    value += part.value;
    below += (part.value - part.low) ** 2;
    above += (part.high - part.value) ** 2;
    n = Math.min(n, part.n);
  }
  return {
    value,
    low: value - Math.sqrt(below),
    high: value + Math.sqrt(above),
    n: parts.length ? n : nOfNone,
    source: "predicted",
    of,
  };
}

/**
 * No answer changed among n samples does not mean that none ever will: the share that does is below 3/n with 95 %
 * confidence (the rule of three), so the interval of a drop reaches at least as far.
 */
function cautious(drop: Finding, parts: number): Finding {
  return parts === 0 ? drop : { ...drop, high: Math.max(drop.high, drop.value + 3 / drop.n) };
}

// Gains do not add up: they are the same few wrong samples turning right in many cells. So a sum of them counts as none.
function subtracted(float: Finding, drop: Finding): Finding {
  const within = (value: number) => Math.min(1, Math.max(0, value));
  const value = within(float.value - Math.max(0, drop.value));
  return {
    ...drop,
    value,
    low: Math.min(value, within(float.value - drop.high)),
    high: Math.max(value, within(float.value - Math.max(0, drop.low))),
  };
}
