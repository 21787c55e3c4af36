// Sizes of a network's open axes as data have them: taken where nobody chose others, so that data fit when they come. What
// is asked of a person instead is pinning.ts.

import type { DataRequest, ModelSummary } from "@bitscape/engine";
import { engine } from "./connection.ts";
import { openDims } from "./pinning.ts";
import type { ModelSource } from "./store.ts";

/** What the person reads about where sizes come from: one file's name, or how many files. */
const nameOf = (files: readonly File[]) =>
  files.length === 1 ? (files[0] as File).name.split("/").at(-1) : `${files.length} files`;

/**
 * The model's source with the sizes that the data have, each with where it was taken from; null where there is nothing to
 * take or to change.
 */
export async function fitted(
  source: ModelSource,
  model: ModelSummary,
  request: DataRequest,
): Promise<ModelSource | null> {
  const free = openDims(model).filter(({ name }) => !(name in source.pins) || source.taken?.[name]);
  if (request.kind !== "files" || free.length === 0) return null;
  const sizes = await engine().sizes(request);
  const names = free.map(({ name }) => name).filter((name) => sizes[name] !== undefined);
  if (names.length === 0) return null;
  const from = nameOf(request.files) ?? "the data";
  return {
    ...source,
    pins: { ...source.pins, ...Object.fromEntries(names.map((name) => [name, sizes[name] as number])) },
    taken: { ...source.taken, ...Object.fromEntries(names.map((name) => [name, from])) },
  };
}

/** Whether a model was opened with other sizes than these. */
export const differs = ({ pins }: Pick<ModelSummary, "pins">, wanted: Readonly<Record<string, number>>) =>
  Object.entries(wanted).some(([name, size]) => pins[name] !== size);

/** What was taken, in a sentence. */
export function takenWords({ name }: Pick<ModelSummary, "name">, { pins, taken = {} }: ModelSource): string {
  const sizes = Object.keys(taken).map((dim) => `${dim} ${pins[dim]}`);
  const from = [...new Set(Object.values(taken))].join(" and ");
  return `${name}: opened with ${sizes.join(", ")}, taken from ${from}; other sizes can be chosen under “About this model”.`;
}
