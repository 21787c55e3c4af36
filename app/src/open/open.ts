// Opening what was dropped, chosen or linked to: a model, data, a recipe, or several together.

import type { DataRequest } from "@bitscape/engine";
import { nameOf, remoteFile } from "../fetch/remote.ts";
import { adoptRecipe } from "../state/adopting.ts";
import { report } from "../state/notices.ts";
import { openData, openStudy, type Relabelling, relabel } from "../state/opening.ts";
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
  if (await takeAside(given)) return;
  // Loaded when first needed: archives and recipes are seldom what a visit begins with.
  const { takeRecipe } = await import("./recipeFile.ts");
  const loose = await withoutStudy(given);
  const { recipe, others } = await takeRecipe(await unzipped(loose));
  if (others.length > 0) {
    const { model, data } = sortDropped(others);
    const request = data.length ? await requestFor(data) : null;
    if (model.length) await openStudy({ files: model, pins: {} }, request);
    else if (!get().model) throw new Error(`${data[0]?.name}: data without a model, expected a model first`);
    else if (request) await openData(request);
  }
  if (recipe) {
    const name = given.find((file) => !others.includes(file))?.name ?? "recipe";
    await adoptRecipe(recipe, name);
  }
}

/** Opens a study's file where there is one among them; what is left is opened beside it. */
async function withoutStudy(files: readonly File[]): Promise<readonly File[]> {
  if (!files.some(isZip)) return files;
  const { takeStudy } = await import("../keep/studyReading.ts");
  const { study, name, others } = await takeStudy(files);
  if (study) await (await import("../keep/studyOpening.ts")).openStudyFile(study, name);
  return others;
}

const isZip = ({ name }: File) => /\.zip$/i.test(name);

/** Labels, names of outputs or words of tokens for the data that are open. Resolves with whether it was one of them. */
async function takeAside(given: readonly File[]): Promise<boolean> {
  const [file, ...others] = given;
  if (!file || others.length > 0 || get().dataRequest.kind !== "files" || get().opening) return false;
  const aside = await asidesIn([file]);
  if (aside.data.length > 0) return false;
  await relabel(aside.relabelling);
  return true;
}

/** Data, and what among them only says how to read the rest. */
async function asidesIn(
  files: readonly File[],
): Promise<{ readonly data: readonly File[]; readonly relabelling: Relabelling }> {
  const { asideOf } = await import("./aside.ts");
  const data: File[] = [];
  let relabelling: Relabelling = {};
  for (const file of files) {
    const kind = asideOf(file.name, await file.slice(0, 4096).text());
    if (!kind) data.push(file);
    else if (kind === "labels") relabelling = { ...relabelling, labels: file, mapping: undefined };
    else if (kind === "words") relabelling = { ...relabelling, words: file };
    else {
      const { namesIn } = await import("@bitscape/engine");
      relabelling = { ...relabelling, outputs: namesIn(await file.text(), file.name) };
    }
  }
  return { data, relabelling };
}

/** A request for data files; labels beside an archive or an array are for what is in it. */
async function requestFor(files: readonly File[]): Promise<DataRequest> {
  const { data, relabelling } = files.length > 4 ? { data: [], relabelling: {} } : await asidesIn(files);
  const [only, ...others] = data;
  // Ranges fitted to the samples that judge them would flatter what is measured.
  const asked = { kind: "files", split: { apart: true } } as const;
  if (!only || others.length > 0 || !/\.(zip|np[yz]|csv|jsonl)$/i.test(only.name)) return { ...asked, files };
  const { mapping: _, ...more } = relabelling;
  return { ...asked, files: data, ...more } as DataRequest;
}

async function unzipped(files: readonly File[]): Promise<readonly File[]> {
  if (!files.some(isZip)) return files;
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
