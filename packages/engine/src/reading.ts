// What a page hands over to be read: the files of a model, and the data of a request; and what is said of the data.
// Not when, nor what becomes of it (studio.ts).

import { type ByteSource, symbolicDims } from "@bitscape/graph";
import type { DataRequest, DataSummary } from "./data/calls.ts";
import type { Preprocess } from "./data/images/preprocess.ts";
import {
  blobRanges,
  blobSource,
  checkLabels,
  type Dataset,
  guessPreprocess,
  type ImageDecoder,
  type LabelMapping,
  type ModelInput,
  openDataset,
  overlapOf,
  readWords,
  sampleDataset,
  samplePreprocess,
  sizesIn,
  syntheticDataset,
  withMapping,
  withoutLabels,
} from "./data/index.ts";
import { boundsOf, inputsOf } from "./network/inputs.ts";
import type { Network } from "./network/network.ts";
import type { OnProgress } from "./progress.ts";
import { outputKind } from "./score/output.ts";
import type { Study } from "./study.ts";

export const MODEL_FILE = /\.onnx$/i;

export interface ModelSources {
  readonly name: string;
  readonly source: ByteSource;
  /** External data by the location that the model names. */
  readonly external: (location: string) => ByteSource | undefined;
}

/** The model among some files, the others being its external data. Throws where there is no file. */
export async function modelSources(files: readonly File[]): Promise<ModelSources> {
  const file = files.find((each) => MODEL_FILE.test(each.name)) ?? files[0];
  if (!file) throw new Error("model: no file, expected an .onnx file");
  const sources = new Map<string, ByteSource>();
  for (const other of files) {
    if (other !== file) sources.set(other.name, await blobRanges(other, other.name));
  }
  return {
    name: file.name,
    source: await blobRanges(file, file.name),
    // A location is a path, of Windows perhaps; dropped files have only names.
    external: (location) => sources.get(location) ?? sources.get(location.split(/[/\\]/).at(-1) ?? ""),
  };
}

export interface ReadOptions {
  readonly decode: ImageDecoder;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
  /** Of images, only those of these names. */
  readonly only?: ReadonlySet<string>;
}

/** Data as they were read: their own labels, and how images become the network's input. */
export interface ReadData {
  readonly dataset: Dataset;
  readonly preprocess: Preprocess | null;
}

/** The data that a request names, for a network. Labels are the data's own: {@link labelled} makes them the network's. */
export async function requestedData(
  network: Network,
  request: DataRequest,
  { decode, onProgress, signal, only }: ReadOptions,
): Promise<ReadData> {
  const inputs = inputsOf(network);
  if (request.kind === "sample") {
    const preprocess = samplePreprocess(request.name);
    return { dataset: await sampleDataset(request.name, inputs, preprocess), preprocess };
  }
  const guess = imagePreprocess(inputs);
  if (request.kind === "synthetic") {
    const size = request.samples;
    const dataset = await syntheticDataset(inputs, {
      pins: network.pins,
      bounds: boundsOf(network),
      ...(size !== undefined && { size }),
    });
    return { dataset, preprocess: guess };
  }
  const preprocess = guess && { ...guess, ...request.preprocess };
  const first = request.files[0];
  const name = request.files.length === 1 && first ? first.name : `${request.files.length} files`;
  const dataset = await openDataset(
    request.files.map((file) => blobSource(file)),
    inputs,
    {
      name,
      decode,
      signal,
      onProgress: (done, total) => onProgress("Reading images", done, total),
      ...(preprocess && { preprocess }),
      ...(request.labels && { labels: blobSource(request.labels) }),
      ...(only && { only }),
    },
  );
  const words = request.words && (await readWords(blobSource(request.words)));
  // Arrays are fed as they are: only images are made by it, and they have names.
  const made = dataset.sampleNames ? preprocess : null;
  return { dataset: words ? { ...dataset, words } : dataset, preprocess: made };
}

/** The sizes that a request's files have for a network's open axes, by their names: see {@link sizesIn}. */
export async function requestedSizes(
  network: Network,
  request: DataRequest,
  decode: ImageDecoder,
): Promise<Readonly<Record<string, number>>> {
  if (request.kind !== "files") return {};
  const axes = symbolicDims(network.original).filter(({ axis }) => axis > 0);
  return axes.length === 0
    ? {}
    : sizesIn(
        request.files.map((file) => blobSource(file)),
        inputsOf(network),
        axes,
        decode,
      );
}

/** Whether two requests read the same: files of the same names, lengths and times, in the same way. */
export function readsTheSame(a: DataRequest, b: DataRequest): boolean {
  return JSON.stringify(readOf(a)) === JSON.stringify(readOf(b));
}

/** What of a request decides what is read; labels are mapped and samples split afterwards. */
function readOf(request: DataRequest): unknown {
  if (request.kind === "sample") return request.name;
  if (request.kind === "synthetic") return { samples: request.samples };
  const file = ({ name, size, lastModified }: File) => [name, size, lastModified];
  const { files, labels, words, preprocess } = request;
  return [files.map(file), labels && file(labels), words && file(words), preprocess ?? {}];
}

/**
 * Data with their labels as the network's outputs, as the request maps them; without labels where one is no output, and the
 * sentence why.
 * @throws a sentence where the mapping does not fit the data
 */
export function labelled(
  network: Network,
  read: Dataset,
  request: DataRequest,
): { readonly dataset: Dataset; readonly problem: string | null } {
  if (request.kind !== "files") return { dataset: read, problem: null };
  const dataset = withMapping(read, request.mapping, request.outputs);
  const kind = outputKind(network, dataset.labels !== undefined);
  const problem = kind.kind === "classes" ? checkLabels(dataset, kind.classes) : undefined;
  return problem === undefined
    ? { dataset, problem: null }
    : { dataset: withoutLabels(dataset), problem: `${problem}: map labels to outputs under Data` };
}

function imagePreprocess(inputs: readonly ModelInput[]): Preprocess | null {
  const [input] = inputs;
  if (!input || inputs.length !== 1) return null;
  return guessPreprocess(input.shape)?.preprocess ?? null;
}

/**
 * What is said of a study's data.
 * @param problem why labels that were read are not used
 */
export function dataSummary(
  { dataset, reference, split }: Study,
  preprocess: Preprocess | null,
  problem: string | null = null,
  mapping?: LabelMapping,
): DataSummary {
  const { kind } = reference;
  return {
    name: dataset.name,
    kind: dataset.kind,
    size: dataset.size,
    digest: dataset.digest,
    labelled: dataset.labels !== undefined && kind.kind === "classes",
    classes: kind.kind === "classes" ? kind.classes : null,
    skipped: dataset.skipped,
    preprocess,
    calibration: split.calibration.length,
    evaluation: split.evaluation.length,
    overlap: overlapOf(split),
    labelProblem:
      dataset.labels && kind.kind !== "classes"
        ? `labels: found ${dataset.labels.length}, expected a network whose output is class scores`
        : problem,
    ...(mapping && { labelOrigin: mapping.origin }),
  };
}

/** What is said of data where a network cannot be run: none are read. */
export function noData(cannotRun: string): DataSummary {
  return {
    name: "none",
    kind: "synthetic",
    size: 0,
    labelled: false,
    classes: null,
    skipped: [],
    preprocess: null,
    calibration: 0,
    evaluation: 0,
    labelProblem: null,
    cannotRun,
  };
}
