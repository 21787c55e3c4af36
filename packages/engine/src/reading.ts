// What a page hands over to be read: the files of a model, and the data of a request; and what is said of the data.
// Not when, nor what becomes of it (studio.ts).

import type { ByteSource } from "@bitscape/graph";
import {
  blobRanges,
  blobSource,
  type Dataset,
  guessPreprocess,
  type ImageDecoder,
  type ModelInput,
  openDataset,
  sampleDataset,
  samplePreprocess,
  syntheticDataset,
} from "./data/index.ts";
import { boundsOf, inputsOf } from "./network/inputs.ts";
import type { Network } from "./network/network.ts";
import { outputKind } from "./output.ts";
import type { DataRequest, DataSummary, OnProgress, Preprocess } from "./protocol.ts";
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
}

/** The data that a request names, for a network, and how images become its input. */
export async function requestedData(
  network: Network,
  request: DataRequest,
  { decode, onProgress, signal }: ReadOptions,
): Promise<{ dataset: Dataset; preprocess: Preprocess | null }> {
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
  const kind = outputKind(network, true);
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
      ...(kind.kind === "classes" && { classCount: kind.classes }),
    },
  );
  return { dataset, preprocess };
}

function imagePreprocess(inputs: readonly ModelInput[]): Preprocess | null {
  const [input] = inputs;
  if (!input || inputs.length !== 1) return null;
  return guessPreprocess(input.shape)?.preprocess ?? null;
}

/** What is said of a study's data. */
export function dataSummary(
  { dataset, reference, split }: Study,
  preprocess: Preprocess | null,
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
    labelProblem:
      dataset.labels && kind.kind !== "classes"
        ? `labels: found ${dataset.labels.length}, expected a network whose output is class scores`
        : null,
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
