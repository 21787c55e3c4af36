// Recipes as JSON: the published schema, and reading. Unknown keys are refused. Apart from recipe.ts so that a page that only
// edits recipes does not load the schema's library.

import { formatFacts, formatRows } from "@bitscape/quant";
import * as z from "zod";
import { arithmeticSchema } from "./integer/arithmeticSchema.ts";
import { activationFacts } from "./plan/activation.ts";
import type { Recipe } from "./recipe.ts";
import { repairNames } from "./repair/names.ts";
import { memories } from "./runtime/memory.ts";

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
  z.strictObject({
    clip: z
      .tuple([z.number().max(0), z.number().min(0)])
      .refine(([low, high]) => low < high, { message: "no range, expected low ≤ 0 ≤ high and low < high" }),
  }),
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
  repairs: z.array(z.enum(repairNames)).optional(),
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
