// From files to a data set: recognises what was dropped or named by `--data`, looks into archives, leaves the rest to
// arrays.ts, table.ts and images.ts.

import { arrayDataset } from "./arrays.ts";
import type { Dataset, ModelInput } from "./dataset.ts";
import { combineDigests, sha256Hex } from "./digest.ts";
import { looksLikeNpy, readNpy } from "./files/npy.ts";
import { type Arrays, arraysOfZip } from "./files/npz.ts";
import {
  baseName,
  bytesSource,
  type DataFiles,
  extensionOf,
  type FileSource,
  isClutter,
} from "./files/source.ts";
import { readTable } from "./files/table.ts";
import { looksLikeZip, openZip, type Zip } from "./files/zip.ts";
import type { ImageDecoder } from "./images/decode.ts";
import { imageDataset, isImage } from "./images/images.ts";
import { guessPreprocess, type Preprocess, preprocessPresets } from "./images/preprocess.ts";
import { readLabelList } from "./labels/labelList.ts";

export interface OpenOptions {
  /** What reports and errors call the data. */
  readonly name: string;
  readonly decode: ImageDecoder;
  /** For images. Default: {@link guessPreprocess} of the input's shape. */
  readonly preprocess?: Preprocess;
  /** `--labels F`: instead of the labels in or beside the data. */
  readonly labels?: FileSource;
  /** Classes of the network, where it has some: see {@link checkLabels}, which this brings forward for images. */
  readonly classCount?: number;
  /** Of images, only those of these names. */
  readonly only?: ReadonlySet<string>;
  /** Bytes of decoded images to keep, default 512 MB. */
  readonly cacheBytes?: number;
  /** Images decoded so far. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

const labelFiles = ["labels.csv", "labels.txt"];
const kinds = ".npz, .npy, .csv, .tsv, .jsonl, images, or a zip of one of these";

/**
 * Opens data for a network's inputs: one .npz, .npy files named after inputs, one .csv or .jsonl, images in folders or
 * flat, or a zip of any of these; with a labels.csv or labels.txt beside it.
 * @throws a sentence (`subject: found, expected`) where the files are of no known kind, damaged, or do not fit the
 *   inputs; the signal's reason where it aborts
 */
export async function openDataset(
  files: DataFiles,
  inputs: readonly ModelInput[],
  options: OpenOptions,
): Promise<Dataset> {
  const digests = new Map<string, string>();
  const recorded = (source: FileSource, key = source.name): FileSource => ({
    name: source.name,
    size: source.size,
    bytes: async () => {
      const bytes = await source.bytes();
      if (!digests.has(key)) digests.set(key, await sha256Hex(bytes));
      return bytes;
    },
  });
  const digest = () => combineDigests(digests);
  const { labels, ...rest } = options;
  const opened = {
    ...rest,
    ...(labels ? { labels: recorded(labels, `--labels ${labels.name}`) } : {}),
    digest,
  };
  return openFiles(
    files.map((file) => recorded(file)),
    inputs,
    opened,
    0,
  );
}

type Opening = OpenOptions & { readonly digest: () => Promise<string> };

async function openFiles(
  files: DataFiles,
  inputs: readonly ModelInput[],
  options: Opening,
  depth: number,
): Promise<Dataset> {
  const visible = files.filter((file) => !isClutter(file.name));
  const beside = visible.filter((file) => labelFiles.includes(baseName(file.name).toLowerCase()));
  const data = beside.length === visible.length ? visible : visible.filter((file) => !beside.includes(file));
  const images = data.filter((file) => isImage(file.name));
  const ofKind = (...extensions: string[]) =>
    data.filter((file) => extensions.includes(extensionOf(file.name)));
  const [archives, arrays, tables] = [
    ofKind("npz", "zip"),
    ofKind("npy"),
    ofKind("csv", "tsv", "jsonl", "ndjson"),
  ];
  const several = [images, archives, arrays, tables].filter((group) => group.length > 0).length > 1;
  const labels = options.labels ?? beside.find((file) => extensionOf(file.name) === "csv");
  const withLabels = labels && beside.length < visible.length ? { ...options, labels } : options;

  if (!several && archives.length === 1) {
    const file = archives[0] as FileSource;
    return openArchive(openZip(await file.bytes(), file.name), inputs, withLabels, depth);
  }
  if (!several && arrays.length > 0) return openArrays(await npyArrays(arrays), inputs, withLabels);
  if (!several && tables.length === 1) return openTable(tables[0] as FileSource, inputs, withLabels);
  if (!several && images.length > 0) {
    const input = inputs[0];
    if (!input || inputs.length !== 1) {
      const names = inputs.map((other) => other.name).join(", ");
      throw new Error(
        `${options.name}: images for ${inputs.length} inputs (${names}), expected a single-input network`,
      );
    }
    const preprocess =
      options.preprocess ?? guessPreprocess(input.shape)?.preprocess ?? preprocessPresets.unit;
    return imageDataset(images, beside, input, { ...options, preprocess });
  }
  const [only] = data;
  if (data.length === 1 && only && !several) {
    const bytes = await only.bytes();
    if (looksLikeZip(bytes)) return openArchive(openZip(bytes, only.name), inputs, withLabels, depth);
    if (looksLikeNpy(bytes))
      return openArrays(await npyArrays([bytesSource(only.name, bytes)]), inputs, withLabels);
  }
  const found = data.slice(0, 3).map((file) => file.name);
  const more = data.length > 3 ? ` and ${data.length - 3} more files` : "";
  throw new Error(
    `${options.name}: ${found.length > 0 ? found.join(", ") + more : "no files"}, expected one kind of ${kinds}`,
  );
}

function openArchive(
  zip: Zip,
  inputs: readonly ModelInput[],
  options: Opening,
  depth: number,
): Promise<Dataset> {
  const extensions = zip.entries.map((entry) => extensionOf(entry.name));
  const isNpz = extensions.includes("npy") && !zip.entries.some((entry) => isImage(entry.name));
  if (isNpz) return openArrays(arraysOfZip(zip), inputs, options);
  // An archive in an archive is how some sites wrap downloads; deeper is somebody's joke.
  if (depth >= 2) throw new Error(`${zip.name}: an archive within archives, expected ${kinds}`);
  const sources = zip.entries.map((entry) => ({
    name: entry.name,
    size: entry.size,
    bytes: async () => zip.read(entry),
  }));
  return openFiles(sources, inputs, options, depth + 1);
}

async function openArrays(arrays: Arrays, inputs: readonly ModelInput[], options: Opening): Promise<Dataset> {
  const { name } = options;
  const labels = options.labels && (await readLabelList(options.labels));
  return arrayDataset(arrays, inputs, {
    name,
    digest: await options.digest(),
    ...(labels ? { labels } : {}),
  });
}

async function openTable(
  file: FileSource,
  inputs: readonly ModelInput[],
  options: Opening,
): Promise<Dataset> {
  const text = new TextDecoder().decode(await file.bytes());
  return openArrays(readTable(text, file.name, inputs), inputs, options);
}

async function npyArrays(files: DataFiles): Promise<Arrays> {
  const tensors = new Map(
    await Promise.all(
      files.map(async (file) => {
        const name = baseName(file.name).replace(/\.npy$/i, "");
        return [name, readNpy(await file.bytes(), file.name)] as const;
      }),
    ),
  );
  const name = files.length === 1 ? (files[0] as FileSource).name : `${files.length} arrays`;
  return {
    name,
    names: [...tensors.keys()],
    read: (key) => {
      const tensor = tensors.get(key);
      if (!tensor) throw new Error(`${name}: no array "${key}", found ${[...tensors.keys()].join(", ")}`);
      return tensor;
    },
  };
}
