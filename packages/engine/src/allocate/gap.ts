// Which layers lose more together than the sum of what they lose alone: where additivity broke. From known cross terms, or
// from a bounded number of runs of the recipe without some of its layers. Explains; predicts nothing.

import type { Recipe, Target } from "../recipe.ts";
import type { Part } from "./belief.ts";
import { crossesOf } from "./joint.ts";
import { FLOAT } from "./options.ts";
import { optionFor, partName, partsOfRecipe, type Table } from "./table.ts";

/** Layers whose interaction explains a part of a gap. */
export interface Cause {
  /** Two, named as the parts are: activations as "LAYER activation". */
  readonly layers: readonly string[];
  /** Of the gap, what was measured less the sum: 0 to 1. */
  readonly share: number;
}

// Less than this explains nothing to anybody.
const LEAST_SHARE = 0.03;
const MOST_CAUSES = 8;

/**
 * The pairs whose known cross terms explain why a recipe loses more than its parts; none where no cross terms are known, or it
 * loses no more.
 * @throws one sentence for the first choice of the recipe without evidence
 */
export function explainGap(table: Table, recipe: Recipe, measured: number): Cause[] {
  const { pairs } = table.options;
  const parts = partsOfRecipe(table, recipe);
  const gap = measured - sumOf(table, parts);
  if (!pairs || !(gap > 0)) return [];
  return told(crossesOf(parts, pairs).map(({ layers, adds }) => ({ layers, share: adds / gap })));
}

/** What a recipe loses, measured. */
export type LossOf = (recipe: Recipe) => Promise<number>;

// Of the runs, the part that looks for layers; the others look for their partners.
const SINGLES = 0.6;
const PARTNERS = 4;

/**
 * The same from runs of the recipe without some of its layers, those first that could interact most. The second difference
 * L(all) − L(without i) − L(without j) + L(without both) is their interaction, exactly where losses are quadratic.
 * @param runs at most so many; fewer than 4 find nothing
 */
export async function measuredGap(
  table: Table,
  recipe: Recipe,
  measured: number,
  loss: LossOf,
  runs = 12,
): Promise<Cause[]> {
  const tensors = tensorsOf(table, recipe);
  const gap = measured - sumOf(table, tensors);
  if (!(gap > 0) || tensors.length < 2) return [];
  // A cross term is bounded by the root of the product of both: the dearest can be in the largest.
  const order = tensors.toSorted((a, b) => b.value - a.value).slice(0, Math.floor(SINGLES * runs));
  const singles: Single[] = [];
  for (const tensor of order) {
    const without = await loss(floated(recipe, [tensor]));
    // What it costs in company beyond what it costs alone. On other samples than its cell: good to rank by, no more.
    singles.push({ tensor, without, beyond: measured - without - tensor.value });
  }
  const most = singles.toSorted((a, b) => b.beyond - a.beyond).slice(0, PARTNERS);
  const couples = most.flatMap((a, i) => most.slice(i + 1).map((b) => [a, b] as const));
  const found: Cause[] = [];
  for (const [a, b] of couples.slice(0, runs - singles.length)) {
    const both = await loss(floated(recipe, [a.tensor, b.tensor]));
    const cross = measured - a.without - b.without + both;
    found.push({ layers: [a.tensor.layer, b.tensor.layer], share: cross / gap });
  }
  return told(found);
}

interface Tensor extends Part {
  readonly id: string;
  readonly target: Target;
}

interface Single {
  readonly tensor: Tensor;
  readonly without: number;
  readonly beyond: number;
}

/** The tensors that a recipe quantizes, with what they lose alone. */
function tensorsOf({ known }: Table, recipe: Recipe): Tensor[] {
  return known.flatMap(({ id, target, options }) => {
    const option = optionFor(recipe, id, target, options);
    if (!option || option.key === FLOAT || !(option.value > 0)) return [];
    return [{ id, target, layer: partName(id, target), value: option.value, half: option.half }];
  });
}

function sumOf({ options: { fixed = [] } }: Table, parts: readonly Part[]): number {
  return [...parts, ...fixed].reduce((sum, { value }) => sum + value, 0);
}

function floated(recipe: Recipe, tensors: readonly Tensor[]): Recipe {
  const layers = { ...recipe.layers };
  for (const { id, target } of tensors) {
    const own = layers[id];
    layers[id] = own === "float" ? own : { ...own, [target]: "float" };
  }
  return { ...recipe, layers };
}

/** The largest, at most the whole gap each. */
function told(causes: readonly Cause[]): Cause[] {
  return causes
    .filter(({ share }) => share >= LEAST_SHARE)
    .toSorted((a, b) => b.share - a.share)
    .slice(0, MOST_CAUSES)
    .map(({ layers, share }) => ({ layers, share: Math.min(1, share) }));
}
