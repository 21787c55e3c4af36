// Keeps the study on the screen as it changes: its files when they are new, its document and fresh rows a moment after each
// change and when the page is left. Where storage is full or refused this is said once, the page goes on, and it is
// tried again. A study that another page keeps is kept by this one as a study of its own.

import { notify, retract, sentenceOf } from "../state/notices.ts";
import { get, type State, useStore } from "../state/store.ts";
import { viewsNow, watchViews } from "../state/views.ts";
import { claim, claimed, hearPages, type Release, rememberHere, tellPages } from "./claim.ts";
import { dataFilesOf, documentOf, keptFields, modelFilesOf } from "./document.ts";
import { dropStudy, keepStudy, keptStudies } from "./documents.ts";
import { dropFiles, keepFiles } from "./files.ts";
import type { DataShelf } from "./kept.ts";
import { leaveWord } from "./lastWord.ts";
import { recall } from "./recall.ts";
import { changesOf, type Sheets, sheetsOf } from "./sheets.ts";
import { setStanding, standing } from "./standing.ts";

/** Milliseconds that changes are gathered for. */
const GATHER = 1000;
/** Milliseconds after which storage that refused is asked again. */
const RETRY = 15_000;
/** Studies that are kept; the one unused longest is dropped first. */
const MOST = 12;
/** Bytes of model and data together that are copied into the browser's storage. */
const LARGEST = 1e9;

interface Session {
  readonly id: string;
  readonly release: Release;
  source: State["source"];
  /** The model's files are there. */
  copied: boolean;
  /** Data's files that are there, and where. */
  dataFiles: readonly File[];
  dataShelf: DataShelf;
  /** A shelf of data that the document will not name any more, once it is written. */
  outdated?: DataShelf;
  sheets: Sheets;
  /** An earlier study whose findings are this one's by now. */
  heirTo: string | null;
  /** Where it was deleted in another page: the recipe that it had then. */
  deleted?: State["recipe"];
}

const nothing: Sheets = new Map();

let session: Session | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
let askedAgain = 0;
let saving: Promise<void> = Promise.resolve();

/** The study that this page keeps; null while there is none. */
export const keptHere = () => session?.id ?? null;

/**
 * Goes on with a study that is kept already, so that it is not written again whole. Where another page has it, this one
 * begins a study of its own with the next change. Resolves with whether it is this page's.
 */
export async function keepAs(id: string, dataShelf: DataShelf = "data"): Promise<boolean> {
  const { source, dataRequest, model } = get();
  const sheets = sheetsOf(get());
  end();
  const release = await claim(id);
  if (!release) {
    notify(
      "info",
      `${model?.name}: open in another page of this browser too, so what changes here is kept as a study of its own.`,
    );
    return false;
  }
  if (get().source !== source) release();
  else {
    const dataFiles = dataFilesOf(dataRequest);
    session = { id, release, source, copied: true, dataFiles, dataShelf, sheets, heirTo: null };
    rememberHere(id);
  }
  return true;
}

/** Begins to keep. Returns what ends it. */
export function startKeeping(): () => void {
  const ends = [
    useStore.subscribe((state, before) => {
      // Another study takes the screen: what was to be kept of this one is kept now.
      if (timer !== undefined && state.source !== before.source) saveLast(before);
      if (keptFields.some((field) => state[field] !== before[field])) soon();
    }),
    watchViews(soon),
    hearPages(({ deleted = [] }) => {
      if (!session || !deleted.includes(session.id)) return;
      session = { ...session, deleted: get().recipe };
      notify(
        "info",
        `${get().model?.name}: deleted in another page of this browser; it stays on this page, and is kept again once its recipe is changed.`,
      );
    }),
  ];
  const leave = () => {
    if (document.visibilityState === "visible") return;
    if (session && session.source === get().source && !session.deleted) leaveWord(session.id, decided());
    save();
  };
  document.addEventListener("visibilitychange", leave);
  // A page may be frozen, or put away for the way back, without having been hidden first.
  document.addEventListener("freeze", save);
  window.addEventListener("pagehide", save);
  return () => {
    for (const off of ends) off();
    document.removeEventListener("visibilitychange", leave);
    document.removeEventListener("freeze", save);
    window.removeEventListener("pagehide", save);
    clearTimeout(timer);
    timer = undefined;
    end();
  };
}

function decided() {
  const { recipe, past, selected, target, limits, filter } = get();
  return { recipe, past, selected, target, limits, filter, views: viewsNow() };
}

function end(): void {
  session?.release();
  session = null;
}

const isWhole = ({ model, data, source }: State) => model !== null && data !== null && source !== null;

const worthKeeping = (state: State) => isWhole(state) && state.opening === null;

function soon(): void {
  if (timer !== undefined || !worthKeeping(get())) return;
  const refused = standing().kind === "refused";
  timer = setTimeout(save, refused ? Math.max(GATHER, askedAgain + RETRY - Date.now()) : GATHER);
}

/** Keeps what there is now. */
export function save(): void {
  clearTimeout(timer);
  timer = undefined;
  if (!worthKeeping(get())) return;
  const state = get();
  if (session?.deleted && session.deleted === state.recipe) return;
  keepNext(state, ownOf(state));
}

function saveLast(state: State): void {
  const own = ownOf(state);
  if (own && isWhole(state)) keepNext(state, own);
}

/** The session that keeps a state; null where it has none yet, or none any more. */
const ownOf = ({ source }: State) =>
  session && session.source === source && !session.deleted ? session : null;

function keepNext(state: State, own: Session | null): void {
  saving = saving.then(() => write(state, own)).then(accepted, refused);
}

/** Resolves when what was to be kept is. */
export const saved = () => saving;

async function write(state: State, own: Session | null): Promise<boolean> {
  const [model, data] = [modelFilesOf(state.source), dataFilesOf(state.dataRequest)];
  const absent = [...model, ...data].reduce((sum, { size }) => sum + size, 0) > LARGEST;
  const at = own ?? ownOf(state) ?? (await begin(state));
  // A document without its files could not be opened: it comes after them.
  if (!absent && !at.copied) await keepFiles(at.id, "model", model);
  at.copied = !absent;
  if (!absent) await copyData(at, data);
  const sheets = sheetsOf(state);
  await keepStudy(documentOf(at.id, state, absent, at.dataShelf), changesOf(at.sheets, sheets));
  at.sheets = sheets;
  const { outdated } = at;
  if (outdated) await dropFiles(at.id, outdated);
  delete at.outdated;
  if (session?.id === at.id) rememberHere(at.id);
  const { heirTo } = at;
  at.heirTo = null;
  if (heirTo !== null) await deleteStudies([heirTo]);
  return absent;
}

/** Copies data's files where they are others than those that are there. */
async function copyData(at: Session, data: readonly File[]): Promise<void> {
  const { id, dataFiles, dataShelf } = at;
  if (data.length === dataFiles.length && data.every((file, i) => file === dataFiles[i])) return;
  const into = dataShelf === "data" && dataFiles.length > 0 ? "data-2" : "data";
  if (data.length > 0) {
    await keepFiles(id, into, data).catch(async (error: Error) => {
      if (error.name !== "QuotaExceededError" || dataFiles.length === 0) throw error;
      // There is no room for both.
      await dropFiles(id, dataShelf);
      at.dataFiles = [];
      await keepFiles(id, into, data);
    });
  }
  at.dataFiles = data;
  at.dataShelf = into;
  if (into !== dataShelf) at.outdated = dataShelf;
}

async function begin(state: State): Promise<Session> {
  end();
  const id = crypto.randomUUID();
  const release = (await claim(id)) ?? (() => {});
  session = {
    id,
    release,
    source: state.source,
    copied: false,
    dataFiles: [],
    dataShelf: "data",
    sheets: nothing,
    heirTo: null,
  };
  void tidy(id, state.source).catch(() => {});
  const begun = session;
  void recall().then((found) => {
    begun.heirTo = found;
  });
  return session;
}

/** Drops the studies that were not used for longest; a bundled sample that was opened again takes its earlier place. */
async function tidy(id: string, source: State["source"]): Promise<void> {
  const [{ studies }, inUse] = await Promise.all([keptStudies(), claimed()]);
  const others = studies.filter((study) => study.id !== id && !inUse(study.id));
  const again = others.filter(({ sample }) => sample !== undefined && sample === source?.sample);
  const old = others.filter((study) => !again.includes(study)).slice(MOST - 1);
  await deleteStudies([...again, ...old].map((study) => study.id));
}

/** Deletes studies, whoever has them open: they stay on those pages. */
export async function deleteStudies(ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  for (const id of ids) {
    await dropStudy(id);
    await dropFiles(id);
  }
  if (session && ids.includes(session.id)) session = { ...session, deleted: get().recipe };
  tellPages({ deleted: ids });
  // There may be room again.
  if (standing().kind === "refused") save();
}

function accepted(absent: boolean): void {
  const before = standing();
  if (before.kind === "refused") {
    retract(before.sentence);
    notify("info", "The study is kept in this browser again.");
  }
  setStanding({ kind: absent ? "without files" : "kept", at: Date.now() });
  if (absent && before.kind !== "without files") {
    notify(
      "info",
      "Model and data are over 1 GB together: after a reload they have to be opened again, and what was found out comes back with them.",
    );
  }
}

function refused(error: unknown): void {
  const full = (error as Error).name === "QuotaExceededError";
  const sentence = full
    ? "This browser’s storage is full: the study stays on this page, but a reload would lose it; delete kept studies or download this one (under the model’s name, Kept studies)."
    : `This browser does not keep the study (${sentenceOf(error)}): it stays on this page, but a reload would lose it; download it under the model’s name, Kept studies.`;
  askedAgain = Date.now();
  const before = standing();
  if (before.kind !== "refused" || before.sentence !== sentence) notify("info", sentence);
  setStanding({ kind: "refused", full, sentence });
  // Nothing may change any more, and yet there may be room.
  timer ??= setTimeout(save, RETRY);
}
