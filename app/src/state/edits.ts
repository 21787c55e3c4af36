// Edits of a recipe: each takes one and gives another. Not history (study.ts), not what an edit costs (prediction.ts).

import {
  baseSchemes,
  type Choice,
  type Column,
  columnScheme,
  formatFacts,
  type LayerChoice,
  type LayerSummary,
  type Preprocess,
  presetRecipe,
  type Recipe,
  schemeFor,
  type Target,
} from "@bitscape/engine";

/** A column of the heatmap: a width of integers, another format's name, or floating point. */
export type Bits = Column | typeof floating;

/** The column of what is not quantized; no format has this name. */
export const floating = "fp";

/** How one tensor is quantized. */
export type Scheme = (typeof baseSchemes)[Target];

/** The heatmap's columns, besides floating point. */
export const columnBits: Readonly<Record<Target, readonly number[]>> = {
  weight: [2, 3, 4, 5, 6, 8],
  activation: [2, 3, 4, 6, 8],
};

// What tells most about a layer comes first: where trouble begins, then whether 8 bits are free.
const telling: readonly Column[] = [4, 3, 8, 2, 6, 5];

/** The columns in the order to measure them: those that the recipe uses, then the most telling ones. */
export function measuringOrder(recipe: Recipe, ids: readonly string[], target: Target): Column[] {
  const uses = usesOf(recipe, ids, target);
  const rank = (bits: Column) => (telling.indexOf(bits) + telling.length) % telling.length;
  return columnsOf(recipe, ids, target).sort(
    (a, b) => (uses.get(b) ?? 0) - (uses.get(a) ?? 0) || rank(a) - rank(b),
  );
}

/** The columns of a target, besides floating point: integers narrow to wide, then other formats, by their storage. */
export function columnsOf(recipe: Recipe, ids: readonly string[], target: Target): Column[] {
  const columns = new Set<Column>(columnBits[target]);
  for (const bits of usesOf(recipe, ids, target).keys()) if (bits !== floating) columns.add(bits);
  const other = (column: Column) => (typeof column === "string" ? 1 : 0);
  return [...columns].sort(
    (a, b) => other(a) - other(b) || storageBits(a) - storageBits(b) || (String(a) < String(b) ? -1 : 1),
  );
}

/** How many layers have each column chosen. */
function usesOf(recipe: Recipe, ids: readonly string[], target: Target): Map<Bits, number> {
  const uses = new Map<Bits, number>();
  for (const id of ids) {
    const bits = chosenBits(recipe, id, target);
    uses.set(bits, (uses.get(bits) ?? 0) + 1);
  }
  return uses;
}

/** Bits that one value takes in the file, its scale not counted. */
export const storageBits = (column: Column) =>
  typeof column === "number" ? column : formatFacts(column).bits;

export const targets: readonly Target[] = ["weight", "activation"];

/**
 * What the heatmap's columns have besides their width: the defaults' scheme, so that a cell shows what choosing it gives.
 * Where the defaults leave a target in floating point, the usual scheme.
 */
export function columnBase(recipe: Recipe, target: Target): Scheme {
  return schemeFor({ ...recipe, layers: {} }, "", target) ?? baseSchemes[target];
}

/** What a cell stands for: the scheme that the engine measures for it and that a click puts into the recipe. */
export const cellScheme = (recipe: Recipe, target: Target, column: Column): Scheme =>
  columnScheme(target, column, columnBase(recipe, target)) as Scheme;

/** Equal for recipes whose columns differ in nothing but their defaults' format: their cells are the same. */
export const columnKey = (recipe: Recipe, target: Target) =>
  `${target} ${written(valuesOf(cellScheme(recipe, target, 8)))}`;

export const sameColumns = (a: Recipe, b: Recipe, target: Target) =>
  columnKey(a, target) === columnKey(b, target);

/** The column that a scheme belongs to. */
export function bitsOf(scheme: Scheme | undefined): Bits {
  if (scheme === undefined) return floating;
  const { family, name, bits } = formatFacts(scheme.format);
  return family === "int" ? bits : name;
}

/** The bits that a recipe gives a layer's weights or activations. */
export const chosenBits = (recipe: Recipe, layer: string, target: Target): Bits =>
  bitsOf(schemeFor(recipe, layer, target));

/** Whether a layer has anything to choose for. */
export const has = (layer: LayerSummary, target: Target) =>
  target === "weight" ? layer.weights.length > 0 : layer.activations.length > 0;

/** Whether two schemes say the same, whatever fields schemes have; a field left out means its usual value. */
export function sameScheme(a: Scheme | undefined, b: Scheme | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && written(a) === written(b));
}

/** Whether two schemes give the same values: how a file keeps them makes no difference. */
export const sameValues = (a: Scheme | undefined, b: Scheme | undefined) =>
  sameScheme(a && valuesOf(a), b && valuesOf(b));

const valuesOf = ({ memory: _, ...scheme }: Scheme): Scheme => scheme;

const written = (scheme: Scheme) =>
  JSON.stringify(Object.entries({ rounding: "nearest", ...scheme }).sort(([x], [y]) => (x < y ? -1 : 1)));

/** The layers and those that share the decision with them. */
export function deciding(layers: readonly LayerSummary[], target: Target): string[] {
  const ids = new Set<string>();
  for (const layer of layers) {
    if (!has(layer, target)) continue;
    ids.add(layer.id);
    if (target === "activation") for (const id of layer.sharedWith) ids.add(id);
  }
  return [...ids];
}

/** Sets the bits of several layers' weights or activations; layers that have none are left alone. */
export function withBits(
  recipe: Recipe,
  layers: readonly LayerSummary[],
  target: Target,
  bits: Bits,
): Recipe {
  return withScheme(recipe, layers, target, bits === floating ? undefined : cellScheme(recipe, target, bits));
}

/** Sets the whole scheme of several layers; undefined leaves them in floating point. */
export function withScheme(
  recipe: Recipe,
  layers: readonly LayerSummary[],
  target: Target,
  scheme: Scheme | undefined,
): Recipe {
  return deciding(layers, target).reduce((edited, id) => {
    const standard = withOwn(edited, id, target, undefined);
    return sameScheme(schemeFor(standard, id, target), scheme)
      ? standard
      : withOwn(edited, id, target, scheme ?? "float");
  }, recipe);
}

/** Back to what the defaults say. */
export function withoutOwn(recipe: Recipe, layers: readonly LayerSummary[], target: Target): Recipe {
  return deciding(layers, target).reduce((edited, id) => withOwn(edited, id, target, undefined), recipe);
}

/** Whether a layer has a choice of its own. */
export function hasOwn(recipe: Recipe, layer: string, target: Target): boolean {
  const own = recipe.layers?.[layer];
  return own === "float" || own?.[target] !== undefined;
}

/** A preset's defaults for all layers; choices of single layers are dropped. */
export function withPreset(recipe: Recipe, preset: string): Recipe {
  const { defaults, layers } = presetRecipe(preset);
  return { ...recipe, defaults, layers };
}

/** The same decisions for data read with this preprocessing; synthetic data have none. */
export function withPreprocess(recipe: Recipe, preprocess: Preprocess | Recipe["preprocess"] | null): Recipe {
  const { preprocess: _, ...others } = recipe;
  if (!preprocess) return others;
  const { mean = [], std = [], ...rest } = preprocess;
  return { ...others, preprocess: { ...rest, mean: [...mean], std: [...std] } };
}

/** The name of the preset that a recipe's defaults are and no layer departs from; undefined where it is none. */
export function presetOf(recipe: Recipe, names: readonly string[]): string | undefined {
  if (Object.keys(recipe.layers ?? {}).length > 0) return undefined;
  return names.find((name) =>
    targets.every((target) =>
      sameScheme(schemeFor(presetRecipe(name), "", target), schemeFor(recipe, "", target)),
    ),
  );
}

function withOwn(recipe: Recipe, id: string, target: Target, choice: Choice | undefined): Recipe {
  const before = recipe.layers?.[id];
  if (before === undefined && choice === undefined) return recipe;
  const both: Exclude<LayerChoice, "float"> =
    before === "float" ? { weight: "float", activation: "float" } : (before ?? {});
  const own = { ...both, [target]: choice };
  const { [id]: _, ...others } = recipe.layers ?? {};
  const kept = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  return { ...recipe, layers: Object.keys(kept).length ? { ...others, [id]: kept } : others };
}
