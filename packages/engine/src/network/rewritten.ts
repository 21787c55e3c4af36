// A network whose graph was rewritten after it was opened: shapes, points and layers found anew. The float function is the
// rewriter's promise; nothing here checks it.

import { type Graph, infer } from "@bitscape/graph";
import { findLayers } from "./layers.ts";
import type { Network } from "./network.ts";
import { findPoints } from "./points.ts";

/** @param metadata entries of metadata_props to add */
export function rewritten(
  network: Network,
  graph: Graph,
  metadata: readonly (readonly [key: string, value: string])[] = [],
): Network {
  const model = {
    ...network.model,
    graph: { ...graph, valueInfo: [] },
    metadata: new Map([...network.model.metadata, ...metadata]),
  };
  const inference = infer(model, network.pins, network.values);
  const points = findPoints(model.graph, inference.values);
  const { layers, skipped } = findLayers(model, inference, points);
  return { ...network, model, values: inference.values, points, layers, skipped };
}
