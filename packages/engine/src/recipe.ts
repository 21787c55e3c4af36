// Recipe: the whole decision, as the JSON a person downloads (design: bitscape/recipe version 1). Unknown keys are
// refused. Resolves what each layer is to get; does not know any network.

import type { Scheme } from "@bitscape/quant";
import { formats } from "@bitscape/quant";
import { z } from "zod";

const granularity = z.union([
  z.enum(["tensor", "channel"]),
  z.strictObject({ block: z.int().min(8).max(4096) }),
]);
const range = z.union([
  z.enum(["minmax", "mse"]),
  z.strictObject({ percentile: z.number().gt(50).max(100) }),
]);
const scheme = z.strictObject({
  format: z.enum(formats as [string, ...string[]]).optional(),
  granularity: granularity.optional(),
  symmetric: z.boolean().optional(),
  range: range.optional(),
  rounding: z.enum(["nearest", "squant"]).optional(),
});
const choice = z.union([z.literal("float"), scheme]);
const layer = z.union([
  z.literal("float"),
  z.strictObject({ weight: choice.optional(), activation: choice.optional() }),
]);
const triple = z.array(z.number()).min(1).max(4);

/** The published schema; `recipe.schema.json` in this package is generated from it. */
export const recipeSchema = z.strictObject({
  schema: z.literal("bitscape/recipe/1"),
  model: z.strictObject({ name: z.string(), sha256: z.string() }).optional(),
  seed: z.int().min(0).optional(),
  defaults: z.strictObject({ weight: choice.optional(), activation: choice.optional() }).optional(),
  layers: z.record(z.string(), layer).optional(),
  repairs: z.array(z.enum(["bias-correction"])).optional(),
  preprocess: z
    .strictObject({
      resize: z.union([z.int().positive(), z.literal("none")]).optional(),
      crop: z.union([z.int().positive(), z.literal("none")]).optional(),
      scale: z.number().optional(),
      mean: triple.optional(),
      std: triple.optional(),
      channels: z.enum(["rgb", "bgr", "gray"]).optional(),
      layout: z.enum(["nchw", "nhwc"]).optional(),
    })
    .optional(),
});

/** One tensor's choice in a recipe: fields left out are taken from the defaults. */
export type Choice = "float" | { readonly [K in keyof Scheme]?: Scheme[K] | undefined };
export type LayerChoice =
  | "float"
  | { readonly weight?: Choice | undefined; readonly activation?: Choice | undefined };

export interface Recipe {
  readonly schema: "bitscape/recipe/1";
  readonly model?: { readonly name: string; readonly sha256: string } | undefined;
  readonly seed?: number | undefined;
  readonly defaults?:
    | { readonly weight?: Choice | undefined; readonly activation?: Choice | undefined }
    | undefined;
  readonly layers?: Readonly<Record<string, LayerChoice>> | undefined;
  readonly repairs?: readonly "bias-correction"[] | undefined;
  readonly preprocess?: z.infer<typeof recipeSchema>["preprocess"];
}

export type Target = "weight" | "activation";

/** What a scheme's missing fields mean when neither the layer nor the defaults say. */
export const baseSchemes: Readonly<Record<Target, Scheme>> = {
  weight: { format: "int8", granularity: "channel", symmetric: true, range: "minmax" },
  activation: { format: "uint8", granularity: "tensor", symmetric: false, range: { percentile: 99.99 } },
};

/** Reads a recipe from parsed JSON. Throws one sentence naming the first key that is wrong. */
export function parseRecipe(json: unknown, name = "recipe"): Recipe {
  const result = recipeSchema.safeParse(json);
  if (result.success) return result.data as Recipe;
  const { path, message } = deepest(result.error.issues, []);
  const where = path.length > 0 ? path.map(String).join(".") : "the document";
  throw new Error(`${name}: ${where}: ${message}, expected bitscape/recipe/1`);
}

interface Fault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly depth: number;
}

/** Of alternatives that all failed, the one that was followed furthest says what is wrong. */
function deepest(issues: readonly z.core.$ZodIssue[], from: readonly PropertyKey[]): Fault {
  const faults = issues.map((issue): Fault => {
    const path = [...from, ...issue.path];
    if (issue.code === "invalid_union") return deepest(issue.errors.flat(), path);
    const depth = path.length + (issue.code === "unrecognized_keys" ? 1 : 0);
    return { path, message: issue.message, depth };
  });
  const none = { path: from, message: "not a recipe", depth: -1 };
  return faults.reduce((best, each) => (each.depth > best.depth ? each : best), none);
}

/** The scheme of one layer's weight or activation; undefined where it stays float. */
export function schemeFor(recipe: Recipe, layer: string, target: Target): Scheme | undefined {
  const own = recipe.layers?.[layer];
  const chosen = own === "float" ? "float" : own?.[target];
  const fallback = recipe.defaults?.[target];
  const effective = chosen ?? fallback;
  if (effective === undefined || effective === "float") return undefined;
  const base = fallback === undefined || fallback === "float" ? {} : fallback;
  return { ...baseSchemes[target], ...defined(base), ...defined(effective) } as Scheme;
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

/** Starting points, by the names the command line gives them. */
export const presets: Readonly<Record<string, NonNullable<Recipe["defaults"]>>> = {
  w8a8: { weight: int8, activation: uint8 },
  w8: { weight: affine8 },
  w4: { weight: int4 },
  w4a8: { weight: int4, activation: uint8 },
  w2: { weight: int2 },
};

/** A recipe from a preset's name. Throws where there is none of that name. */
export function presetRecipe(preset: string): Recipe {
  const defaults = Object.hasOwn(presets, preset) ? presets[preset] : undefined;
  if (!defaults) throw new Error(`preset: "${preset}", expected one of ${Object.keys(presets).join(", ")}`);
  return { schema: "bitscape/recipe/1", seed: 0, defaults, layers: {} };
}
