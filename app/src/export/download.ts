// Hands a file to the browser's downloads.

import type { Recipe } from "@bitscape/engine";

export function download(name: string, parts: BlobPart[], type: string): void {
  const url = URL.createObjectURL(new Blob(parts, { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own hold on the bytes once it has begun.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export const recipeFileName = (fileName: string) => `${fileName.replace(/\.onnx$/i, "")}.recipe.json`;

export const recipeText = (recipe: Recipe) => `${JSON.stringify(recipe, null, 2)}\n`;
