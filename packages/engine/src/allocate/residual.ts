// Residual branches: layers whose outputs one addition takes, directly or through operators of one input. HAWQ-V3 gives
// them the same bits (Yao et al. 2021, arXiv:2011.10680, §3.2: the down-sample branch and the one beside it), so that what is
// added has been rounded alike. A shortcut that brings an earlier sum couples nothing.

import { linksOf, type Node } from "@bitscape/graph";
import type { Network } from "../network/network.ts";

const sums = new Set(["Add", "Sum"]);

/** Sets of layers with weights, by their ids, in the order of the additions. */
export function residualGroups({ model, layers }: Network): string[][] {
  const { graph } = model;
  const { producer, constants } = linksOf(graph);
  const weighted = new Map(
    layers.filter(({ weights }) => weights.length > 0).map((layer) => [layer.node.id, layer.id]),
  );
  const before = (value: string): string | undefined => {
    const node = producer.get(value);
    if (!node) return undefined;
    const own = weighted.get(node.id);
    if (own !== undefined) return own;
    const data = dataInputs(node);
    return data.length === 1 && !sums.has(node.op) ? before(data[0] as string) : undefined;
  };
  const dataInputs = ({ inputs }: Node) =>
    inputs.filter((name): name is string => typeof name === "string" && name !== "" && !constants.has(name));
  return graph.nodes
    .filter(({ op }) => sums.has(op))
    .map((node) => [...new Set(dataInputs(node).flatMap((value) => before(value) ?? []))])
    .filter(({ length }) => length > 1);
}
