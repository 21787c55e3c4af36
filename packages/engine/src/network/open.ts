// Opening: file → Network. Decodes, checks, inlines functions, raises the opset to what quantization needs, simplifies,
// folds constants (one run), infers shapes (another run where a rule is missing), finds layers and points.

import {
  type ByteSource,
  checkModel,
  decodeModel,
  densify,
  factsOf,
  type Inference,
  InvalidModel,
  infer,
  inlineFunctions,
  liftConstants,
  type Model,
  memorySource,
  nonFinite,
  opsetOf,
  parametersOf,
  raiseOpset,
  simplify,
  symbolicDims,
  trueInputs,
} from "@bitscape/graph";
import { sha256Of } from "../data/index.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { foldConstants } from "./fold.ts";
import { findLayers } from "./layers.ts";
import type { Layer, Network } from "./network.ts";
import { notesOf } from "./notes.ts";
import { findPoints } from "./points.ts";
import { profile } from "./profile.ts";
import { isWeightLike } from "./weights.ts";

export interface OpenNetworkOptions {
  readonly name: string;
  /** Files of external data by location. */
  readonly external?: (location: string) => Uint8Array | ByteSource | undefined;
  readonly pins?: Readonly<Record<string, number>>;
  readonly onProgress?: (what: string, done: number, total: number) => void;
  /** SHA-256 of the file as hex, where the caller has a faster way than ours. */
  readonly digest?: () => Promise<string>;
  /** Awaited between two tensors of a large model; throws to cancel. */
  readonly between?: () => Promise<void>;
}

/** QuantizeLinear and DequantizeLinear per axis came with opset 13. */
const LEAST_OPSET = 13;
// A larger model is not run for its shapes alone.
const PROFILE_BYTES = 2 ** 30;

/**
 * Opens a model for quantization.
 * @throws InvalidModel or Unsupported with one sentence
 */
export async function openNetwork(
  file: Uint8Array | ByteSource,
  runtime: Runtime,
  options: OpenNetworkOptions,
): Promise<Network> {
  const { name, external, between = async () => {} } = options;
  const tell = options.onProgress ?? (() => {});
  tell("Reading the file", 0, 4);
  let externalBytes = 0;
  const located = new Set<string>();
  const read = decodeModel(file, {
    name,
    external: (location) => {
      const bytes = external?.(location);
      if (bytes && !located.has(location)) externalBytes += bytes.byteLength;
      located.add(location);
      return bytes;
    },
  });
  const original = densify(read, name);
  checked(original, name);
  checkSizes(original, name);
  const pins = pinned(original, options.pins ?? {});
  tell("Simplifying the graph", 1, 4);
  const inlined = inlineFunctions(original);
  // Bodies of functions are checked where they are put, with the names around them.
  if (inlined !== original) checked(inlined, name);
  const raised = atLeast(inlined, LEAST_OPSET);
  const simple = simplify(raised);
  const lifted = { ...simple, graph: liftConstants(simple.graph, isWeightLike) };
  tell("Folding constants", 2, 4);
  const folded = await foldConstants(lifted, runtime);
  // Shapes, and constants that were computed, show more nodes to change nothing.
  const model = simplify(folded, factsOf(folded));
  tell("Inferring shapes", 3, 4);
  const inference = await inferred(model, pins, runtime);
  const points = findPoints(model.graph, inference.values);
  const { layers, skipped } = findLayers(model, inference, points);
  await checkFinite(model, layers, name, async (done, total) => {
    tell("Checking weights", done, total);
    await between();
  });
  const source = file instanceof Uint8Array ? memorySource(file) : file;
  return {
    name,
    bytes: file.byteLength + externalBytes,
    sha256: await (options.digest?.() ?? sha256Of(source, between)),
    original,
    model,
    values: inference.values,
    layers,
    points,
    skipped,
    pins,
    notes: notesOf(original, inlined, model, inference, layers),
    parameters: parametersOf(original.graph),
  };
}

// What one typed array, and WebAssembly's memory, can hold.
const MOST_BYTES = 2 ** 32;

/** A declared dimension may be anything, and a sample must be made of it. */
function checkSizes({ graph }: Model, name: string): void {
  for (const input of trueInputs(graph)) {
    const fixed = (input.shape ?? []).filter((dim) => typeof dim === "number");
    if (fixed.reduce((size, dim) => size * dim, 4) <= MOST_BYTES) continue;
    const shape = (input.shape ?? []).map((dim) => dim ?? "?").join(", ");
    throw new InvalidModel(
      `${name}: input ${input.name} has shape [${shape}], expected dimensions that fit in memory`,
    );
  }
}

function pinned(model: Model, asked: Readonly<Record<string, number>>): Record<string, number> {
  const pins: Record<string, number> = {};
  for (const { name, guess } of symbolicDims(model)) pins[name] = asked[name] ?? guess;
  for (const [name, size] of Object.entries(asked)) {
    if (!Number.isInteger(size) || size < 1 || size > 2 ** 31)
      throw new Error(`dimension ${name}: ${size}, expected a positive integer`);
    pins[name] = size;
  }
  return pins;
}

/** @throws InvalidModel with the first reason to refuse the model */
function checked(model: Model, name: string): void {
  const fault = checkModel(model, name);
  if (fault) throw new InvalidModel(fault);
}

/** A model that imports ai.onnx at `opset` or later; one that uses none of it may import none. */
function atLeast(model: Model, opset: number): Model {
  if (!model.opsets.has("")) return { ...model, opsets: new Map([...model.opsets, ["", opset]]) };
  return opsetOf(model) < opset ? raiseOpset(model, opset) : model;
}

/** Inference by rules; where some are missing, shapes measured on one run of made-up inputs are put in. */
async function inferred(
  model: Model,
  pins: Readonly<Record<string, number>>,
  runtime: Runtime,
): Promise<Inference> {
  const first = infer(model, pins);
  const inner = new Set(model.graph.nodes.map((node) => node.id));
  if (!first.missing.some(({ node }) => inner.has(node)) || constantBytes(model) > PROFILE_BYTES)
    return first;
  const known = await profile(model, pins, first, runtime);
  return known ? infer(model, pins, known) : first;
}

/** Bytes of a model's initializers. */
export function constantBytes({ graph }: Model): number {
  return [...graph.constants.values()].reduce((sum, each) => sum + each.byteLength, 0);
}

/** Weights must be finite; other constants may hold infinities (masks do) but no NaN. */
async function checkFinite(
  model: Model,
  layers: readonly Layer[],
  name: string,
  between: (done: number, total: number) => Promise<void>,
): Promise<void> {
  const total = constantBytes(model);
  let done = 0;
  const weights = new Set(layers.flatMap((layer) => layer.weights.map((weight) => weight.name)));
  for (const constant of model.graph.constants.values()) {
    if (constant.range) await between(done, total);
    done += constant.byteLength;
    const fault = nonFinite(constant);
    if (fault && (weights.has(constant.name) || fault.includes("NaN")))
      throw new InvalidModel(`${name}: ${fault}`);
  }
}
