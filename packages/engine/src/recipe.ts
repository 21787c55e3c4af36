// Recipe: the whole decision, as the JSON a person downloads (design: bitscape/recipe version 1). Unknown keys are
// refused. Resolves what each layer is to get; does not know any network.

import { formatFacts, formatRows, type Scheme } from "@bitscape/quant";
import * as z from "zod";
import { activationFacts } from "./activation.ts";
import { type Arithmetic, arithmeticSchema } from "./integer/arithmetic.ts";
import { type Memory, memories } from "./memory.ts";

// Zod would compile its checks with `new Function`, which the page's content policy forbids.
z.config({ jitless: true });

const granularity = z.union([
  z.enum(["tensor", "channel"]),
  z.strictObject({ block: z.int().min(8).max(4096) }),
]);
const baseRange = z.union([
  z.enum(["minmax", "mse", "sawb"]),
  z.strictObject({ percentile: z.number().gt(50).max(100) }),
  z.strictObject({ lp: z.number().min(0.5).max(16) }),
]);
const range = z.union([
  baseRange,
  z.strictObject({ ratio: z.number().gt(0).max(64), of: baseRange.optional() }),
]);

/** A name that its parser knows; the parser's sentence where it does not. */
function formatName(facts: (name: string) => unknown, description: string) {
  return z
    .string()
    .superRefine((name, context) => {
      try {
        facts(name);
      } catch (error) {
        context.addIssue({ code: "custom", message: (error as Error).message });
      }
    })
    .describe(description);
}

const fields = {
  granularity: granularity.optional(),
  symmetric: z.boolean().optional(),
  range: range.optional(),
  rounding: z.enum(["nearest", "squant"]).optional(),
};
const weight = z.strictObject({
  format: formatName(formatFacts, formatRows.map(({ pattern }) => pattern).join(", ")).optional(),
  ...fields,
  centroids: z.enum(["float32", "int8"]).optional(),
  memory: z.enum(memories).optional(),
});
const activation = z.strictObject({
  format: formatName(
    activationFacts,
    "int2 … int8, int16, uint2 … uint8, uint16, float8e4m3 or float8e5m2",
  ).optional(),
  ...fields,
});
const float = z.literal("float");
const choices = {
  weight: z.union([float, weight]).optional(),
  activation: z.union([float, activation]).optional(),
};
const layer = z.union([float, z.strictObject(choices)]);
const triple = z.array(z.number()).min(1).max(4);

/** The published schema; `recipe.schema.json` in this package is generated from it. */
export const recipeSchema = z.strictObject({
  schema: z.literal("bitscape/recipe/1"),
  model: z.strictObject({ name: z.string(), sha256: z.string() }).optional(),
  seed: z.int().min(0).optional(),
  defaults: z.strictObject(choices).optional(),
  layers: z.record(z.string(), layer).optional(),
  repairs: z.array(z.enum(["bias-correction"])).optional(),
  arithmetic: arithmeticSchema.optional(),
  tokens: z.strictObject({ fold: z.record(z.string(), z.int().min(1)) }).optional(),
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

export interface Recipe {
  readonly schema: "bitscape/recipe/1";
  readonly model?: { readonly name: string; readonly sha256: string } | undefined;
  readonly seed?: number | undefined;
  readonly defaults?:
    | { readonly weight?: Choice | undefined; readonly activation?: Choice | undefined }
    | undefined;
  readonly layers?: Readonly<Record<string, LayerChoice>> | undefined;
  readonly repairs?: readonly "bias-correction"[] | undefined;
  /** Integers alone between the quantizers of the file; QDQ pairs where absent. */
  readonly arithmetic?: Arithmetic | undefined;
  /** By layer, how many of its first tokens are constants of the file; their evidence is in its metadata. */
  readonly tokens?: { readonly fold: Readonly<Record<string, number>> } | undefined;
  readonly preprocess?: z.infer<typeof recipeSchema>["preprocess"];
}

export type Target = "weight" | "activation";

/** What a scheme's missing fields mean when neither the layer nor the defaults say. */
export const baseSchemes: Readonly<Record<Target, RecipeScheme>> = {
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
export function schemeFor(recipe: Recipe, layer: string, target: Target): RecipeScheme | undefined {
  const own = recipe.layers?.[layer];
  const chosen = own === "float" ? "float" : own?.[target];
  const fallback = recipe.defaults?.[target];
  const effective = chosen ?? fallback;
  if (effective === undefined || effective === "float") return undefined;
  const base = fallback === undefined || fallback === "float" ? {} : fallback;
  return { ...baseSchemes[target], ...defined(base), ...defined(effective) } as RecipeScheme;
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
