// Recipe: the whole decision, as the JSON a person downloads (design: bitscape/recipe version 1). Resolves what each layer is
// to get; does not know any network, nor how a recipe is read from JSON (recipeSchema.ts).

import type { Scheme } from "@bitscape/quant";
import type { Arithmetic } from "./integer/arithmetic.ts";
import type { RepairName } from "./repair/names.ts";
import type { Memory } from "./runtime/memory.ts";

/** How one tensor is quantized, and how its file keeps it. */
export interface RecipeScheme extends Scheme {
  /** Weights only: where the file can choose, whether they stay small in memory. What their format does by itself if absent. */
  readonly memory?: Memory;
}

/** One tensor's choice in a recipe: fields left out are taken from the defaults. */
export type Choice = "float" | { readonly [K in keyof RecipeScheme]?: RecipeScheme[K] | undefined };
export type LayerChoice =
  | "float"
  | { readonly weight?: Choice | undefined; readonly activation?: Choice | undefined };

/** How pixels become inputs: x = (pixel · scale − mean) / std, after resizing the shorter side and a centre crop. */
export interface RecipePreprocess {
  readonly resize?: number | "none" | undefined;
  readonly crop?: number | "none" | undefined;
  readonly scale?: number | undefined;
  readonly mean?: number[] | undefined;
  readonly std?: number[] | undefined;
  readonly channels?: "rgb" | "bgr" | "gray" | undefined;
  readonly layout?: "nchw" | "nhwc" | undefined;
}

export interface Recipe {
  readonly schema: "bitscape/recipe/1";
  readonly model?: { readonly name: string; readonly sha256: string } | undefined;
  readonly seed?: number | undefined;
  readonly defaults?:
    | { readonly weight?: Choice | undefined; readonly activation?: Choice | undefined }
    | undefined;
  readonly layers?: Readonly<Record<string, LayerChoice>> | undefined;
  readonly repairs?: readonly RepairName[] | undefined;
  /** Integers alone between the quantizers of the file; QDQ pairs where absent. */
  readonly arithmetic?: Arithmetic | undefined;
  /** By layer, how many of its first tokens are constants of the file; their evidence is in its metadata. */
  readonly tokens?: { readonly fold: Readonly<Record<string, number>> } | undefined;
  readonly preprocess?: RecipePreprocess | undefined;
}

export type Target = "weight" | "activation";

/** What a scheme's missing fields mean when neither the layer nor the defaults say. */
export const baseSchemes: Readonly<Record<Target, RecipeScheme>> = {
  weight: { format: "int8", granularity: "channel", symmetric: true, range: "minmax" },
  activation: { format: "uint8", granularity: "tensor", symmetric: false, range: { percentile: 99.99 } },
};

/** The scheme of one layer's weight or activation; undefined where it stays float. */
export function schemeFor(recipe: Recipe, layer: string, target: Target): RecipeScheme | undefined {
  const own = recipe.layers?.[layer];
  const chosen = own === "float" ? "float" : own?.[target];
  const fallback = recipe.defaults?.[target];
  const effective = chosen ?? fallback;
  if (effective === undefined || effective === "float") return undefined;
  return resolved(target, fallback === undefined || fallback === "float" ? nothing : fallback, effective);
}

const nothing = {};
type Fields = Exclude<Choice, "float">;
const schemes = {
  weight: new WeakMap<Fields, WeakMap<Fields, RecipeScheme>>(),
  activation: new WeakMap<Fields, WeakMap<Fields, RecipeScheme>>(),
};

/** A choice with all its fields: the same object for the same choice, since thousands of layers are asked about at every edit. */
function resolved(target: Target, base: Fields, chosen: Fields): RecipeScheme {
  const known = schemes[target].get(base) ?? new WeakMap<Fields, RecipeScheme>();
  schemes[target].set(base, known);
  const scheme =
    known.get(chosen) ?? ({ ...baseSchemes[target], ...defined(base), ...defined(chosen) } as RecipeScheme);
  known.set(chosen, scheme);
  return scheme;
}

function defined<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** A recipe as text with sorted keys: equal decisions give equal text, whatever order they were made in. */
export function recipeKey(recipe: Recipe): string {
  return JSON.stringify(recipe, (_, value) =>
    value && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

const squant = { rounding: "squant" } as const;
const int8: Choice = { format: "int8", granularity: "channel", symmetric: true, range: "minmax" };
// Alone, 8-bit weights can afford a zero point a channel: one-sided filters gain up to a bit.
const affine8: Choice = { ...int8, symmetric: false, ...squant };
const int4: Choice = { format: "int4", granularity: { block: 32 }, symmetric: true, range: "mse", ...squant };
const int2: Choice = { ...int4, format: "int2" };
// Of the range rules, least squares keeps every classifier tried within a point of float (99.99 % lost 1.6 on one).
const uint8: Choice = { format: "uint8", granularity: "tensor", symmetric: false, range: "mse" };
// float8 keeps relative precision over its whole range: nothing needs to be clipped.
const float8: Choice = { format: "float8e4m3", granularity: "channel", symmetric: true, range: "minmax" };

/** Starting points, by the names the command line gives them. */
export const presets: Readonly<Record<string, NonNullable<Recipe["defaults"]>>> = {
  w8a8: { weight: int8, activation: uint8 },
  w8: { weight: affine8 },
  w4: { weight: int4 },
  w4a8: { weight: int4, activation: uint8 },
  w2: { weight: int2 },
  fp8: { weight: float8, activation: { ...float8, granularity: "tensor" } },
};

/** A recipe from a preset's name. Throws where there is none of that name. */
export function presetRecipe(preset: string): Recipe {
  const defaults = Object.hasOwn(presets, preset) ? presets[preset] : undefined;
  if (!defaults) throw new Error(`preset: "${preset}", expected one of ${Object.keys(presets).join(", ")}`);
  return { schema: "bitscape/recipe/1", seed: 0, defaults, layers: {} };
}

/** Whether a recipe can only be exported with the network run on data; else its weights alone say all. */
export function needsRunning(recipe: Recipe): boolean {
  return wantsActivations(recipe) || (recipe.repairs?.length ?? 0) > 0 || recipe.arithmetic !== undefined;
}

/** Whether any tensor of a recipe is an activation to quantize. */
export function wantsActivations(recipe: Recipe): boolean {
  const asks = (choice: Choice | undefined) => choice !== undefined && choice !== "float";
  if (asks(recipe.defaults?.activation)) return true;
  return Object.values(recipe.layers ?? {}).some((layer) => layer !== "float" && asks(layer.activation));
}
