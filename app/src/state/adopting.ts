// A recipe from elsewhere (a file, a link) made the present one: checked by the engine against the network on the screen.

import type { Preprocess, Recipe } from "@bitscape/engine";
import { engine } from "./connection.ts";
import { withPreprocess } from "./edits.ts";
import { notify } from "./notices.ts";
import { preprocess } from "./opening.ts";
import { canAsk, get } from "./store.ts";
import { edit } from "./study.ts";

/**
 * Makes a recipe the present one, as one step that can be undone.
 * @throws a sentence where there is no network yet, or the recipe is not for this one
 */
export async function adoptRecipe(recipe: Recipe, name: string): Promise<void> {
  const { model, data, dataRequest } = get();
  if (!model || !canAsk()) throw new Error(`${name}: a recipe without a model, expected a model first`);
  const pixels = changed(data?.preprocess ?? null, recipe.preprocess);
  // Images mean what the recipe says: what was measured with other pixels would not be its accuracy.
  if (pixels && dataRequest.kind === "files") await preprocess(pixels);
  const present = get().recipe;
  const own: Recipe = { ...recipe, model: { name: model.name, sha256: model.sha256 } };
  const adopted = withPreprocess(own, present.preprocess);
  await engine().size(adopted);
  edit(adopted);
  if (recipe.model && recipe.model.sha256 !== model.sha256) {
    notify(
      "info",
      `${name} was made for another file (${recipe.model.name}, SHA-256 ${recipe.model.sha256.slice(0, 12)}…): its layers are all here, so it was applied.`,
    );
  }
}

/** What a recipe's preprocessing has other than it is; undefined where nothing. */
function changed(present: Preprocess | null, wanted: Recipe["preprocess"]): Partial<Preprocess> | undefined {
  if (!present || !wanted) return undefined;
  const differing = Object.entries(wanted).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(present[key as keyof Preprocess]),
  );
  return differing.length > 0 ? (Object.fromEntries(differing) as Partial<Preprocess>) : undefined;
}
