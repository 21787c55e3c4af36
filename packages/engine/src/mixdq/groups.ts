// MixDQ's two groups of layers, each with a metric of its own (Zhao et al., ECCV 2024, arXiv 2405.17873, §4.2): what changes
// an image's content and what changes its quality; for other networks, kinds of layers whose errors look different.

import * as z from "zod";
import type { Layer, Network } from "../network/network.ts";
import { type MixdqMetric, mixdqMetrics } from "./scores.ts";

export interface LayerGroup {
  readonly name: string;
  readonly metric: MixdqMetric;
  /** Of layers that have weights, in the network's order. */
  readonly layers: readonly string[];
}

/** The quality group and the content group, whose mean widths K relates. */
export type Groups = readonly [quality: LayerGroup, content: LayerGroup];

interface Split {
  readonly names: readonly [quality: string, content: string];
  readonly isContent: (layer: Layer) => boolean;
}

const kernelOf = ({ weights }: Layer) => (weights[0]?.shape ?? []).slice(2).reduce((a, b) => a * b, 1);

const isWidening = (shape: readonly number[] = []) => shape.at(-1) !== shape.at(-2);

// The first that leaves neither group empty is taken.
const splits: readonly Split[] = [
  // The paper's: cross-attention and feed-forward decide what is seen.
  {
    names: ["quality", "content"],
    isContent: ({ id }) => /(^|[^a-z])(ff|attn2|mlp|feed_?forward|ffn)([^a-z]|$)/i.test(id),
  },
  {
    names: ["convolutions", "matrices"],
    isContent: ({ node }) => node.op === "MatMul" || node.op === "Gemm",
  },
  // Of a transformer whose names say nothing: its feed-forward widens and narrows, its attention does neither.
  {
    names: ["square", "widening"],
    isContent: ({ node, weights }) => node.op !== "Conv" && isWidening(weights[0]?.shape),
  },
  {
    names: ["spatial", "pointwise"],
    isContent: (layer) => layer.node.op === "Conv" && kernelOf(layer) === 1,
  },
];

const LEAST = 3;

/**
 * Groups for a network of which nothing else is said.
 * @param metrics of the quality and the content group
 * @throws one sentence where its layers are all of one kind
 */
export function groupsOf({ name, layers }: Network, metrics: readonly [MixdqMetric, MixdqMetric]): Groups {
  const weighted = layers.filter(({ weights }) => weights.length > 0);
  for (const { names, isContent } of splits) {
    const content = weighted.filter(isContent);
    const quality = weighted.filter((layer) => !isContent(layer));
    if (content.length < LEAST || quality.length < LEAST) continue;
    return [quality, content].map((own, g) => ({
      name: names[g] as string,
      metric: metrics[g] as MixdqMetric,
      layers: own.map(({ id }) => id),
    })) as unknown as Groups;
  }
  throw new Error(
    `mixdq: ${name}, whose ${weighted.length} layers are of one kind, expected --groups to part them`,
  );
}

const schema = z.tuple([
  z.strictObject({ name: z.string(), match: z.string(), metric: z.enum(mixdqMetrics) }),
  z.strictObject({ name: z.string(), match: z.string().optional(), metric: z.enum(mixdqMetrics) }),
]);

/**
 * Groups as a person says them: `[{name, match, metric}, {name, metric}]`, where `match` is a regular expression over layers'
 * names, or `op:` and an operator. The second has all that the first does not match, where it has no `match` of its own.
 * @throws one sentence where they are none, or do not part the layers
 */
export function parseGroups(json: unknown, network: Network, name = "groups"): Groups {
  const found = schema.safeParse(json);
  if (!found.success) {
    const [issue] = found.error.issues;
    throw new Error(
      `${name}: ${issue?.path.join(".") || "the document"}: ${issue?.message}, expected two groups of name, match and metric`,
    );
  }
  const [first, second] = found.data;
  const weighted = network.layers.filter(({ weights }) => weights.length > 0);
  const matches = (match: string) => {
    const op = match.startsWith("op:") ? match.slice(3) : undefined;
    const pattern = op === undefined ? new RegExp(match) : undefined;
    return ({ id, node }: Layer) => (pattern ? pattern.test(id) : node.op === op);
  };
  const isFirst = matches(first.match);
  const isSecond = second.match === undefined ? (layer: Layer) => !isFirst(layer) : matches(second.match);
  for (const layer of weighted) {
    if (isFirst(layer) === isSecond(layer))
      throw new Error(
        `${name}: ${layer.id} in ${isFirst(layer) ? "both groups" : "neither group"}, expected every layer in one`,
      );
  }
  const groups = [first, second].map(({ name: own, metric }, g) => ({
    name: own,
    metric,
    layers: weighted.filter(g === 0 ? isFirst : isSecond).map(({ id }) => id),
  })) as unknown as Groups;
  const empty = groups.find(({ layers }) => layers.length === 0);
  if (empty) throw new Error(`${name}: ${empty.name} without a layer, expected some in each group`);
  return groups;
}
