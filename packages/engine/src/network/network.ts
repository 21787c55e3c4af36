// Network: an opened model, ready to be quantized: simplified graph, concrete shapes, layers and points.
// A plain value; nothing here runs it.

import type { Inferred, Model, Node } from "@bitscape/graph";
import type { Point } from "./points.ts";
import type { Weight } from "./weights.ts";

/** A row of the heatmap: a node with quantizable weights, or one that decides activation tensors. */
export interface Layer {
  readonly id: string;
  readonly node: Node;
  /** Those that this layer decides; a weight shared by several nodes belongs to the first. */
  readonly weights: readonly Weight[];
  readonly points: readonly Point[];
  readonly macs: number | null;
}

export interface Network {
  readonly name: string;
  /** Length of the float file, external data included. */
  readonly bytes: number;
  /** Of the model file, hex. */
  readonly sha256: string;
  /** As read. */
  readonly original: Model;
  /** Raised to opset 13 where it was lower, simplified: what probes and exports start from. */
  readonly model: Model;
  /** Concrete types and shapes of `model`'s values under the pins. */
  readonly values: ReadonlyMap<string, Inferred>;
  readonly layers: readonly Layer[];
  readonly points: readonly Point[];
  readonly skipped: readonly { readonly node: string; readonly reason: string }[];
  readonly pins: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
  readonly parameters: number;
}

/** The layer of an id. Throws a sentence that lists some of those there are. */
export function layerOf(network: Network, id: string): Layer {
  const found = network.layers.find((layer) => layer.id === id);
  if (found) return found;
  const some = network.layers.slice(0, 4).map((layer) => layer.id);
  throw new Error(
    `layer "${id}": not in ${network.name}, expected one of its ${network.layers.length} layers (${some.join(", ")}, …)`,
  );
}
