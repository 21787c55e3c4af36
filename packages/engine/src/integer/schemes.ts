// What an integer-only file makes of a weight's scheme: a sum has one scale, so that blocks along it become channels.

import type { RecipeScheme } from "../recipe.ts";

/** The scheme with one scale a channel where it had one a block; the same one where it had not. */
export function summable(scheme: RecipeScheme): RecipeScheme {
  return typeof scheme.granularity === "object" ? { ...scheme, granularity: "channel" } : scheme;
}

export const blocksLost =
  "weights: one scale a channel instead of one a block, which integers cannot be summed over";
