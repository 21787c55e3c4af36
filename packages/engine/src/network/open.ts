// Opening: file → Network. Decodes, checks, raises the opset to what quantization needs, simplifies, folds constants
// (one run), infers shapes (another run where a rule is missing), finds layers and points.

import {
  type Constant,
  checkModel,
  constantOf,
  constantSubgraph,
  decodeModel,
  encodeModel,
  type Graph,
  type Inference,
  InvalidModel,
  infer,
  liftConstants,
  type Model,
  macsOf,
  type Node,
  nonFinite,
  opsetOf,
  parametersOf,
  raiseOpset,
  replaceByConstants,
  simplify,
  subgraphsOf,
  symbolicDims,
  trueInputs,
} from "@bitscape/graph";
import { sha256Hex } from "../data/index.ts";
import type { Runtime } from "../runtime.ts";
import type { Layer, Network } from "./network.ts";
import { findPoints, type Point } from "./points.ts";
import { profile } from "./profile.ts";
import { type Weight, weightRules, weightsOf } from "./weights.ts";

export interface OpenNetworkOptions {
  readonly name: string;
  /** Bytes of external data by location. */
  readonly external?: (location: string) => Uint8Array | undefined;
  readonly pins?: Readonly<Record<string, number>>;
  readonly onProgress?: (what: string, done: number, total: number) => void;
}

/** QuantizeLinear and DequantizeLinear per axis came with opset 13. */
const LEAST_OPSET = 13;
// Folded constants may take this much more than what they were made of; beyond it the nodes stay.
const FOLD_BYTES = 2 ** 20;

/**
 * Opens a model for quantization.
 * @throws InvalidModel or Unsupported with one sentence
 */
export async function openNetwork(
  file: Uint8Array,
  runtime: Runtime,
  options: OpenNetworkOptions,
): Promise<Network> {
  const { name, external } = options;
  const tell = options.onProgress ?? (() => {});
  tell("Reading the file", 0, 4);
  let externalBytes = 0;
  const located = new Set<string>();
  const original = decodeModel(file, {
    name,
    external: (location) => {
      const bytes = external?.(location);
      if (bytes && !located.has(location)) externalBytes += bytes.byteLength;
      located.add(location);
      return bytes;
    },
  });
  const fault = checkModel(original, name);
  if (fault) throw new InvalidModel(fault);
  checkSizes(original, name);
  const pins = pinned(original, options.pins ?? {});
  tell("Simplifying the graph", 1, 4);
  const raised = opsetOf(original) < LEAST_OPSET ? raiseOpset(original, LEAST_OPSET) : original;
  const simple = simplify(raised);
  const lifted = { ...simple, graph: liftConstants(simple.graph, isWeightLike) };
  tell("Folding constants", 2, 4);
  const model = await folded(lifted, runtime);
  tell("Inferring shapes", 3, 4);
  const inference = await inferred(model, pins, runtime);
  const points = findPoints(model.graph, inference.values);
  const { layers, skipped } = findLayers(model, inference, points);
  checkFinite(model, layers, name);
  return {
    name,
    bytes: file.byteLength + externalBytes,
    sha256: await sha256Hex(file),
    original,
    model,
    values: inference.values,
    layers,
    points,
    skipped,
    pins,
    notes: notesOf(original, model, inference),
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

function isWeightLike(constant: Constant): boolean {
  return (constant.dtype === "float32" || constant.dtype === "float16") && constant.shape.length >= 2;
}

/** Runs what depends on constants alone, once, and puts the results in. A model that fails there is left as it is. */
async function folded(model: Model, runtime: Runtime): Promise<Model> {
  const constants = constantSubgraph(model);
  if (!constants) return model;
  const limit =
    FOLD_BYTES +
    [...constants.model.graph.constants.values()].reduce((sum, each) => sum + each.byteLength, 0);
  try {
    const session = await runtime.load(encodeModel(constants.model));
    const results = await session.run({});
    await session.release();
    const made = Object.entries(results).map(([name, value]) => [name, constantOf(name, value)] as const);
    if (made.reduce((sum, [, each]) => sum + each.byteLength, 0) > limit) return model;
    return { ...model, graph: replaceByConstants(model.graph, new Map(made)) };
  } catch {
    // Folding only uncovers more weights; the model itself says later what is wrong with it.
    return model;
  }
}

/** Inference by rules; where some are missing, shapes measured on one run of made-up inputs are put in. */
async function inferred(
  model: Model,
  pins: Readonly<Record<string, number>>,
  runtime: Runtime,
): Promise<Inference> {
  const first = infer(model, pins);
  const inner = new Set(model.graph.nodes.map((node) => node.id));
  if (!first.missing.some(({ node }) => inner.has(node))) return first;
  const known = await profile(model, pins, first, runtime);
  return known ? infer(model, pins, known) : first;
}

/** Every node, with those of inner graphs after the node that holds them. */
function* allNodes(graph: Graph): Generator<Node> {
  for (const node of graph.nodes) {
    yield node;
    for (const [, body] of subgraphsOf(node)) yield* allNodes(body);
  }
}

function findLayers(
  model: Model,
  { values }: Inference,
  points: readonly Point[],
): { layers: Layer[]; skipped: { node: string; reason: string }[] } {
  const { constants } = model.graph;
  const layers: Layer[] = [];
  const skipped: { node: string; reason: string }[] = [];
  const owner = new Map<string, string>();
  const byDecider = new Map<string, Point[]>();
  for (const point of points) {
    for (const id of point.deciders) byDecider.set(id, [...(byDecider.get(id) ?? []), point]);
  }
  for (const node of allNodes(model.graph)) {
    const { weights, reason } = weightsOf(node, constants);
    const own: Weight[] = [];
    for (const weight of weights) {
      const first = owner.get(weight.name);
      if (first === undefined) {
        owner.set(weight.name, node.id);
        own.push(weight);
      } else if (first !== node.id) {
        skipped.push({
          node: node.id,
          reason: `shares its weight with ${first}, whose scheme holds for both`,
        });
      }
    }
    if (reason !== undefined) skipped.push({ node: node.id, reason });
    const decides = byDecider.get(node.id) ?? [];
    if (own.length > 0 || decides.length > 0) {
      layers.push({ id: node.id, node, weights: own, points: decides, macs: macsOf(node, values) ?? null });
    }
    if (own.length === 0 && weights.length === 0 && reason === undefined) {
      const why = unquantizable(node, constants);
      if (why) skipped.push({ node: node.id, reason: why });
    }
  }
  return { layers, skipped };
}

// Smaller constants are scalars, biases and axes: not worth a line.
const WORTH_SAYING = 256;

function unquantizable(node: Node, constants: ReadonlyMap<string, Constant>): string | undefined {
  if (node.op === "DequantizeLinear" || node.op === "QuantizeLinear") {
    return constants.has(node.inputs[0] ?? "") ? "is quantized already and kept as it is" : undefined;
  }
  const big = node.inputs
    .map((name) => constants.get(name))
    .find((each) => each !== undefined && isWeightLike(each) && each.byteLength >= 4 * WORTH_SAYING);
  if (!big) return undefined;
  const what = weightRules[node.op]
    ? "as an operand that is not its weight"
    : "which is not an operator with weights";
  return `${node.op} reads the constant ${big.name} [${big.shape.join(", ")}], ${what}: kept float`;
}

/** Weights must be finite; other constants may hold infinities (masks do) but no NaN. */
function checkFinite(model: Model, layers: readonly Layer[], name: string): void {
  const weights = new Set(layers.flatMap((layer) => layer.weights.map((weight) => weight.name)));
  for (const constant of model.graph.constants.values()) {
    const fault = nonFinite(constant);
    if (fault && (weights.has(constant.name) || fault.includes("NaN")))
      throw new InvalidModel(`${name}: ${fault}`);
  }
}

function notesOf(original: Model, model: Model, { missing }: Inference): string[] {
  const notes: string[] = [];
  const was = opsetOf(original);
  if (opsetOf(model) > was)
    notes.push(`opset ${was} is raised to ${opsetOf(model)}, which per-channel quantization needs`);
  const removed = original.graph.nodes.length - model.graph.nodes.length;
  if (removed > 0)
    notes.push(
      `${removed} of ${original.graph.nodes.length} nodes were folded away (constants, identities, batch normalizations)`,
    );
  if (missing.length > 0) {
    const first = missing[0] as Inference["missing"][number];
    notes.push(
      `${missing.length} nodes have no known shape (first: ${first.op} ${first.node}: ${first.reason})`,
    );
  }
  return notes;
}
