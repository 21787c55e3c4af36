// `--labels F` for data that has no file names: a list of labels in the order of the samples.

import type { Tensor } from "@bitscape/tensor";
import { parseCsv } from "../files/csv.ts";
import { readNpy } from "../files/npy.ts";
import { readNpz } from "../files/npz.ts";
import { extensionOf, type FileSource } from "../files/source.ts";

/**
 * Labels from .npy, .npz (its `labels`), or text with one line a sample (.csv: the column `label`, else the last).
 * @returns [samples] or [samples, positions]
 * @throws a sentence naming the line that holds no whole number
 */
export async function readLabelList(source: FileSource): Promise<Tensor> {
  const bytes = await source.bytes();
  const kind = extensionOf(source.name);
  if (kind === "npy") return readNpy(bytes, source.name);
  if (kind === "npz") return readNpz(bytes, source.name).read("labels");
  const rows = parseCsv(new TextDecoder().decode(bytes));
  const header = (rows[0] ?? []).map((cell) => cell.toLowerCase());
  const named = header.findIndex((cell) => cell === "label" || cell === "labels");
  const hasHeader = named >= 0 || Number.isNaN(Number(header.at(-1)));
  const labels = rows.slice(hasHeader ? 1 : 0).map((row, i) => {
    const cell = (named >= 0 ? row[named] : row.at(-1)) ?? "";
    if (/^-?\d+$/.test(cell)) return Number(cell);
    throw new Error(`${source.name}, sample ${i + 1}: label "${cell}", expected a whole number`);
  });
  return { dtype: "float64", shape: [labels.length], data: Float64Array.from(labels) };
}
