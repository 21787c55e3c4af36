// A field of every scheme of a recipe at once: the defaults' and each layer's own. Values; what it does to the loss is measured.

import { type Choice, type Recipe, schemeFor, type Target } from "@bitscape/engine";

type Fields = Exclude<Choice, "float">;

/** @param fits of the layers (and "" for the defaults) that get the fields; those that stay float never do */
export function withEverywhere(
  recipe: Recipe,
  target: Target,
  fields: Fields,
  fits: (layer: string) => boolean = () => true,
): Recipe {
  const changed = (choice: Choice | undefined, id: string): Choice | undefined =>
    choice === undefined || choice === "float" || !fits(id) ? choice : { ...choice, ...fields };
  const base = recipe.defaults?.[target];
  const layers = Object.fromEntries(
    Object.entries(recipe.layers ?? {}).map(([id, layer]) => {
      if (layer === "float" || layer[target] === undefined) return [id, layer];
      return [id, { ...layer, [target]: changed(layer[target], id) }];
    }),
  );
  return {
    ...recipe,
    ...(base !== undefined && { defaults: { ...recipe.defaults, [target]: changed(base, "") } }),
    ...(recipe.layers && { layers }),
  };
}

/** Layers whose tensors of a target are quantized. */
export function quantizedRows(
  recipe: Recipe,
  layers: readonly { readonly id: string }[],
  target: Target,
): string[] {
  return layers.filter(({ id }) => schemeFor(recipe, id, target) !== undefined).map(({ id }) => id);
}
