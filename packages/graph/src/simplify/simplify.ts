// The rewrites that a model gets before it is looked at for quantization. Exact, but for BatchNormalization, whose
// folding rounds each weight once. Constant folding needs a runtime and is fold.ts.

import type { Graph, Model } from "../graph.ts";
import { foldBatchNorms } from "./batchnorm.ts";
import { fixInitializers, hoistConstants } from "./constants.ts";
import { removeIdentities } from "./identity.ts";
import { prune } from "./prune.ts";

const passes: readonly ((graph: Graph) => Graph)[] = [
  hoistConstants,
  removeIdentities,
  foldBatchNorms,
  prune,
];

/** The same model without clutter; names of graph inputs and outputs and ids of nodes stay. */
export function simplify(model: Model): Model {
  const fixed = fixInitializers(model);
  const graph = passes.reduce((current, pass) => pass(current), fixed.graph);
  return graph === fixed.graph ? fixed : { ...fixed, graph };
}
