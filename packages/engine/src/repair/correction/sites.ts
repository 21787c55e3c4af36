// Bias sites: where a layer's outputs get a constant a channel, and the rewrite that gives one to layers that have none. Values
// only; what the constants should be is correction.ts, and pairs of layers are ../equalization/pairs.ts.

import {
  build,
  type Constant,
  constantOf,
  floatOf,
  type Links,
  linksOf,
  type Node,
  namesBeside,
} from "@bitscape/graph";
import { floatsOf } from "../../network/constants.ts";
import type { Layer, Network } from "../../network/network.ts";
import { rewritten } from "../../network/rewritten.ts";
import type { Weight } from "../../network/weights.ts";

/** Where one layer's bias is, or is missing. */
export interface BiasSite {
  readonly layer: Layer;
  readonly weight: Weight;
  readonly channels: number;
  /** The axis of the output that has the channels, counted from its end where it is negative. */
  readonly axis: 1 | -1;
  /** Name of the float32 constant [channels] that nothing else reads; null where there is none yet. */
  readonly bias: string | null;
  /** The tensor that has the bias in it. */
  readonly output: string;
}

/** By operator: the axis of the output's channels, and whether a third input is the bias. */
const places: Readonly<Record<string, { readonly axis: 1 | -1; readonly input: boolean }>> = {
  Conv: { axis: 1, input: true },
  ConvTranspose: { axis: 1, input: true },
  Gemm: { axis: -1, input: true },
  MatMul: { axis: -1, input: false },
};

/** The sites of a network's layers of the main graph, in topological order; operators that cannot have one are left out. */
export function biasSites(network: Network): BiasSite[] {
  const { graph } = network.model;
  const links = linksOf(graph);
  const main = new Set(graph.nodes.map(({ id }) => id));
  return network.layers.flatMap((layer) => {
    const site = main.has(layer.node.id) ? siteOf(network, layer, links) : undefined;
    return site ? [site] : [];
  });
}

function siteOf(network: Network, layer: Layer, links: Links): BiasSite | undefined {
  const { node, weights } = layer;
  const place = node.domain === "" ? places[node.op] : undefined;
  const [weight] = weights;
  // A layer that multiplies from the left has its channels elsewhere, and one of several weights several biases.
  if (!place || weights.length !== 1 || !weight || weight.name !== node.inputs[1]) return undefined;
  const [output = ""] = node.outputs;
  const shape = network.values.get(output)?.shape;
  if (weight.dtype !== "float32" || network.values.get(output)?.dtype !== "float32" || !shape)
    return undefined;
  const channels = shape.at(place.axis);
  if (channels === undefined || channels < 1) return undefined;
  const site = { layer, weight, channels, axis: place.axis };
  const own = (name: string) => {
    const constant = links.constants.get(name);
    const vector = constant?.dtype === "float32" && isVector(constant, channels, place.axis);
    const free = links.consumers.get(name)?.length === 1 && !links.outputs.has(name);
    return vector && free && network.model.graph.constants.has(name);
  };
  const third = node.inputs[2] ?? "";
  if (place.input) {
    if (third === "") return { ...site, bias: null, output };
    if (floatOf(node, "beta", 1) !== 1) return undefined;
    if (own(third)) return { ...site, bias: third, output };
    return vectorOf(node, links, channels) ? { ...site, bias: null, output } : undefined;
  }
  const [reader, ...others] = links.consumers.get(output) ?? [];
  if (reader?.op === "Add" && reader.domain === "" && others.length === 0 && !links.outputs.has(output)) {
    const other = reader.inputs.find((name) => name !== output) ?? "";
    const [sum = ""] = reader.outputs;
    // A constant that broadcasts the other way would change the shape.
    if (own(other) && network.values.get(sum)?.shape.join() === shape.join())
      return { ...site, bias: other, output: sum };
  }
  return { ...site, bias: null, output };
}

/** Whether a constant is one value a channel: [C], or with ones where it broadcasts; an operator's own input is [C]. */
function isVector({ shape }: Constant, channels: number, axis: 1 | -1): boolean {
  if (axis === 1) return shape.length === 1 && shape[0] === channels;
  return shape.at(-1) === channels && shape.slice(0, -1).every((dim) => dim === 1);
}

/**
 * The same network with a bias of zeros where some layers have none of their own: biases that plans may change.
 * @param ids of the layers; all that can have one where absent
 */
export function withBiasSites(network: Network, ids?: ReadonlySet<string>): Network {
  const missing = biasSites(network).filter(
    ({ bias, layer }) => bias === null && (ids?.has(layer.id) ?? true),
  );
  const { graph } = network.model;
  const links = linksOf(graph);
  const free = namesBeside(graph);
  const constants = new Map(graph.constants);
  const by = new Map(missing.map((site) => [site.layer.node.id, site]));
  const nodes = graph.nodes.flatMap((node): Node[] => {
    const site = by.get(node.id);
    if (!site) return [node];
    const { channels, weight } = site;
    // A constant that other nodes read too: the layer gets a copy of its own.
    const shared = links.constants.get(node.inputs[2] ?? "");
    const bias = free(`${weight.name}.bias`);
    const data = shared ? floatsOf(shared).slice() : new Float32Array(channels);
    constants.set(bias, constantOf(bias, { dtype: "float32", shape: [channels], data }));
    if (places[node.op]?.input) return [{ ...node, inputs: [...node.inputs.slice(0, 2), bias] }];
    const [output = ""] = node.outputs;
    const before = free(`${output}.product`);
    return [{ ...node, outputs: [before] }, build.node("Add", [before, bias], [output], {}, `${bias}.added`)];
  });
  const ready = missing.length === 0 ? network : rewritten(network, { ...graph, nodes, constants });
  return { ...ready, biases: biasSites(ready).flatMap(({ bias }) => bias ?? []) };
}

/** An operator's bias where it is a constant that can be copied. */
function vectorOf(node: Node, { constants }: Links, channels: number): Constant | undefined {
  const constant = constants.get(node.inputs[2] ?? "");
  return constant?.dtype === "float32" && constant.shape.join() === `${channels}` ? constant : undefined;
}
