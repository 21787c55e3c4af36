// Residual blocks: layers that HAWQ-V3 couples (arXiv 2011.10680, §3.4 and its repository): a down-sampling convolution and
// the first layer of its block read one quantized tensor, and so must have one width. Found in the graph; changes nothing.

import { type Links, linksOf, type Node } from "@bitscape/graph";
import type { Network } from "../network/network.ts";

// Between a layer and the sum that ends its block.
const passing: ReadonlySet<string> = new Set([
  "Relu",
  "Clip",
  "BatchNormalization",
  "Identity",
  "Sigmoid",
  "HardSwish",
]);

/** Sets of layers whose widths must agree, in the network's order. */
export function downSampling(network: Network): string[][] {
  const links = linksOf(network.model.graph);
  const weighted = new Map(
    network.layers.filter(({ weights }) => weights.length > 0).map(({ id, node }) => [node, id]),
  );
  const found: string[][] = [];
  for (const node of network.model.graph.nodes) {
    if (node.op !== "Add" || node.inputs.some((name) => links.constants.has(name))) continue;
    for (const [short, long] of [node.inputs, node.inputs.toReversed()] as [string, string][]) {
      const alone = layerBefore(short, links, weighted);
      const fork = alone?.inputs[0];
      if (!alone || fork === undefined) continue;
      const first = firstsOf(long, fork, links, weighted).filter((each) => each !== alone);
      if (first.length === 0) continue;
      const ids = new Set([alone, ...first].map((each) => weighted.get(each) as string));
      if (ids.size > 1) found.push(network.layers.filter(({ id }) => ids.has(id)).map(({ id }) => id));
    }
  }
  return [...new Map(found.map((ids) => [ids.join("\n"), ids])).values()];
}

/** The layer that makes a tensor, activation functions apart. */
function layerBefore(name: string, links: Links, weighted: ReadonlyMap<Node, string>): Node | undefined {
  const maker = links.producer.get(name);
  if (!maker) return undefined;
  if (weighted.has(maker)) return maker;
  return passing.has(maker.op) ? layerBefore(maker.inputs[0] as string, links, weighted) : undefined;
}

/** Layers on the way from a fork to a tensor that read the fork itself; none where the way does not lead there. */
function firstsOf(name: string, fork: string, links: Links, weighted: ReadonlyMap<Node, string>): Node[] {
  const firsts = new Set<Node>();
  const seen = new Set<string>();
  const wanted = [name];
  // A block is short: what goes on for longer is the whole network.
  for (let at = wanted.pop(); at !== undefined && seen.size < 200; at = wanted.pop()) {
    if (seen.has(at) || at === fork) continue;
    seen.add(at);
    const maker = links.producer.get(at);
    if (!maker) continue;
    if (weighted.has(maker) && maker.inputs[0] === fork) firsts.add(maker);
    else for (const input of maker.inputs) if (!links.constants.has(input)) wanted.push(input);
  }
  return [...firsts];
}
