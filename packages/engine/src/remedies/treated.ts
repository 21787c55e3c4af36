// Recipes that differ in one layer: another treatment of one of its tensors, nothing but it, everything but it. What an
// "apply" adopts is exactly what was measured.

import { type Choice, type LayerChoice, type Recipe, schemeFor, type Target } from "../recipe.ts";

/** A row, and the rows that decide its activations with it (LayerSummary has both). */
export interface Row {
  readonly id: string;
  readonly sharedWith: readonly string[];
}

const floats = { weight: "float", activation: "float" } as const;

/** The recipe with one tensor of a row treated otherwise; activations are decided with the rows that share them. */
export function withTreatment(recipe: Recipe, row: Row, target: Target, choice: Choice): Recipe {
  const layers: Record<string, LayerChoice> = { ...recipe.layers };
  for (const id of target === "activation" ? [row.id, ...row.sharedWith] : [row.id]) {
    const own = layers[id];
    layers[id] = { ...(own === "float" ? floats : own), [target]: choice };
  }
  return { ...recipe, layers };
}

/** This row as the recipe has it, all others float. Integers alone need them all quantized: the file has QDQ pairs. */
export function onlyRow(recipe: Recipe, rows: readonly { readonly id: string }[], { id }: Row): Recipe {
  const { arithmetic: _, ...others } = recipe;
  const layers: Record<string, LayerChoice> = Object.fromEntries(rows.map((row) => [row.id, "float"]));
  layers[id] = {
    weight: schemeFor(recipe, id, "weight") ?? "float",
    activation: schemeFor(recipe, id, "activation") ?? "float",
  };
  return { ...others, layers };
}

/** The recipe with this row float. */
export const allButRow = (recipe: Recipe, row: Row): Recipe =>
  withTreatment(withTreatment(recipe, row, "weight", "float"), row, "activation", "float");
