// The tensors whose clips can be moved, how they are named on the screen, and the schemes that a slice of two of them
// gives them. Edits of clips are edits of the recipe (study.ts does them).

import {
  columnScheme,
  formatFacts,
  formatRows,
  type LayerSummary,
  type Recipe,
  recipeKey,
  type StepOf,
  schemeFor,
} from "@bitscape/engine";
import { columnBase, type Scheme, withScheme } from "../edits.ts";
import { decisions } from "../sweep/prediction.ts";

/** A width for both tensors, or each its own of the recipe. */
export type SliceBits = number | "recipe";

export const sliceWidths = [2, 3, 4, 5, 6, 8] as const;

export type Pair = readonly [StepOf, StepOf];

/** Every decision once: rows that share their activations are one. */
export const tensorsOf = (layers: readonly LayerSummary[], recipe: Recipe): StepOf[] =>
  decisions(layers, recipe).map(({ layer, target }) => ({ layer, target }));

export const tensorKey = ({ layer, target }: StepOf) => `${layer}|${target}`;

export const sameTensor = (a: StepOf, b: StepOf) => a.layer === b.layer && a.target === b.target;

/** "conv1 weights", "conv1 activations". */
export const tensorName = ({ layer, target }: StepOf) =>
  `${layer} ${target === "weight" ? "weights" : "activations"}`;

/** Whether a tensor has a clip that can be moved: float has none, and formats with levels of their own have none. */
export function isQuantized(recipe: Recipe, of: StepOf): boolean {
  const scheme = schemeFor(recipe, of.layer, of.target);
  if (scheme === undefined) return false;
  const { family } = formatFacts(scheme.format);
  return formatRows.find((row) => row.family === family)?.heeds.includes("range") === true;
}

export const quantizedTensors = (layers: readonly LayerSummary[], recipe: Recipe) =>
  tensorsOf(layers, recipe).filter((of) => isQuantized(recipe, of));

/**
 * What a slice shows first: the two that are coupled most where that is known; the selected layer's weights and
 * activations; or the activations of the first two layers within.
 */
export function defaultPair(
  layers: readonly LayerSummary[],
  recipe: Recipe,
  selected: string | null,
  most: Pair | null,
): Pair | null {
  if (most) return most;
  const all = tensorsOf(layers, recipe);
  const own = all.filter(({ layer }) => layer === selected);
  if (own.length === 2) return own as unknown as Pair;
  // The network's own input is no inner activation.
  const inner = all.filter(({ layer, target }) => target === "activation" && layer !== layers[0]?.id);
  const [a, b] = inner.length > 1 ? inner : all;
  return a && b ? [a, b] : null;
}

/** The scheme that a slice gives a tensor. */
export function sliceScheme(recipe: Recipe, of: StepOf, bits: SliceBits): Scheme {
  const base = schemeFor(recipe, of.layer, of.target) ?? columnBase(recipe, of.target);
  return bits === "recipe" ? base : (columnScheme(of.target, bits, base) as Scheme);
}

/** The recipe in which both tensors are quantized as a slice shows them; their ranges are the recipe's own. */
export const sliceRecipe = (recipe: Recipe, layers: readonly LayerSummary[], pair: Pair, bits: SliceBits) =>
  pair.reduce((edited, of) => withTensor(edited, layers, of, sliceScheme(recipe, of, bits)), recipe);

/** The same with clips, as fractions of the range that cuts nothing. */
export function withClips(
  recipe: Recipe,
  layers: readonly LayerSummary[],
  pair: Pair,
  bits: SliceBits,
  clips: readonly [number, number],
): Recipe {
  return pair.reduce((edited, of, i) => {
    const scheme = sliceScheme(recipe, of, bits);
    return withTensor(edited, layers, of, { ...scheme, range: { ratio: written(clips[i] as number) } });
  }, recipe);
}

/**
 * Equal for recipes whose slices are the same: the clips of the two tensors are the slice's own axes, so moving them does
 * not make it stale.
 */
export const sliceKey = (recipe: Recipe, layers: readonly LayerSummary[], pair: Pair, bits: SliceBits) =>
  recipeKey(withClips(recipe, layers, pair, bits, [1, 1]));

function withTensor(recipe: Recipe, layers: readonly LayerSummary[], of: StepOf, scheme: Scheme): Recipe {
  return withScheme(
    recipe,
    layers.filter(({ id }) => id === of.layer),
    of.target,
    scheme,
  );
}

// Four digits are finer than any grid, and fit to be read in the recipe.
const written = (clip: number) => Number(clip.toPrecision(4));
