// Opening models and data, one after the other. What follows from them is judging.ts.

import type { DataRequest, ModelSummary, Preprocess, SplitOptions } from "@bitscape/engine";
import { presetRecipe } from "@bitscape/engine";
import { sampleNamed } from "@bitscape/samples";
import { breath } from "./breath.ts";
import { noLimits } from "./budget/limits.ts";
import { engine, jobName, newEpoch, prepare } from "./connection.ts";
import { emptyShelf, outliving, putAway, takeOut } from "./earlierData.ts";
import { withPreprocess } from "./edits.ts";
import { differs, fitted, takenWords } from "./fitting.ts";
import { judge, resumeAll } from "./judging.ts";
import { forgetAll, forgetScores, stopMeasuring } from "./measure.ts";
import { clearErrors, isLost, notify, report, sentenceOf } from "./notices.ts";
import { askPins, askPinsFor, closePinning } from "./pinning.ts";
import { modulesOf } from "./rows/rows.ts";
import { get, type ModelSource, nothingKnown, set } from "./store.ts";
import { followFound, stopSweep } from "./sweep/sweeps.ts";
import { forgetTrials } from "./trying.ts";

let openingJob: string | null = null;

/** The model file of a bundled sample. */
export async function sampleFile(name: string): Promise<File> {
  const { file } = sampleNamed(name);
  const response = await fetch(new URL(file, document.baseURI)).catch(() => {
    throw new Error(`${file}: could not be fetched, expected it beside this page`);
  });
  if (!response.ok) throw new Error(`${file}: the server answered ${response.status}, expected the file`);
  // The engine is loaded while the rest of the file comes.
  prepare();
  return new File([await response.blob()], file.split("/").at(-1) as string);
}

export async function openSample(name: string): Promise<void> {
  const sample = sampleNamed(name);
  set({ opening: { what: `Reading ${sample.title}`, done: 0, total: 0 } });
  try {
    const files = [await sampleFile(name)];
    await openStudy({ files, pins: {}, sample: name }, { kind: "sample", name });
  } catch (error) {
    set({ opening: null });
    report(error);
  }
}

/** Opens a model, with data or with what can be kept of the present data. The present study stays if it cannot be read. */
export const openStudy = (source: ModelSource, data: DataRequest | null) =>
  inTurn(async () => {
    const name = source.files[0]?.name ?? "model";
    set({ opening: { what: `Reading ${name}`, done: 0, total: 0 } });
    await quiet();
    const kept = get().dataRequest;
    const request = data ?? (kept.kind === "files" ? kept : { kind: "synthetic" });
    try {
      const [model, from] = await openFitting(source, data);
      // Thousands of names are grouped before the rows are drawn, in a task of its own.
      modulesOf(model.layers);
      await breath();
      adopt(from, model, request);
    } catch (error) {
      set({ opening: null });
      if (isLost(error)) notify("error", `${name}: the engine stopped while reading it.`);
      report(error);
      resumeAll();
      return;
    }
    const now = get();
    if (now.model && now.source) askPins(now.model, now.source.pins);
    const end = await readData(request, data === null);
    if (end === "failed" && request.kind !== "synthetic") await readData({ kind: "synthetic" });
  });

/** Reads a model, with the sizes that the data have where it leaves them open and nobody chose. */
async function openFitting(
  source: ModelSource,
  data: DataRequest | null,
): Promise<[ModelSummary, ModelSource]> {
  const model = await openModel(source);
  const other = data && (await fitted(source, model, data));
  if (!other) return [model, source];
  if (!differs(model, other.pins)) return [model, other];
  try {
    const refitted = await openModel(other);
    notify("info", takenWords(model, other));
    return [refitted, other];
  } catch (error) {
    if (isLost(error)) throw error;
    // A network may take only some sizes: its guess was one of them.
    return [await openModel(source), source];
  }
}

/** Reads a model. Where the worker dies under the first one, the fresh worker gets it again, a few times. */
async function openModel({ files, pins }: ModelSource, tries = 4): Promise<ModelSummary> {
  const first = get().model === null;
  try {
    return await engine().openModel(files, pins, progress);
  } catch (error) {
    if (!first || !isLost(error) || tries <= 1) throw error;
    return openModel({ files, pins }, tries - 1);
  }
}

/** The same model with other sizes for its symbolic dimensions. */
export async function repin(pins: Readonly<Record<string, number>>): Promise<void> {
  const { source, dataRequest, recipe } = get();
  if (!source) return;
  const { taken: _, ...own } = source;
  await openStudy({ ...own, pins }, dataRequest);
  if (get().source?.pins === pins) set({ recipe: withPreprocess(recipe, get().recipe.preprocess) });
}

/** Opens other data for the present model. The present data stay if these cannot be read. */
export const openData = (asked: DataRequest | (() => DataRequest | null)) =>
  inTurn(async () => {
    const request = typeof asked === "function" ? asked() : asked;
    if (!request || !get().model) return;
    // Said before what is running has come to its end, which a slow network may take seconds for.
    set({ opening: { what: "Reading the data", done: 0, total: 0 } });
    await quiet();
    const before = get();
    const fits = await refit(request);
    if ((await readData(request)) === "read") clearErrors();
    // The model has other sizes by now: what it had before does not fit it any more.
    else if (fits)
      await readData(before.dataRequest.kind === "files" ? { kind: "synthetic" } : before.dataRequest);
    else resumeAll();
  });

/** Opens the present model with the sizes that other data have, its recipe as it is. Resolves with whether it had to. */
async function refit(request: DataRequest): Promise<boolean> {
  const { source, model, recipe, past, future } = get();
  const other = source && model && (await fitted(source, model, request).catch(() => null));
  if (!other || !differs(model, other.pins)) return false;
  try {
    const refitted = await openModel(other);
    adopt(other, refitted, request);
    set({ recipe, past, future });
    closePinning();
    notify("info", takenWords(model, other));
    return true;
  } catch (error) {
    if (!isLost(error)) await openModel(source);
    return false;
  }
}

/** The present images with other preprocessing: other than it is when earlier changes are through. */
export const preprocess = (change: Partial<Preprocess>) =>
  openData(() => {
    const { dataRequest, data } = get();
    if (dataRequest.kind !== "files") return null;
    return { ...dataRequest, preprocess: { ...data?.preprocess, ...change } };
  });

type FilesRequest = Extract<DataRequest, { kind: "files" }>;

/** What can be changed of how files are read, beside their preprocessing; undefined takes it back. */
export type Relabelling = {
  readonly [K in "labels" | "mapping" | "outputs" | "words"]?: FilesRequest[K] | undefined;
};

/** The present files with other labels, another mapping of them, names of outputs, or words of tokens. */
export const relabel = (change: Relabelling) =>
  openData(() => {
    const { dataRequest } = get();
    forgetTrials();
    return dataRequest.kind === "files" ? without({ ...dataRequest, ...change }) : null;
  });

/** The present data with other samples to calibrate on and to evaluate on; undefined: as data are split by themselves. */
export const resplit = (split: SplitOptions | undefined) =>
  openData(() => {
    const { dataRequest } = get();
    const own = dataRequest.kind === "files" ? ({ apart: true } as const) : undefined;
    return without({ ...dataRequest, split: split ?? own });
  });

/** Without what is undefined, which a kept document could not tell from what is absent. */
const without = (request: { readonly [K in keyof FilesRequest]?: unknown }) =>
  Object.fromEntries(
    Object.entries(request).filter(([, value]) => value !== undefined),
  ) as unknown as DataRequest;

export function cancelOpening(): void {
  if (openingJob) engine().cancel(openingJob).catch(report);
}

const progress = (what: string, done: number, total: number) => {
  const { opening } = get();
  if (opening) set({ opening: { ...opening, what, done, total } });
};

/** A new study: its recipe is 8-bit weights, and nothing is known of it. */
function adopt(source: ModelSource, model: ModelSummary, dataRequest: DataRequest): void {
  clearErrors();
  newEpoch();
  forgetAll();
  emptyShelf();
  const { name, sha256 } = model;
  set({
    source,
    model,
    dataRequest,
    recipe: { ...presetRecipe("w8"), model: { name, sha256 } },
    past: [],
    future: [],
    selected: (model.layers.find(({ weights }) => weights.length > 0) ?? model.layers[0])?.id ?? null,
    rangeEnd: null,
    filter: "",
    target: "weight",
    paused: false,
    data: null,
    previews: [],
    float: null,
    secondsPerSample: null,
    ...nothingKnown,
    limits: noLimits,
    pairsAsked: null,
    exporting: { phase: "idle" },
  });
}

/**
 * Reads data, then has the float network run on them, then the plan.
 * @param left data of the study before, which nobody asked for: that they do not fit is no error
 */
export async function readData(request: DataRequest, left = false): Promise<"read" | "failed" | "lost"> {
  const job = jobName("data");
  openingJob = job;
  set({ opening: { what: "Reading the data", done: 0, total: 0, cancellable: true } });
  try {
    const data = await engine().openData(job, request, progress);
    newEpoch();
    putAway(get());
    forgetScores();
    const back = takeOut(request, data);
    set({
      data,
      dataRequest: request,
      // What the file would say of itself: without it the promised size is not the written one.
      recipe: withPreprocess(get().recipe, data.kind === "real" ? data.preprocess : null),
      previews: [],
      float: null,
      ...nothingKnown,
      ...(back?.known ?? outliving(get(), request, data)),
      pairsAsked: null,
      opening: null,
    });
    if (back) followFound(back.of);
  } catch (error) {
    set({ opening: null });
    if ((error as Error).name !== "AbortError") {
      if (left && !isLost(error))
        notify("info", `${sentenceOf(error)}: the data of the study before are not used.`);
      else report(error);
      askPinsFor(get().model, request, sentenceOf(error));
    }
    return isLost(error) ? "lost" : "failed";
  } finally {
    openingJob = null;
  }
  void judge();
  return "read";
}

/** Ends what is running, before the worker gets another study. */
async function quiet(): Promise<void> {
  stopMeasuring();
  await stopSweep();
}

let turn: Promise<unknown> = Promise.resolve();

/** One opening after the other: each must find the worker with a whole study, or none. */
export function inTurn<T>(open: () => Promise<T>): Promise<T> {
  const opened = turn.then(open);
  turn = opened.catch(() => {});
  return opened;
}
