// Keeps the study on the screen as it changes: its files when they are new, its document and fresh cells a moment after
// each change and when the page is left. Where storage is full or refused this is said once, and the page goes on.

import type { DataRequest } from "@bitscape/engine";
import type { Cells, KnownCell } from "../state/known.ts";
import { notify, sentenceOf } from "../state/notices.ts";
import { get, type State, useStore } from "../state/store.ts";
import { dropStudy, type KeptData, type KeptStudy, keepStudy, keptStudies } from "./documents.ts";
import { dropFiles, keepFiles } from "./files.ts";
import { leaveWord } from "./lastWord.ts";

/** Milliseconds that changes are gathered for. */
const gather = 1000;
/** Studies that are kept; the one unused longest is dropped first. */
const most = 12;
const depth = 50;
/** Bytes of model and data together that are copied into the browser's storage. */
const largest = 1e9;

interface Session {
  readonly id: string;
  source: State["source"];
  dataFiles: DataRequest | null;
  cells: ReadonlyMap<string, KnownCell>;
  filesWritten: Promise<void>;
}

let session: Session | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
let refused = false;
let saving: Promise<void> = Promise.resolve();

/** Goes on with a study that is kept already, so that it is not written again whole. */
export function keepAs(id: string): void {
  const { source, dataRequest, cells } = get();
  session = { id, source, dataFiles: dataRequest, cells, filesWritten: Promise.resolve() };
}

/** Begins to keep. Returns what ends it. */
export function startKeeping(): () => void {
  const off = useStore.subscribe((state, before) => {
    if (worthKeeping(state) && keptFieldsOf(state).some((value, i) => value !== keptFieldsOf(before)[i])) {
      timer ??= setTimeout(save, gather);
    }
  });
  const leave = () => {
    if (document.visibilityState !== "hidden") return;
    if (session && session.source === get().source) leaveWord(session.id, get());
    save();
  };
  document.addEventListener("visibilitychange", leave);
  return () => {
    off();
    document.removeEventListener("visibilitychange", leave);
    clearTimeout(timer);
    timer = undefined;
    session = null;
  };
}

const worthKeeping = (state: State) => state.model !== null && state.data !== null && state.opening === null;

const keptFieldsOf = (state: State): readonly unknown[] => [
  state.source,
  state.dataRequest,
  state.model,
  state.data,
  state.previews,
  state.recipe,
  state.past,
  state.selected,
  state.target,
  state.paused,
  state.limits,
  state.joints,
  state.float,
  state.measured,
  state.cells,
];

function save(): void {
  clearTimeout(timer);
  timer = undefined;
  if (refused || !worthKeeping(get())) return;
  const state = get();
  saving = saving.then(() => write(state)).catch(refuse);
}

async function write(state: State): Promise<void> {
  const files = [
    ...(state.source?.sample === undefined ? (state.source?.files ?? []) : []),
    ...dataFilesOf(state.dataRequest),
  ];
  if (files.reduce((sum, { size }) => sum + size, 0) > largest) return tooLarge(state.source);
  const at = session?.source === state.source && session ? session : begin(state);
  if (at.dataFiles !== state.dataRequest) {
    at.dataFiles = state.dataRequest;
    const data = dataFilesOf(state.dataRequest);
    at.filesWritten = at.filesWritten.then(() => keepFiles(at.id, "data", data));
  }
  // A document without its files could not be opened: it comes after them.
  await at.filesWritten;
  const { fresh, stale } = changed(at.cells, state.cells);
  await keepStudy(documentOf(at.id, state), fresh, stale);
  at.cells = state.cells;
}

function begin(state: State): Session {
  const id = crypto.randomUUID();
  const { sample, files } = state.source ?? { files: [] };
  const filesWritten = sample ? Promise.resolve() : keepFiles(id, "model", files);
  session = { id, source: state.source, dataFiles: null, cells: new Map(), filesWritten };
  void tidy(id);
  return session;
}

/** Cells to write since the last time; `stale` where some are gone and all have to be written anew. */
export function changed(
  before: Cells,
  now: Cells,
): { readonly fresh: [string, KnownCell][]; readonly stale: boolean } {
  const stale = [...before.keys()].some((key) => !now.has(key));
  const fresh = [...now].filter(([key, cell]) => stale || before.get(key) !== cell);
  return { fresh, stale };
}

const dataFilesOf = (request: DataRequest): readonly File[] =>
  request.kind === "files" ? [...request.files, ...(request.labels ? [request.labels] : [])] : [];

function keptData(request: DataRequest): KeptData {
  if (request.kind !== "files") return request;
  const { files, labels, preprocess } = request;
  return {
    kind: "files",
    files: files.map(({ name }) => name),
    ...(labels && { labels: labels.name }),
    ...(preprocess && { preprocess }),
  };
}

function documentOf(id: string, state: State): KeptStudy {
  const { source, dataRequest, model, data, past, future, ...others } = state;
  if (!source || !model || !data) throw new Error("study: nothing open, expected one to keep");
  const { previews, recipe, selected, target, paused, limits, joints } = others;
  const { float, secondsPerSample, measured } = others;
  return {
    id,
    updated: Date.now(),
    ...(source.sample !== undefined && { sample: source.sample }),
    modelFiles: source.sample === undefined ? source.files.map(({ name }) => name) : [],
    pins: source.pins,
    dataRequest: keptData(dataRequest),
    model,
    data,
    previews,
    recipe,
    past: past.slice(-depth),
    future: future.slice(0, depth),
    selected,
    target,
    paused,
    limits,
    joints,
    float,
    secondsPerSample,
    measured,
  };
}

/** Drops the studies that were not used for longest; a bundled sample that was opened again takes its earlier place. */
async function tidy(id: string): Promise<void> {
  const { source } = get();
  const others = (await keptStudies()).filter((study) => study.id !== id);
  const again = others.filter(({ sample }) => sample !== undefined && sample === source?.sample);
  const old = others.filter((study) => !again.includes(study)).slice(most - 1);
  for (const study of [...again, ...old]) {
    await dropStudy(study.id);
    await dropFiles(study.id);
  }
}

let said: State["source"] = null;

/** Says once of a model that it is not kept. */
function tooLarge(source: State["source"]): void {
  if (said === source) return;
  said = source;
  notify(
    "info",
    "Model and data are over 1 GB together: they are not copied into this browser's storage, and a reload needs them dropped again.",
  );
}

function refuse(error: unknown): void {
  refused = true;
  const full = (error as Error).name === "QuotaExceededError";
  notify(
    "info",
    full
      ? "This browser's storage is full: the study stays on this page, but a reload would lose it. Save the recipe by exporting."
      : `This browser does not keep the study (${sentenceOf(error)}): it stays on this page, but a reload would lose it.`,
  );
}
