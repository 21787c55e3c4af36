// Reads a study's file (studyFile.ts): whether a zip is one, and what it brings. Opening it is studyOpening.ts.

import { openZip, parseRecipe, type Recipe, type Zip } from "@bitscape/engine";
import type { KnownCell } from "../state/sweep/known.ts";
import { type Kept, knownIn, type Place, type Row } from "./sheets.ts";
import { type CellText, SCHEMA, type StudyText } from "./studyFile.ts";

export interface StudyRead {
  readonly text: StudyText;
  readonly recipe: Recipe;
  readonly known: Kept;
  /** Files of the model, of the data, and labels; without paths. */
  readonly model: readonly File[];
  readonly data: readonly File[];
  readonly labels: File | null;
}

/** A zip larger than this is not looked into: it would have to be read whole. */
const LARGEST = 2 ** 31 - 1;

/** Takes a study's file out of some: the first zip that holds one. */
export async function takeStudy(
  files: readonly File[],
): Promise<{ study: StudyRead | null; name: string; others: readonly File[] }> {
  for (const file of files) {
    if (!/\.zip$/i.test(file.name) || file.size > LARGEST) continue;
    const study = await studyIn(file);
    if (study) return { study, name: file.name, others: files.filter((each) => each !== file) };
  }
  return { study: null, name: "", others: files };
}

/**
 * What a study's file brings; null where it is another zip, or none.
 * @throws a sentence where it is a study's file, and damaged or of another version
 */
export async function studyIn(file: File): Promise<StudyRead | null> {
  let zip: Zip;
  try {
    zip = openZip(new Uint8Array(await file.arrayBuffer()), file.name);
  } catch {
    // Whoever reads it as data says what is wrong with it.
    return null;
  }
  if (!zip.entries.some(({ name }) => name === "study.json")) return null;
  const text = jsonIn(zip, "study.json") as Partial<StudyText> | null;
  if (!String(text?.schema).startsWith("bitscape/study/")) return null;
  if (text?.schema !== SCHEMA) throw new Error(`${file.name}: of schema ${text?.schema}, expected ${SCHEMA}`);
  if (!isStudy(text))
    throw new Error(`${file.name}: study.json is not as it was written, expected ${SCHEMA}`);
  const recipe = parseRecipe(jsonIn(zip, "recipe.json"), file.name);
  return { text, recipe, known: knownIn(rowsIn(zip)), ...filesIn(zip, text) };
}

const isText = (value: unknown): value is string => typeof value === "string";

function isStudy(text: Partial<StudyText>): text is StudyText {
  const { model, data, files, limits, joints } = text;
  return (
    isText(model?.name) &&
    isText(model.sha256) &&
    isText(data?.name) &&
    Array.isArray(files?.model) &&
    Array.isArray(files.data) &&
    Array.isArray(limits?.rules) &&
    Array.isArray(joints)
  );
}

function bytesIn(zip: Zip, name: string): Uint8Array<ArrayBuffer> {
  const entry = zip.entries.find((each) => each.name === name);
  if (!entry) throw new Error(`${zip.name}: no ${name}, expected one in a study’s file`);
  return zip.read(entry) as Uint8Array<ArrayBuffer>;
}

function jsonIn(zip: Zip, name: string): unknown {
  const text = new TextDecoder().decode(bytesIn(zip, name));
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${zip.name}: ${name} is not JSON, expected what Bitscape wrote`);
  }
}

function rowsIn(zip: Zip): [Place, Row][] {
  const { cells, others } = jsonIn(zip, "cells.json") as { cells?: unknown; others?: unknown };
  if (!Array.isArray(cells) || !Array.isArray(others))
    throw new Error(`${zip.name}: cells.json is not as it was written, expected lists of cells`);
  return [...cells, ...others].map((cell, i): [Place, Row] => {
    if (!isCell(cell)) throw new Error(`${zip.name}: cell ${i} of cells.json is not one, expected numbers`);
    return [[cell.sheet, cell.layer], [[`${cell.target}|${cell.bits}`, knownCell(cell)]]];
  });
}

const isNumber = (value: unknown) => value === null || typeof value === "number";

function isCell(cell: unknown): cell is CellText {
  if (typeof cell !== "object" || cell === null) return false;
  const { sheet, layer, target, bits, value, low, high, n, asked, drop } = cell as CellText;
  return (
    isText(sheet) &&
    isText(layer) &&
    (target === "weight" || target === "activation") &&
    (isText(bits) || Number.isInteger(bits)) &&
    [value, low, high].every(isNumber) &&
    [n, asked].every(Number.isFinite) &&
    (drop === null || (Array.isArray(drop) && drop.length === 4 && drop.every(Number.isFinite)))
  );
}

function knownCell(text: CellText): KnownCell {
  const { layer, target, bits, n, of, drop, failure, asked } = text;
  const source = text.source === "predicted" ? "predicted" : "measured";
  const [value, low, high] = [text.value, text.low, text.high].map((each) => each ?? Number.NaN) as [
    number,
    number,
    number,
  ];
  return {
    cell: {
      ...{ layer, target, bits },
      finding: {
        value,
        low,
        high: text.high === null && text.value !== null ? Infinity : high,
        n,
        source,
        of,
      },
      drop: drop && { value: drop[0], low: drop[1], high: drop[2], n: drop[3], source, of },
      ...(failure !== undefined && { failure }),
    },
    asked,
  };
}

function filesIn(zip: Zip, { files }: StudyText): Pick<StudyRead, "model" | "data" | "labels"> {
  const file = (folder: string) => (name: string) => new File([bytesIn(zip, `${folder}/${name}`)], name);
  return {
    model: files.model.map(file("model")),
    data: files.data.map(file("data")),
    labels: files.labels === undefined ? null : file("data")(files.labels),
  };
}
