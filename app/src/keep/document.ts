// A study's document, made of the page's state: what is kept of it, and of which form. Pure but for the clock. Reading and writing are
// documents.ts.

import type { DataRequest } from "@bitscape/engine";
import type { State } from "../state/store.ts";
import { viewsNow } from "../state/views.ts";
import { type DataShelf, fields, type KeptData, type KeptFields, type KeptStudy } from "./kept.ts";

/** Steps of undo, and of redo, that are kept. */
const DEPTH = 50;

/** Files of data that somebody gave, their labels and then the words of their tokens last. */
export const dataFilesOf = (request: DataRequest): readonly File[] =>
  request.kind === "files"
    ? [...request.files, request.labels, request.words].filter((file) => file !== undefined)
    : [];

/** Files of the model; none of a sample, which is fetched again. */
export const modelFilesOf = (source: State["source"]): readonly File[] =>
  source && source.sample === undefined ? source.files : [];

/** What a change of is a change of the study. */
export const keptFields = [
  "source",
  "dataRequest",
  "past",
  ...fields,
  "cells",
  "predictions",
  "shelf",
  "predictionShelf",
] as const satisfies readonly (keyof State)[];

/**
 * The document of the study on the screen.
 * @param absent its files are not copied
 * @param dataShelf where its data's files are
 * @throws where nothing is open
 */
export function documentOf(
  id: string,
  state: State,
  absent = false,
  dataShelf: DataShelf = "data",
): KeptStudy {
  const { source, model, data, dataRequest } = state;
  if (!source || !model || !data) throw new Error("study: nothing open, expected one to keep");
  const files = [...modelFilesOf(source), ...dataFilesOf(dataRequest)];
  return {
    ...(Object.fromEntries(fields.map((field) => [field, state[field]])) as unknown as KeptFields),
    model,
    data,
    id,
    updated: Date.now(),
    ...(source.sample !== undefined && { sample: source.sample }),
    ...(absent && { absent }),
    modelFiles: modelFilesOf(source).map(({ name }) => name),
    bytes: absent ? 0 : files.reduce((sum, { size }) => sum + size, 0),
    pins: source.pins,
    dataRequest: keptData(dataRequest),
    ...(dataShelf !== "data" && { dataShelf }),
    past: state.past.slice(-DEPTH),
    future: state.future.slice(0, DEPTH),
    views: viewsNow(),
  };
}

/** The page's state of a document, but for what must be had again: files. */
export function stateOf(kept: KeptStudy): Partial<State> {
  const known = fields.filter((field) => kept[field] !== undefined);
  const { past, future } = kept;
  return { ...Object.fromEntries(known.map((field) => [field, kept[field]])), past, future };
}

function keptData(request: DataRequest): KeptData {
  if (request.kind !== "files") return request;
  const { files, labels, words, ...others } = request;
  return {
    ...others,
    files: files.map(({ name }) => name),
    ...(labels && { labels: labels.name }),
    ...(words && { words: words.name }),
  };
}
