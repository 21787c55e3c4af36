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
  /** Multiply-accumulates of the node and of those that share its weights; null where no shape is known. */
  readonly macs: number | null;
  /** Ids of other nodes that read this layer's weights: its scheme holds for them too. */
  readonly sharedWith: readonly string[];
}

/** A node with constants that is no layer, or a part of one, and why. */
export interface Skipped {
  readonly node: string;
  readonly reason: string;
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
  readonly skipped: readonly Skipped[];
  readonly pins: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
  readonly parameters: number;
  /** Constants that plans give other values than the float network's: biases that are corrected. Absent where there are none. */
  readonly biases?: readonly string[];
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
