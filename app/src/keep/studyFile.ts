// A study as a file: a zip of study.json (what it is about, budgets, measured recipes), recipe.json (as exported),
// cells.json (what the heatmap shows of every cell, as `bitscape allocate --sensitivity` reads it, and under "others" what it
// does not show) and, where asked, the model's and the data's files. Written piece by piece, so that the page goes on. Reading
// is studyReading.ts.

import type { Cell, DataRequest } from "@bitscape/engine";
import { Zip, ZipDeflate, ZipPassThrough } from "fflate";
import { recipeText } from "../export/download.ts";
import { cellScheme, type Scheme } from "../state/edits.ts";
import type { State } from "../state/store.ts";
import { dataFilesOf } from "./document.ts";
import { MEASURED, PREDICTED, sheetsOf } from "./sheets.ts";

export const SCHEMA = "bitscape/study/1";

/** What the study's own document says. */
export interface StudyText {
  readonly schema: typeof SCHEMA;
  readonly written: string;
  readonly model: { readonly name: string; readonly sha256: string };
  readonly sample?: string;
  readonly pins: Readonly<Record<string, number>>;
  readonly data: Pick<NonNullable<State["data"]>, "name" | "size" | "evaluation" | "digest" | "preprocess">;
  readonly dataKind: "sample" | "synthetic" | "files";
  /** How the data's labels are mapped and its samples split, where they are not as they come. */
  readonly reading?: Pick<FilesRequest, "mapping" | "outputs" | "split">;
  readonly limits: State["limits"];
  readonly joints: State["joints"];
  /** Names of files in the zip, below model/ and data/; none where they were left out. */
  readonly files: {
    readonly model: readonly string[];
    readonly data: readonly string[];
    readonly labels?: string;
  };
}

type FilesRequest = Extract<DataRequest, { kind: "files" }>;

/** A cell as it is written. Numbers that JSON has no form for are null. */
export interface CellText {
  readonly sheet: string;
  readonly layer: string;
  readonly target: Cell["target"];
  readonly bits: Cell["bits"];
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
  readonly asked: number;
  readonly source: string;
  readonly of: string;
  readonly scheme?: Scheme;
  /** Fall of top-1: value, ends of its 95 % interval, samples. */
  readonly drop: readonly [value: number, low: number, high: number, n: number] | null;
  readonly failure?: string;
}

/** Characters that are packed at once. */
const PIECE = 2 ** 17;

/**
 * Writes the study on the screen.
 * @param withFiles the model's and the data's files too
 */
export async function studyFile(state: State, withFiles: boolean): Promise<Blob> {
  const { source, model, data } = state;
  if (!source || !model || !data) throw new Error("study: nothing open, expected one to save");
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let failure: Error | null = null;
  const zip = new Zip((error, bytes) => {
    if (error) failure = error;
    else parts.push(bytes as Uint8Array<ArrayBuffer>);
  });
  await add(zip, "study.json", `${JSON.stringify(textOf(state, withFiles), null, 2)}\n`);
  await add(zip, "recipe.json", recipeText(state.recipe));
  await addCells(zip, state);
  if (withFiles) {
    for (const file of source.files) await addFile(zip, `model/${file.name}`, file);
    for (const file of dataFilesOf(state.dataRequest)) await addFile(zip, `data/${file.name}`, file);
  }
  zip.end();
  if (failure) throw failure;
  return new Blob(parts, { type: "application/zip" });
}

export const studyFileName = (modelName: string) => `${modelName.replace(/\.onnx$/i, "")}.study.zip`;

function textOf(state: State, withFiles: boolean): StudyText {
  const { source, dataRequest, limits, joints } = state;
  const { name, sha256 } = state.model as NonNullable<State["model"]>;
  const { name: of, size, evaluation, digest, preprocess } = state.data as NonNullable<State["data"]>;
  const files = withFiles && dataRequest.kind === "files" ? dataRequest : null;
  return {
    schema: SCHEMA,
    written: new Date().toISOString(),
    model: { name, sha256 },
    ...(source?.sample !== undefined && { sample: source.sample }),
    pins: source?.pins ?? {},
    data: { name: of, size, evaluation, ...(digest !== undefined && { digest }), preprocess },
    dataKind: dataRequest.kind,
    reading: readingOf(dataRequest),
    limits,
    joints,
    files: {
      model: withFiles ? (source?.files ?? []).map((file) => file.name) : [],
      data: files?.files.map((file) => file.name) ?? [],
      ...(files?.labels && { labels: files.labels.name }),
    },
  };
}

function readingOf(request: DataRequest): NonNullable<StudyText["reading"]> {
  const { mapping, outputs } = request.kind === "files" ? request : {};
  const { split } = request;
  return { ...(mapping && { mapping }), ...(outputs && { outputs }), ...(split && { split }) };
}

function* cellTexts(state: State, wanted: "shown" | "others"): Generator<CellText> {
  const { cells, recipe } = state;
  for (const [sheet, known] of sheetsOf(state)) {
    for (const [key, { cell, asked }] of known) {
      const shown = sheet === MEASURED || (sheet === PREDICTED && !cells.has(key));
      if (!cell || shown !== (wanted === "shown")) continue;
      const { layer, target, bits, finding, drop, failure } = cell;
      const { value, low, high, n, source, of } = finding;
      yield {
        ...{ sheet, layer, target, bits },
        ...{ value: written(value), low: written(low), high: written(high), n, asked, source, of },
        ...(shown && { scheme: cellScheme(recipe, target, bits) }),
        drop: drop && [drop.value, drop.low, drop.high, drop.n],
        ...(failure !== undefined && { failure }),
      };
    }
  }
}

const written = (value: number) => (Number.isFinite(value) ? value : null);

async function addCells(zip: Zip, state: State): Promise<void> {
  const entry = new ZipDeflate("cells.json", { level: 6 });
  zip.add(entry);
  let text = `{"metric":${JSON.stringify(state.float?.metric ?? "kl")}`;
  for (const [list, wanted] of [
    ["cells", "shown"],
    ["others", "others"],
  ] as const) {
    text += `,\n"${list}":[`;
    let before = "\n";
    for (const cell of cellTexts(state, wanted)) {
      text += before + JSON.stringify(cell);
      before = ",\n";
      if (text.length < PIECE) continue;
      entry.push(encoder.encode(text));
      text = "";
      await breath();
    }
    text += "]";
  }
  entry.push(encoder.encode(`${text}}\n`), true);
}

const encoder = new TextEncoder();

async function add(zip: Zip, name: string, text: string): Promise<void> {
  const entry = new ZipDeflate(name, { level: 6 });
  zip.add(entry);
  entry.push(encoder.encode(text), true);
  await breath();
}

/** Networks and pictures are packed tight already: stored as they are. */
async function addFile(zip: Zip, name: string, file: File): Promise<void> {
  const entry = new ZipPassThrough(name);
  zip.add(entry);
  for (let at = 0; at < file.size; at += 2 ** 20) {
    entry.push(new Uint8Array(await file.slice(at, at + 2 ** 20).arrayBuffer()));
  }
  entry.push(new Uint8Array(), true);
}

/** Lets the page do its own work. */
const breath = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
