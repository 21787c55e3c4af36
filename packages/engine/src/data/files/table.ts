// .csv, .tsv and .jsonl, one sample a line, to named arrays (arrays.ts takes it from there).

import { sizeOf, type Tensor } from "@bitscape/tensor";
import type { ModelInput } from "../dataset.ts";
import { isAside } from "../labels/names.ts";
import { parseCsvTable } from "./csv.ts";
import type { Arrays } from "./npz.ts";
import { reasonOf } from "./source.ts";

/** One sample's value: numbers and the shape they were written in. */
interface Value {
  readonly shape: readonly number[];
  readonly numbers: readonly number[];
}

/** A table by its name's ending: JSON Lines, or lines with separators. Throws as those do. */
export const readTable = (text: string, name: string, inputs: readonly ModelInput[]): Arrays =>
  /\.(jsonl|ndjson)$/i.test(name) ? readJsonLines(text, name, inputs) : readCsvTable(text, name, inputs);

/**
 * Arrays of a CSV file with a header. An input's numbers are in the column of its name (one number, or several as
 * `1 2 3` or `[1, 2, 3]`), or in columns `name_0 name_1 …` (also `name0`, `name.0`, `name[0]`) in their order; a single
 * input that no column names takes every column but `label` and `target`.
 * @throws a sentence naming the line of a cell that is not a number
 */
export function readCsvTable(text: string, name: string, inputs: readonly ModelInput[]): Arrays {
  const { rows: all, separator } = parseCsvTable(text);
  const [header, ...rows] = all;
  if (!header || rows.length === 0)
    throw new Error(`${name}: no samples, expected a header and a line for each`);
  const columns = columnsOf(header, inputs);
  const values = new Map<string, Value[]>();
  for (const [key, from] of columns) {
    const column = rows.map((row, i) => {
      const subject = (at: number) => `${name}, sample ${i + 1}, ${header[at]}`;
      const parts = from.map((at) => readCell(row[at] ?? "", subject(at), separator));
      const single = parts.length === 1 ? parts[0] : undefined;
      const odd = parts.findIndex(({ numbers }) => numbers.length !== 1);
      if (!single && odd >= 0) {
        const at = from[odd] as number;
        throw new Error(`${subject(at)}: "${row[at]}", expected one number, as there is a column for each`);
      }
      return single ?? { shape: [parts.length], numbers: parts.flatMap((part) => part.numbers) };
    });
    values.set(key, column);
  }
  return tableArrays(name, values, inputs);
}

/**
 * Arrays of a JSON Lines file: one object a line, keys named after inputs, values numbers, booleans or nested arrays.
 * @throws a sentence naming the line that is no such object
 */
export function readJsonLines(text: string, name: string, inputs: readonly ModelInput[]): Arrays {
  const values = new Map<string, Value[]>();
  const texts = new Set<string>();
  let count = 0;
  for (const [i, line] of text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === "") continue;
    const subject = `${name}, line ${i + 1}`;
    const record = parseObject(line, subject);
    for (const [key, content] of Object.entries(record)) {
      if (!wanted(key, inputs, record)) {
        if (typeof content === "string") texts.add(key);
        continue;
      }
      const column = values.get(key) ?? [];
      if (column.length !== count)
        throw new Error(`${subject}: has "${key}", expected it on every line or none`);
      column.push(flatten(content, `${subject}, ${key}`));
      values.set(key, column);
    }
    count++;
    const missing = [...values.keys()].find((key) => values.get(key)?.length !== count);
    if (missing !== undefined)
      throw new Error(`${subject}: no "${missing}", expected it on every line or none`);
  }
  if (count === 0) throw new Error(`${name}: no samples, expected one JSON object a line`);
  const lacking = texts.size > 0 ? `${[...texts].slice(0, 3).join(", ")} as text and no numbers` : undefined;
  return { ...tableArrays(name, values, inputs), ...(lacking !== undefined && { lacking }) };
}

function columnsOf(header: readonly string[], inputs: readonly ModelInput[]): Map<string, number[]> {
  const columns = new Map<string, number[]>();
  const claim = (name: string) => {
    const exact = header.indexOf(name);
    if (exact >= 0) return columns.set(name, [exact]);
    const indexed = header
      .map((cell, at) => ({ at, index: elementIndex(cell, name) }))
      .filter((column) => column.index >= 0)
      .sort((a, b) => a.index - b.index);
    if (indexed.length > 0)
      columns.set(
        name,
        indexed.map((column) => column.at),
      );
    return columns;
  };
  for (const { name } of inputs) claim(name);
  for (const name of header) if (isAside(name, inputs)) claim(name);
  const [only] = inputs;
  if (inputs.length === 1 && only && !columns.has(only.name)) {
    const rest = header.map((_, at) => at).filter((at) => !isAside(header[at] as string, inputs));
    if (rest.length > 0) columns.set(only.name, rest);
  }
  return columns;
}

/** k of `name_k`, `name.k`, `name[k]` or `namek`; −1 for any other column. */
function elementIndex(cell: string, name: string): number {
  if (!cell.startsWith(name)) return -1;
  const match = /^(?:[_.]?(\d+)|\[(\d+)\])$/.exec(cell.slice(name.length));
  return match ? Number(match[1] ?? match[2]) : -1;
}

function readCell(cell: string, subject: string, separator: string): Value {
  // Where commas do not separate cells, one may be a decimal comma.
  const plain = separator !== "," && /^[-+]?\d*,\d+(e[-+]?\d+)?$/i.test(cell) ? cell.replace(",", ".") : cell;
  const parts = plain
    .replace(/^\[|\]$/g, "")
    .split(/[\s,;]+/)
    .filter((part) => part !== "");
  const numbers = parts.map((part) =>
    /^(true|false)$/i.test(part) ? +(part.toLowerCase() === "true") : Number(part),
  );
  if (numbers.length === 0 || numbers.some(Number.isNaN)) {
    throw new Error(`${subject}: "${cell.slice(0, 40)}", expected a number or a list of numbers`);
  }
  return { shape: parts.length === 1 && !cell.startsWith("[") ? [] : [numbers.length], numbers };
}

function wanted(key: string, inputs: readonly ModelInput[], record: Record<string, unknown>): boolean {
  if (isAside(key, inputs) || inputs.some((input) => input.name === key)) return true;
  // The only other key of a single-input network may have any name; text such as an "id" is left alone.
  return (
    inputs.length === 1 && !((inputs[0] as ModelInput).name in record) && typeof record[key] !== "string"
  );
}

function parseObject(line: string, subject: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch (error) {
    throw new Error(`${subject}: ${reasonOf(error)}, expected one JSON object a line`);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new Error(`${subject}: ${line.trim().slice(0, 40)}, expected an object`);
  }
  return parsed as Record<string, unknown>;
}

function flatten(content: unknown, subject: string): Value {
  const shape: number[] = [];
  for (let level = content; Array.isArray(level); level = level[0]) shape.push(level.length);
  const numbers: number[] = [];
  const visit = (value: unknown, depth: number): void => {
    if (Array.isArray(value) && value.length === shape[depth]) {
      for (const item of value) visit(item, depth + 1);
    } else if ((typeof value === "number" || typeof value === "boolean") && depth === shape.length) {
      numbers.push(Number(value));
    } else {
      throw new Error(
        `${subject}: ${JSON.stringify(value)?.slice(0, 40)}, expected numbers in rows of equal length`,
      );
    }
  };
  visit(content, 0);
  return { shape, numbers };
}

/** Columns as float64 arrays [samples, ...]; flat rows take the input's own shape where it is fixed and they fill it. */
function tableArrays(
  name: string,
  columns: ReadonlyMap<string, readonly Value[]>,
  inputs: readonly ModelInput[],
): Arrays {
  const read = (key: string): Tensor => {
    const rows = columns.get(key) ?? [];
    const first = rows[0]?.shape ?? [];
    const odd = rows.findIndex((row) => row.shape.join() !== first.join());
    if (odd >= 0) {
      throw new Error(
        `${name}, sample ${odd + 1}, ${key}: shape [${rows[odd]?.shape.join(", ")}], expected [${first.join(", ")}] as the first has (all samples padded to one length)`,
      );
    }
    const input = inputs.find((candidate) => candidate.name === key);
    const fixed = input?.shape.slice(1).filter((dim) => typeof dim === "number");
    const refits = first.length <= 1 && fixed?.length === (input?.shape.length ?? 0) - 1;
    const shape = fixed && refits && sizeOf(fixed) === sizeOf(first) ? fixed : first;
    return {
      dtype: "float64",
      shape: [rows.length, ...shape],
      data: Float64Array.from(rows.flatMap((row) => row.numbers)),
    };
  };
  return { name, names: [...columns.keys()], read };
}
