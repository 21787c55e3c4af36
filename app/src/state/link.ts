// A study as a link: the recipe, and where its model can be had if anywhere. Never data. The link's text is after the #,
// which browsers do not send to servers.

import { parseRecipe, type Recipe } from "@bitscape/engine";

/** What a link brings. */
export interface Linked {
  readonly recipe: Recipe;
  /** Name of the bundled sample that it is for. */
  readonly sample?: string;
}

const KEY = "study=";

/** The part of an address after the #. */
export async function linkOf({ recipe, sample }: Linked): Promise<string> {
  const text = JSON.stringify({ recipe, ...(sample !== undefined && { sample }) });
  return `${KEY}${await packed(text)}`;
}

/**
 * What an address brings, by its part after the #; null where it brings nothing.
 * @throws a sentence where the link is damaged
 */
export async function linked(hash: string): Promise<Linked | null> {
  const text = hash.replace(/^#/, "");
  if (!text.startsWith(KEY)) return null;
  let json: { recipe?: unknown; sample?: unknown };
  try {
    json = JSON.parse(await unpackedText(text.slice(KEY.length)));
  } catch {
    throw new Error("link: damaged or cut short, expected the whole address as it was copied");
  }
  const recipe = parseRecipe(json.recipe, "link");
  return { recipe, ...(typeof json.sample === "string" && { sample: json.sample }) };
}

async function packed(text: string): Promise<string> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

async function unpackedText(code: string): Promise<string> {
  const binary = atob(code.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).text();
}
