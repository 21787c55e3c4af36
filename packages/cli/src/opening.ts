// Opening what the command line names: a model with its external data beside it, data, and the study of the two.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { cpus } from "node:os";
import { basename } from "node:path";
import {
  type Amount,
  boundsOf,
  checkLabels,
  type Dataset,
  guessPreprocess,
  inputsOf,
  type Network,
  openDataset,
  openNetwork,
  outputKind,
  type Preprocess,
  parseRecipe,
  parseSensitivity,
  preprocessFromFlags,
  presetRecipe,
  type Recipe,
  type Runtime,
  type SensitivityReport,
  type SplitOptions,
  Study,
  sampleDataset,
  samplePreprocess,
  syntheticDataset,
  withMapping,
} from "@bitscape/engine";
import { LARGEST_MESSAGE } from "@bitscape/graph";
import { integer, type Values } from "./flags.ts";
import { openPath } from "./node/files.ts";
import { decodeImage } from "./node/images.ts";
import { type DiskModel, modelAt } from "./node/model.ts";
import { lazyRuntime, type RuntimeName, runtimeNames } from "./node/runtime.ts";
import { bytesText } from "./text.ts";
import { Usage } from "./usage.ts";
import type { Job } from "./verb.ts";

export function runtimeFor(values: Values): Runtime {
  const name = (values.runtime ?? "native") as RuntimeName;
  if (!runtimeNames.includes(name))
    throw new Usage(`--runtime: ${name}, expected ${runtimeNames.join(" or ")}`);
  return lazyRuntime(name, integer(values, "threads", 1) ?? cpus().length);
}

/** A file's bytes, or a sentence. */
export async function bytesAt(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const buffer = await readFile(path);
    return new Uint8Array(buffer.buffer as ArrayBuffer, buffer.byteOffset, buffer.byteLength);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Usage(
      `${path}: ${code === "ENOENT" ? "not found" : code === "EISDIR" ? "a folder" : String(code)}, expected a file that can be read`,
    );
  }
}

export async function openModel(
  path: string,
  job: Job,
  runtime: Runtime,
): Promise<{ file: DiskModel; network: Network }> {
  const file = modelAt(path);
  const network = await openNetwork(file.source, runtime, {
    name: basename(path),
    pins: pinsOf(job.values),
    external: file.external,
    digest: () => digestOf(path),
    between: () => turn(job.signal),
    onProgress: (what, done, total) => job.progress(what.toLowerCase(), done, total),
  });
  return { file, network };
}

/** SHA-256 of a file, by Node's own means. */
async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk);
  return hash.digest("hex");
}

/** Gives the event loop a turn, in which Ctrl-C is heard; throws where it was. */
export async function turn(signal: AbortSignal): Promise<void> {
  await new Promise((resume) => setImmediate(resume));
  signal.throwIfAborted();
}

function pinsOf(values: Values): Record<string, number> {
  const pins: Record<string, number> = {};
  for (const pin of values.pin ?? []) {
    const at = pin.lastIndexOf("=");
    const size = Number(pin.slice(at + 1));
    if (at < 1 || !Number.isInteger(size) || size < 1)
      throw new Usage(`--pin: ${pin}, expected NAME=N with a positive N`);
    pins[pin.slice(0, at)] = size;
  }
  return pins;
}

export interface OpenedData {
  readonly dataset: Dataset;
  readonly preprocess: Preprocess | undefined;
}

const SAMPLE = "sample:";

/** The data that --data names, for a network; synthetic where there is none, which is said. */
export async function openData(
  network: Network,
  job: Job,
  fallback?: Partial<Preprocess>,
): Promise<OpenedData> {
  const { values, say, progress, signal } = job;
  const inputs = inputsOf(network);
  const [input] = inputs;
  if (values.data === undefined) {
    say("no --data: synthetic inputs are used, and every figure says so");
    const seed = integer(values, "seed") ?? 0;
    const made = await syntheticDataset(inputs, { pins: network.pins, bounds: boundsOf(network), seed });
    return { dataset: made, preprocess: undefined };
  }
  if (values.data.startsWith(SAMPLE)) {
    const name = values.data.slice(SAMPLE.length);
    return { dataset: await sampleDataset(name, inputs), preprocess: samplePreprocess(name) };
  }
  const guess = input && inputs.length === 1 ? guessPreprocess(input.shape)?.preprocess : undefined;
  const base = guess && { ...guess, ...fallback };
  const preprocess = preprocessFromFlags(values, base);
  const files = await openPath(values.data, "--data");
  const labels = values.labels === undefined ? undefined : (await openPath(values.labels, "--labels"))[0];
  const kind = outputKind(network, true);
  const map = values["label-map"];
  const read = await openDataset(files, inputs, {
    name: basename(values.data),
    decode: decodeImage,
    signal,
    onProgress: (done, total) => progress("reading images", done, total),
    ...(preprocess && { preprocess }),
    ...(labels && { labels }),
    // With a map the data's own labels need not be the network's.
    ...(kind.kind === "classes" && map === undefined && { classCount: kind.classes }),
  });
  const dataset = map === undefined ? read : await labelled(network, read, map);
  for (const { name, reason } of dataset.skipped.slice(0, 5)) say(`skipped ${name}: ${reason}`);
  if (dataset.skipped.length > 5) say(`skipped ${dataset.skipped.length - 5} more`);
  // Arrays are fed as they are: only images are made by it, and they have names.
  return { dataset, preprocess: dataset.sampleNames ? preprocess : undefined };
}

export function splitOf(values: Values): SplitOptions {
  if (values.calibration === "apart") {
    if (values.evaluation === undefined) return { apart: true, seed: integer(values, "seed") ?? 0 };
    throw new Usage("--calibration apart: all others are evaluated, expected no --evaluation beside it");
  }
  const calibration = amount(values, "calibration");
  const evaluation = amount(values, "evaluation");
  return {
    ...(calibration !== undefined && { calibration }),
    ...(evaluation !== undefined && { evaluation }),
  };
}

/** A number of samples, or a share of them: `20%`. */
function amount(values: Values, name: "calibration" | "evaluation"): Amount | undefined {
  const text = values[name];
  if (!text?.endsWith("%")) return integer(values, name, 1);
  const percent = Number(text.slice(0, -1));
  if (percent > 0 && percent <= 100) return { share: percent / 100 };
  throw new Usage(`--${name}: ${text}, expected a whole number or a share such as 20%`);
}

/** The labels that --label-map names, as the network's outputs; checked against its classes. */
async function labelled(network: Network, dataset: Dataset, path: string): Promise<Dataset> {
  const text = new TextDecoder().decode(await bytesAt(path));
  const to: Record<string, number> = {};
  for (const [row, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const match = /^(.*?)[\s,]+(-?\d+)$/.exec(line.trim());
    if (!match?.[1]) throw new Usage(`${path}, line ${row + 1}: ${line}, expected label,index`);
    to[match[1]] = Number(match[2]);
  }
  const mapped = withMapping(dataset, { to, origin: "given" });
  const kind = outputKind(network, true);
  const fault = kind.kind === "classes" ? checkLabels(mapped, kind.classes) : undefined;
  if (fault !== undefined) throw new Error(fault);
  return mapped;
}

/** Throws where a float network is too large for a session of a rewritten one, which must be one protobuf message. */
export function checkRunnable({ name, bytes }: Network): void {
  if (bytes <= LARGEST_MESSAGE) return;
  throw new Usage(
    `${name}: ${bytesText(bytes)}, expected at most ${bytesText(LARGEST_MESSAGE)} to be run (quantize needs no run for weights alone)`,
  );
}

export async function openStudy(path: string, job: Job): Promise<Study> {
  const runtime = runtimeFor(job.values);
  const { network } = await openModel(path, job, runtime);
  checkRunnable(network);
  const { dataset } = await openData(network, job);
  return Study.open(network, dataset, runtime, splitOf(job.values));
}

/** The recipe that --recipe or --preset names; undefined where neither is given. */
export async function recipeOf(values: Values): Promise<Recipe | undefined> {
  if (values.recipe !== undefined && values.preset !== undefined) {
    throw new Usage("--recipe and --preset: both given, expected one of them");
  }
  if (values.preset !== undefined)
    return { ...presetRecipe(values.preset), seed: integer(values, "seed") ?? 0 };
  if (values.recipe === undefined) return undefined;
  const text = new TextDecoder().decode(await bytesAt(values.recipe));
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Usage(`${values.recipe}: not JSON, expected a recipe`);
  }
  return parseRecipe(recipeIn(json), basename(values.recipe));
}

/** What `bitscape sensitivity --json` wrote. */
export async function sensitivityAt(path: string): Promise<SensitivityReport> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(await bytesAt(path)));
  } catch (error) {
    if (error instanceof Usage) throw error;
    throw new Usage(`${path}: not JSON, expected what bitscape sensitivity --json wrote`);
  }
  return parseSensitivity(json, basename(path));
}

/** What other verbs write has a recipe in it: it is taken as one, so that verbs follow each other. */
function recipeIn(json: unknown): unknown {
  if (typeof json !== "object" || json === null || "schema" in json) return json;
  return "recipe" in json ? json.recipe : json;
}

/** What every document about data says of it. */
export function dataReport({ dataset, split }: Pick<Study, "dataset" | "split">): Record<string, unknown> {
  const { kind, name, size, digest, skipped } = dataset;
  return {
    data: kind === "synthetic" ? "synthetic" : name,
    samples: size,
    digest,
    skipped,
    calibration: rangeOf(split.calibration),
    evaluation: rangeOf(split.evaluation),
  };
}

function rangeOf(indices: readonly number[]): { n: number; from: number | null; to: number | null } {
  return { n: indices.length, from: indices[0] ?? null, to: indices.at(-1) ?? null };
}
