// The session: owns the connection to the engine, opens models and data, and starts whatever follows from the study.
// What follows is elsewhere: sweeps.ts (the plan), measure.ts (size and score of the recipe).

import {
  type DataRequest,
  type EngineClient,
  type ModelSummary,
  type Preprocess,
  presetRecipe,
} from "@bitscape/engine";
import { sampleNamed } from "@bitscape/samples";
import { connect, disconnect, engine, jobName, newEpoch, sameStudy } from "./connection.ts";
import { withPreprocess } from "./edits.ts";
import { askScore, askSize, forgetAll, forgetScores, stopMeasuring } from "./measure.ts";
import { clearErrors, isLost, notify, report, sentenceOf } from "./notices.ts";
import { canAsk, get, initialState, type ModelSource, set, useStore } from "./store.ts";
import { afterFirstPass, pause, runPlan, stopSweep } from "./sweeps.ts";

let losses: number[] = [];
let openingJob: string | null = null;

/** Connects to an engine and opens the first sample. Returns what ends it all. */
export function start(connectEngine: () => EngineClient, sample = "shapes-resnet"): () => void {
  set(initialState);
  losses = [];
  const client = connectEngine();
  connect(client);
  const offLost = client.onLost((reason) => void comeBack(reason));
  const offEdits = useStore.subscribe((state, before) => {
    // Only edits: other data bring other preprocessing into the recipe, and have their own order of things (judge).
    if (state.recipe === before.recipe || state.data !== before.data) return;
    afterFirstPass(() => {});
    askSize();
    askScore();
  });
  void openSample(sample);
  return () => {
    offLost();
    offEdits();
    disconnect();
  };
}

export async function openSample(name: string): Promise<void> {
  const sample = sampleNamed(name);
  set({ opening: { what: `Reading ${sample.title}`, done: 0, total: 0 } });
  try {
    const response = await fetch(new URL(sample.file, document.baseURI));
    if (!response.ok)
      throw new Error(`${sample.file}: the server answered ${response.status}, expected the file`);
    const file = new File([await response.blob()], sample.file.split("/").at(-1) as string);
    await openStudy({ files: [file], pins: {}, sample: name }, { kind: "sample", name });
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
      adopt(source, await openModel(source), request);
    } catch (error) {
      set({ opening: null });
      if (isLost(error)) notify("error", `${name}: the engine stopped while reading it.`);
      report(error);
      resumeAll();
      return;
    }
    const end = await readData(request);
    if (end === "failed" && request.kind !== "synthetic") await readData({ kind: "synthetic" });
  });

/** Reads a model. Where the worker dies under the first one, the fresh worker gets it once more. */
async function openModel({ files, pins }: ModelSource): Promise<ModelSummary> {
  const first = get().model === null;
  try {
    return await engine().openModel(files, pins, progress);
  } catch (error) {
    if (!first || !isLost(error)) throw error;
    return engine().openModel(files, pins, progress);
  }
}

/** The same model with other sizes for its symbolic dimensions. */
export async function repin(pins: Readonly<Record<string, number>>): Promise<void> {
  const { source, dataRequest, recipe } = get();
  if (!source) return;
  await openStudy({ ...source, pins }, dataRequest);
  if (get().source?.pins === pins) set({ recipe: withPreprocess(recipe, get().recipe.preprocess) });
}

/** Opens other data for the present model. The present data stay if these cannot be read. */
export const openData = (request: DataRequest) =>
  inTurn(async () => {
    if (!get().model) return;
    await quiet();
    if ((await readData(request)) === "read") clearErrors();
    else resumeAll();
  });

/** The present images with other preprocessing. */
export async function preprocess(change: Partial<Preprocess>): Promise<void> {
  const { dataRequest, data } = get();
  if (dataRequest.kind !== "files") return;
  await openData({ ...dataRequest, preprocess: { ...data?.preprocess, ...change } });
}

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
  const { name, sha256 } = model;
  set({
    source,
    model,
    dataRequest,
    recipe: { ...presetRecipe("w8"), model: { name, sha256 } },
    past: [],
    future: [],
    selected: model.layers[0]?.id ?? null,
    rangeEnd: null,
    filter: "",
    target: "weight",
    paused: false,
    data: null,
    previews: [],
    float: null,
    cells: new Map(),
    exporting: { phase: "idle" },
  });
}

/** Reads data, then has the float network run on them, then the plan. */
async function readData(request: DataRequest): Promise<"read" | "failed" | "lost"> {
  const job = jobName("data");
  openingJob = job;
  set({ opening: { what: "Reading the data", done: 0, total: 0, cancellable: true } });
  try {
    const data = await engine().openData(job, request, progress);
    newEpoch();
    forgetScores();
    set({
      data,
      dataRequest: request,
      // What the file would say of itself: without it the promised size is not the written one.
      recipe: withPreprocess(get().recipe, data.kind === "real" ? data.preprocess : null),
      previews: [],
      float: null,
      cells: new Map(),
      opening: null,
    });
  } catch (error) {
    set({ opening: null });
    if ((error as Error).name !== "AbortError") report(error);
    return isLost(error) ? "lost" : "failed";
  } finally {
    openingJob = null;
  }
  void judge();
  return "read";
}

/** What follows from new data: a look at them, the float network's score, the heatmap, the recipe's own score. */
async function judge(): Promise<void> {
  const same = sameStudy();
  try {
    askSize();
    const previews = await engine().previews(24);
    if (!same()) return;
    set({ previews });
    const float = await engine().floatScore(jobName("float"), (running) => {
      if (same()) set({ float: running });
    });
    if (same()) set({ float });
  } catch (error) {
    if (same()) report(error);
  }
  if (same()) resumeAll(true);
}

function resumeAll(coarseFirst = false): void {
  if (!canAsk()) return;
  askSize();
  if (coarseFirst) afterFirstPass(askScore);
  else askScore();
  runPlan();
}

/** Ends what is running, before the worker gets another study. */
async function quiet(): Promise<void> {
  stopMeasuring();
  await stopSweep();
}

/** The worker died and a fresh one is there: gives it the same model and data, and goes on. Nothing known is lost. */
async function comeBack(reason: string): Promise<void> {
  newEpoch();
  const { model, exporting } = get();
  set({
    lost: { reason, back: false },
    opening: model ? null : get().opening,
    measuring: false,
    ...(exporting.phase === "running" && {
      exporting: {
        phase: "failed",
        sentence: `The engine stopped during the export (${reason}). Try again.`,
      },
    }),
  });
  // The first model is read once more by whoever was reading it.
  if (!model) return set({ lost: { reason, back: true } });
  const now = performance.now();
  losses = [...losses.filter((time) => now - time < 60_000), now];
  await inTurn(() => reopen(reason));
}

async function reopen(reason: string): Promise<void> {
  const { source, dataRequest, model, data } = get();
  if (!source || !model) return;
  const same = sameStudy();
  try {
    await engine().openModel(source.files, source.pins, () => {});
    if (data) await engine().openData(jobName("data"), dataRequest, () => {});
  } catch (error) {
    if (!same() || isLost(error)) return;
    return notify(
      "error",
      `The engine was restarted but could not open ${model.name} again: ${sentenceOf(error)}`,
    );
  }
  if (!same()) return;
  set({ lost: { reason, back: true } });
  if (losses.length >= 3) {
    notify("error", "The engine stopped three times within a minute: measuring is paused.");
    pause();
  }
  if (!data) await readData(dataRequest);
  else if (!get().float?.done) void judge();
  else resumeAll();
}

let turn: Promise<unknown> = Promise.resolve();

/** One opening after the other: each must find the worker with a whole study, or none. */
function inTurn<T>(open: () => Promise<T>): Promise<T> {
  const opened = turn.then(open);
  turn = opened.catch(() => {});
  return opened;
}

export const dismissLost = () => set({ lost: null });
