// Opening what was dropped, chosen or linked to: a model, data, a recipe, or several together.

import { nameOf, remoteFile } from "../fetch/remote.ts";
import { adoptRecipe } from "../state/adopting.ts";
import { report } from "../state/notices.ts";
import { openData, openStudy } from "../state/opening.ts";
import { get, set } from "../state/store.ts";
import { sortDropped } from "./dropped.ts";

export async function openFiles(given: readonly File[]): Promise<void> {
  if (given.length === 0) return;
  try {
    await openAll(given);
  } catch (error) {
    report(error);
  }
}

async function openAll(given: readonly File[]): Promise<void> {
  // Loaded when first needed: archives and recipes are seldom what a visit begins with.
  const { takeRecipe } = await import("./recipeFile.ts");
  const { recipe, others } = await takeRecipe(await unzipped(given));
  if (others.length > 0) {
    const { model, data } = sortDropped(others);
    const request = data.length ? ({ kind: "files", files: data } as const) : null;
    if (model.length) await openStudy({ files: model, pins: {} }, request);
    else if (!get().model) throw new Error(`${data[0]?.name}: data without a model, expected a model first`);
    else if (request) await openData(request);
  }
  if (recipe) {
    const name = given.find((file) => !others.includes(file))?.name ?? "recipe";
    await adoptRecipe(recipe, name);
  }
}

async function unzipped(files: readonly File[]): Promise<readonly File[]> {
  if (!files.some(({ name }) => /\.zip$/i.test(name))) return files;
  return (await import("./archive.ts")).unpacked(files);
}

let fetching: AbortController | null = null;

/** Fetches a model, or a zip with one, from an address, and opens it. Resolves with whether that worked. */
export async function openAddress(address: string): Promise<boolean> {
  fetching?.abort();
  const stop = new AbortController();
  fetching = stop;
  try {
    const url = addressOf(address);
    const what = `Fetching ${nameOf(url)} from ${url.host}`;
    set({ opening: { what, done: 0, total: 0, bytes: true, cancellable: true } });
    const onProgress = (done: number, total: number) =>
      set({ opening: { what, done, total, bytes: true, cancellable: true } });
    const file = await remoteFile(url, onProgress, stop.signal);
    set({ opening: null });
    await openAll([/\.(onnx|zip|json)$/i.test(file.name) ? file : new File([file], `${file.name}.onnx`)]);
    return true;
  } catch (error) {
    set({ opening: null });
    if ((error as Error).name !== "AbortError") report(error);
    return false;
  } finally {
    if (fetching === stop) fetching = null;
  }
}

/** Ends a fetch that is under way. Returns whether there was one. */
export function cancelFetch(): boolean {
  fetching?.abort();
  return fetching !== null;
}

function addressOf(address: string): URL {
  try {
    return new URL(address.trim(), document.baseURI);
  } catch {
    throw new Error(`${address}: not an address, expected one like https://example.org/model.onnx`);
  }
}
