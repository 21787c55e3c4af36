// Which sizes data have for the axes that a network leaves open, found in headers, first lines and a few images. Not the data
// set (open.ts), which says what is wrong with data: what cannot be told here is left out.

import { Inflate } from "fflate";
import type { ModelInput } from "./dataset.ts";
import { shapeOfNpy } from "./files/npy.ts";
import {
  baseName,
  bytesSource,
  type DataFiles,
  extensionOf,
  type FileSource,
  isClutter,
} from "./files/source.ts";
import { readTable } from "./files/table.ts";
import { openZip, type Zip, type ZipEntry } from "./files/zip.ts";
import type { ImageDecoder } from "./images/decode.ts";
import { isImage } from "./images/images.ts";
import { isAside } from "./labels/names.ts";

/** An axis that a network leaves open. */
export interface OpenAxis {
  readonly name: string;
  readonly input: string;
  /** Of the input, its batch axis counted. */
  readonly axis: number;
}

type Shapes = ReadonlyMap<string, readonly number[]>;

/** Images that are looked at: sizes that differ among these are no size. */
const GLANCE = 3;
/** Bytes in which the header of an array is, and enough first lines of a table. */
const HEAD = 4096;
const LINES = 2 ** 20;

/**
 * Sizes by the name of the axis.
 * @param inputs of the network, however its open axes are pinned now
 * @param axes that are open, those of samples left out
 */
export async function sizesIn(
  files: DataFiles,
  inputs: readonly ModelInput[],
  axes: readonly OpenAxis[],
  decode: ImageDecoder,
): Promise<Readonly<Record<string, number>>> {
  const shapes = await shapesIn(
    files.filter(({ name }) => !isClutter(name)),
    inputs,
    decode,
  );
  const sizes: Record<string, number> = {};
  for (const { name, input, axis } of axes) {
    const shape = shapes.get(input);
    const rank = inputs.find((each) => each.name === input)?.shape.length ?? 0;
    // Samples are stacked along the batch axis, or each has one of its own.
    const size = shape && [rank, rank + 1].includes(shape.length) ? shape[axis + shape.length - rank] : 0;
    if (size) sizes[name] ??= size;
  }
  return sizes;
}

async function shapesIn(
  files: DataFiles,
  inputs: readonly ModelInput[],
  decode: ImageDecoder,
): Promise<Shapes> {
  const images = files.filter(({ name }) => isImage(name));
  if (images.length > 0) return imageShapes(images, inputs, decode);
  const [archive] = files.filter(({ name }) => ["npz", "zip"].includes(extensionOf(name)));
  if (archive) return zipShapes(openZip(await archive.bytes(), archive.name), inputs, decode);
  const arrays = files.filter(({ name }) => extensionOf(name) === "npy");
  if (arrays.length > 0) {
    const heads = arrays.map(async (file) => [file.name, await headOf(file, HEAD)] as const);
    return arrayShapes(await Promise.all(heads), inputs);
  }
  const [table] = files.filter(({ name }) => ["csv", "tsv", "jsonl", "ndjson"].includes(extensionOf(name)));
  return table ? tableShapes(table, inputs) : new Map();
}

const headOf = async (file: FileSource, bytes: number) => (await file.bytes()).subarray(0, bytes);

function zipShapes(zip: Zip, inputs: readonly ModelInput[], decode: ImageDecoder): Promise<Shapes> | Shapes {
  const images = zip.entries.filter(({ name }) => isImage(name));
  const source = (entry: ZipEntry) => bytesSource(entry.name, zip.read(entry));
  if (images.length > 0) return imageShapes(images.slice(0, GLANCE).map(source), inputs, decode);
  const arrays = zip.entries.filter(({ name }) => extensionOf(name) === "npy");
  if (arrays.length > 0)
    return arrayShapes(
      arrays.map((entry) => [entry.name, beginningOf(zip, entry)]),
      inputs,
    );
  const [only] = zip.entries.filter(({ name }) => ["csv", "tsv", "jsonl"].includes(extensionOf(name)));
  return only ? tableShapes(source(only), inputs) : new Map();
}

/** An entry's first bytes: the rest may be hundreds of megabytes. */
function beginningOf(zip: Zip, entry: ZipEntry): Uint8Array {
  const packed = zip.packed(entry).subarray(0, 2 * HEAD);
  if (entry.method === 0) return packed;
  const chunks: Uint8Array[] = [];
  new Inflate((chunk) => chunks.push(chunk)).push(packed);
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** As arrays.ts gives arrays to inputs: by name, and the only one to the only input. */
function arrayShapes(
  heads: readonly (readonly [string, Uint8Array])[],
  inputs: readonly ModelInput[],
): Shapes {
  const shapes = new Map<string, readonly number[]>();
  for (const [name, head] of heads) shapes.set(baseName(name).replace(/\.npy$/i, ""), shapeOfNpy(head, name));
  return given(shapes, inputs);
}

function given(shapes: Map<string, readonly number[]>, inputs: readonly ModelInput[]): Shapes {
  const [input] = inputs;
  const samples = [...shapes].filter(([name]) => !isAside(name, inputs));
  const [only] = samples;
  if (input && inputs.length === 1 && only && samples.length === 1) shapes.set(input.name, only[1]);
  return shapes;
}

async function tableShapes(file: FileSource, inputs: readonly ModelInput[]): Promise<Shapes> {
  const text = new TextDecoder().decode(await headOf(file, LINES));
  // The header of a .csv and its first sample; the last line of a long file may be cut.
  const lines = text.split("\n").slice(0, 2).join("\n");
  const open = inputs.map((input) => ({ ...input, shape: input.shape.map(() => null) }));
  const table = readTable(lines, file.name, open);
  return given(new Map(table.names.map((name) => [name, table.read(name).shape])), inputs);
}

async function imageShapes(
  files: DataFiles,
  inputs: readonly ModelInput[],
  decode: ImageDecoder,
): Promise<Shapes> {
  const [input] = inputs;
  const found = new Set<string>();
  let size: readonly [number, number] = [0, 0];
  for (const file of files.slice(0, GLANCE)) {
    // One that cannot be read is said where all are.
    const image = await file
      .bytes()
      .then((bytes) => decode(bytes, file.name))
      .catch(() => null);
    if (!image) continue;
    size = [image.height, image.width];
    found.add(size.join("×"));
  }
  if (!input || inputs.length !== 1 || found.size !== 1) return new Map();
  const rank = input.shape.length;
  const last = input.shape.at(-1);
  const channelsLast = (last === 3 || last === 1) && input.shape.at(-3) !== 3 && input.shape.at(-3) !== 1;
  const sample = channelsLast ? [...size, last] : [3, ...size];
  return rank === 3 || rank === 4 ? new Map([[input.name, [1, ...sample].slice(-rank)]]) : new Map();
}
