// A recipe among dropped files: told from other JSON by its schema.

import { parseRecipe, type Recipe } from "@bitscape/engine";

/** Characters of the largest file that is looked at. */
const LARGEST = 20e6;

/**
 * Takes the recipe out of some files.
 * @throws a sentence where a recipe is not one after all, or JSON is all there is and none is a recipe
 */
export async function takeRecipe(
  files: readonly File[],
): Promise<{ recipe: Recipe | null; others: readonly File[] }> {
  const alone = files.every(({ name }) => isJson(name));
  for (const file of files) {
    if (!isJson(file.name) || file.size > LARGEST) continue;
    const json = await jsonOf(file).catch((error: unknown) => {
      if (alone) throw error;
      return undefined;
    });
    if (!alone && !claimsToBeRecipe(json)) continue;
    return { recipe: parseRecipe(json, file.name), others: files.filter((each) => each !== file) };
  }
  return { recipe: null, others: files };
}

const isJson = (name: string) => /\.json$/i.test(name);

async function jsonOf(file: File): Promise<unknown> {
  try {
    return JSON.parse(await file.text());
  } catch {
    throw new Error(`${file.name}: not JSON, expected a recipe that Bitscape wrote`);
  }
}

const claimsToBeRecipe = (json: unknown) =>
  typeof json === "object" &&
  json !== null &&
  String((json as { schema?: unknown }).schema).startsWith("bitscape/recipe");
