// The rewrites that a model gets before it is looked at for quantization. Exact, but for BatchNormalization, whose
// folding rounds each weight once. Constant folding needs a runtime and is fold.ts.

import type { Graph, Model } from "../graph.ts";
import { foldBatchNorms } from "./batchnorm.ts";
import { takeBranches } from "./branches.ts";
import { fixInitializers, hoistConstants } from "./constants.ts";
import { removeIdentities } from "./identity.ts";
import type { Facts } from "./noop.ts";
import { prune } from "./prune.ts";

const passes: readonly ((graph: Graph, facts: Facts) => Graph)[] = [
  hoistConstants,
  takeBranches,
  removeIdentities,
  (graph) => foldBatchNorms(graph),
  prune,
];

/**
 * The same model without clutter; names of graph inputs and outputs and ids of nodes stay.
 * @param facts of the model's values, for nodes that change nothing because of the shapes they meet
 */
export function simplify(model: Model, facts: Facts = new Map()): Model {
  const fixed = fixInitializers(model);
  const graph = passes.reduce((current, pass) => pass(current, facts), fixed.graph);
  return graph === fixed.graph ? fixed : { ...fixed, graph };
}
