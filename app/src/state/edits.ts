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
  remadeOf,
  schemeFor,
  type Target,
} from "@bitscape/engine";
import { addedColumns } from "./addedColumns.ts";

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

/**
 * The columns of a target, besides floating point: integers narrow to wide, then other formats, by their storage.
 * @param added beside the usual ones and those that layers have
 */
export function columnsOf(
  recipe: Recipe,
  ids: readonly string[],
  target: Target,
  added = addedColumns(target),
): Column[] {
  const columns = new Set<Column>([...columnBits[target], ...added]);
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
export function cellScheme(recipe: Recipe, target: Target, column: Column): Scheme {
  const base = columnBase(recipe, target);
  const known = columnSchemes.get(base) ?? new Map<Column, Scheme>();
  columnSchemes.set(base, known);
  const scheme = known.get(column) ?? (columnScheme(target, column, base) as Scheme);
  known.set(column, scheme);
  return scheme;
}

/** By the defaults' scheme, of which each target has its own. */
const columnSchemes = new WeakMap<Scheme, Map<Column, Scheme>>();

/** Equal for recipes whose columns differ in nothing but their defaults' format: their cells are the same. */
export function columnKey(recipe: Recipe, target: Target): string {
  const scheme = `${target} ${written(valuesOf(cellScheme(recipe, target, 8)))}`;
  // Cells are of the network that the recipe's repairs make: of another, they are others.
  const remade = remadeOf(recipe);
  return Object.keys(remade).length === 0 ? scheme : `${scheme} ${JSON.stringify(remade)}`;
}

export const sameColumns = (a: Recipe, b: Recipe, target: Target) =>
  columnKey(a, target) === columnKey(b, target);

/** The column that a scheme belongs to. */
export const bitsOf = (scheme: Scheme | undefined): Bits =>
  scheme === undefined ? floating : columnOf(scheme.format);

const columns = new Map<string, Bits>();

function columnOf(format: Scheme["format"]): Bits {
  const known = columns.get(format);
  if (known !== undefined) return known;
  const { family, name, bits } = formatFacts(format);
  const column = family === "int" ? bits : name;
  columns.set(format, column);
  return column;
}

/** The bits that a recipe gives a layer's weights or activations. Asked for thousands of layers at every edit: made cheap. */
export function chosenBits(recipe: Recipe, layer: string, target: Target): Bits {
  const own = recipe.layers?.[layer];
  const choice = own === "float" ? own : own?.[target];
  if (choice === "float") return floating;
  if (choice?.format !== undefined) return columnOf(choice.format);
  if (choice !== undefined) return bitsOf(schemeFor(recipe, layer, target));
  const known = usual.get(recipe) ?? {};
  usual.set(recipe, known);
  known[target] ??= bitsOf(schemeFor({ ...recipe, layers: {} }, layer, target));
  return known[target];
}

/** What layers without a choice of their own have. */
const usual = new WeakMap<Recipe, Partial<Record<Target, Bits>>>();

/** Whether a layer has anything to choose for. */
export const has = (layer: LayerSummary, target: Target) =>
  target === "weight" ? layer.weights.length > 0 : layer.activations.length > 0;

/** Whether two schemes say the same, whatever fields schemes have; a field left out means its usual value. */
export function sameScheme(a: Scheme | undefined, b: Scheme | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && written(a) === written(b));
}

/** Whether two schemes give the same values: how a file keeps them makes no difference. */
export const sameValues = (a: Scheme | undefined, b: Scheme | undefined) =>
  a === b || sameScheme(a && valuesOf(a), b && valuesOf(b));

/** Remembers what is made of a scheme: thousands of layers have the same one, and all are asked about at every edit. */
function remembered<T>(of: (scheme: Scheme) => T): (scheme: Scheme) => T {
  const known = new WeakMap<Scheme, T>();
  return (scheme) => {
    const found = known.get(scheme) ?? of(scheme);
    known.set(scheme, found);
    return found;
  };
}

const valuesOf = remembered(({ memory: _, ...scheme }: Scheme): Scheme => scheme);

const written = remembered((scheme: Scheme) =>
  JSON.stringify(Object.entries({ rounding: "nearest", ...scheme }).sort(([x], [y]) => (x < y ? -1 : 1))),
);

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
  return withOwn(recipe, deciding(layers, target), target, (standard, id) =>
    sameScheme(schemeFor(standard, id, target), scheme) ? undefined : (scheme ?? "float"),
  );
}

/** Back to what the defaults say. */
export function withoutOwn(recipe: Recipe, layers: readonly LayerSummary[], target: Target): Recipe {
  return withOwn(recipe, deciding(layers, target), target, () => undefined);
}

/** Whether a layer has a choice of its own. */
export function hasOwn(recipe: Recipe, layer: string, target: Target): boolean {
  const own = recipe.layers?.[layer];
  return own === "float" || own?.[target] !== undefined;
}

/**
 * A preset's defaults for all layers; choices of single layers are dropped, and so is an integer-only file where
 * activations are float.
 */
export function withPreset(recipe: Recipe, preset: string): Recipe {
  const { defaults, layers } = presetRecipe(preset);
  const chosen = { ...recipe, defaults, layers };
  return defaults?.activation === undefined ? withArithmetic(chosen, null) : chosen;
}

/** The recipe with integers alone in its file, or with QDQ pairs. */
export function withArithmetic(recipe: Recipe, arithmetic: Recipe["arithmetic"] | null): Recipe {
  const { arithmetic: _, ...others } = recipe;
  return arithmetic ? { ...others, arithmetic } : others;
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

/**
 * Gives layers choices of their own, or takes them away where there is to be none. One copy for all of them: thousands are painted
 * at once. @param choose is given the recipe in which the layer has no choice of its own for the target
 */
function withOwn(
  recipe: Recipe,
  ids: readonly string[],
  target: Target,
  choose: (standard: Recipe, id: string) => Choice | undefined,
): Recipe {
  const layers: Record<string, LayerChoice> = { ...recipe.layers };
  const edited = { ...recipe, layers };
  for (const id of ids) {
    const before = layers[id];
    const both: Exclude<LayerChoice, "float"> =
      before === "float" ? { weight: "float", activation: "float" } : (before ?? {});
    const { [target]: _, ...other } = both;
    layers[id] = other;
    const choice = choose(edited, id);
    if (choice !== undefined) layers[id] = { ...other, [target]: choice };
    else if (Object.keys(other).length === 0) delete layers[id];
  }
  return recipe.layers === undefined && Object.keys(layers).length === 0 ? recipe : edited;
}
