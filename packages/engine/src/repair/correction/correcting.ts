// The graph that bias correction is estimated with: the probe with, behind each layer, what its channels' means lack added before
// the next layer reads them; means weighted by what the float network's ReLU lets through. Values only; who runs it is correction.ts.
//
// It is run twice on a batch: as the float network, for what is seen and its means, and quantized, with those fed back.

import { build, type Constant, constantOf, int, type Model, type Node, opsetOf } from "@bitscape/graph";
import { type Tensor, tensor } from "@bitscape/tensor";
import type { Network } from "../../network/network.ts";
import type { Feeds } from "../../runtime/runtime.ts";
import { means } from "./channels.ts";
import { type Gate, UNSEEN } from "./gates.ts";
import type { BiasSite } from "./sites.ts";

const SHARE = "bitscape.share";
const FLOAT = 1;

/** Tensors of one site. */
export interface Place {
  readonly site: BiasSite;
  readonly gate: Gate | undefined;
  /** Outputs of the float run: a channel's mean, weighted by what is seen, of each sample; and what is seen, as bool. */
  readonly mean: string;
  readonly visible: string | null;
  /** Outputs of the quantized run, of each sample: what the mean lacks, and the mean weight. */
  readonly lack: string;
  readonly seen: string | null;
}

export function placesOf(sites: readonly BiasSite[], gates: ReadonlyMap<string, Gate>): Place[] {
  return sites.map((site) => {
    const gate = gates.get(site.layer.id);
    const name = (word: string) => `${site.output}/bitscape.${word}`;
    return {
      site,
      gate,
      mean: name("mean"),
      visible: gate ? name("visible") : null,
      lack: name("lack"),
      seen: gate ? name("seen") : null,
    };
  });
}

const wantedOf = (place: Place) => `${place.mean}.wanted`;
const throughOf = (place: Place) => `${place.visible}.fed`;

/** @param probe the probe's model of the network */
export function correctingModel(network: Network, probe: Model, places: readonly Place[]): Model {
  const { graph } = probe;
  const opset = opsetOf(probe);
  const by = new Map(places.map((place) => [place.site.output, place]));
  const constants = new Map(graph.constants);
  const inputs = [...graph.inputs, build.value(SHARE, "float32", [])];
  const outputs = [...graph.outputs];
  const put = (...made: readonly Constant[]) => {
    for (const each of made) constants.set(each.name, each);
  };
  const scalar = (name: string, value: number) => {
    put(constantOf(name, tensor("float32", [], [value])));
    return name;
  };
  const averaged = (
    input: string,
    output: string,
    rank: number,
    kept: readonly number[],
  ): readonly Node[] => {
    const made = means(opset, { input, output, rank, kept });
    put(...made.constants);
    return made.nodes;
  };
  const [unseen, more] = [scalar("bitscape.unseen", UNSEEN), scalar("bitscape.more", 1 - UNSEEN)];
  /** Weights of positions: 1 where they are seen. */
  const weighing = (visible: string, weight: string): readonly Node[] => [
    build.node("Cast", [visible], [`${weight}.visible`], { to: int(FLOAT) }),
    build.node("Mul", [`${weight}.visible`, more], [`${weight}.more`]),
    build.node("Add", [`${weight}.more`, unseen], [weight]),
  ];
  const nodes = graph.nodes.flatMap((node) => {
    const [output = ""] = node.outputs;
    const place = by.get(output);
    if (!place) return [node];
    const { gate, site, mean, lack, seen } = place;
    const rank = network.values.get(output)?.shape.length ?? 1;
    const channel = site.axis === 1 ? 1 : rank - 1;
    const [raw, got] = [`${output}/bitscape.raw`, `${mean}.got`];
    inputs.push(build.value(wantedOf(place), "float32"));
    outputs.push({ name: lack, dtype: "float32" });
    const seeing: Node[] = [];
    const parts = { value: raw, share: "" };
    if (gate && seen) {
      inputs.push(build.value(throughOf(place), "bool"));
      outputs.push({ name: seen, dtype: "float32" });
      const weight = `${throughOf(place)}.weight`;
      seeing.push(
        ...weighing(throughOf(place), weight),
        ...averaged(weight, seen, rank, [0, channel]),
        ...averaged(seen, `${seen}.all`, rank, [channel]),
        build.node("Mul", [raw, weight], [`${raw}.seen`]),
      );
      parts.value = `${raw}.seen`;
      parts.share = `${seen}.all`;
    }
    return [
      { ...node, outputs: [raw] },
      ...seeing,
      ...averaged(parts.value, got, rank, [0, channel]),
      build.node("Sub", [wantedOf(place), got], [lack]),
      ...averaged(lack, `${lack}.all`, rank, [channel]),
      ...(parts.share ? [build.node("Div", [`${lack}.all`, parts.share], [`${lack}.shift`])] : []),
      build.node("Mul", [parts.share ? `${lack}.shift` : `${lack}.all`, SHARE], [`${lack}.added`]),
      build.node("Add", [raw, `${lack}.added`], [output], {}, `${output}/bitscape.corrected`),
    ];
  });
  // Behind everything: a gate lies behind its layer.
  for (const place of places) {
    const { gate, site, mean, visible } = place;
    const rank = network.values.get(site.output)?.shape.length ?? 1;
    const channel = site.axis === 1 ? 1 : rank - 1;
    outputs.push({ name: mean, dtype: "float32" });
    if (!gate || !visible) {
      nodes.push(...averaged(site.output, mean, rank, [0, channel]));
      continue;
    }
    outputs.push({ name: visible, dtype: "bool" });
    const above = gate.high === null ? visible : `${visible}.above`;
    nodes.push(build.node("Greater", [gate.tensor, scalar(`${visible}.low`, gate.low)], [above]));
    if (gate.high !== null) {
      nodes.push(
        build.node("Less", [gate.tensor, scalar(`${visible}.high`, gate.high)], [`${visible}.below`]),
        build.node("And", [above, `${visible}.below`], [visible]),
      );
    }
    nodes.push(
      ...weighing(visible, `${visible}.weight`),
      build.node("Mul", [site.output, `${visible}.weight`], [`${mean}.seen`]),
      ...averaged(`${mean}.seen`, mean, rank, [0, channel]),
    );
  }
  return { ...probe, graph: { ...graph, nodes, constants, inputs, outputs } };
}

/** Feeds of the float run: nothing is added anywhere. */
export function floatFeeds(network: Network, places: readonly Place[]): Feeds {
  const feeds: Record<string, Tensor> = { [SHARE]: tensor("float32", [], [0]) };
  for (const place of places) {
    const ones = (network.values.get(place.site.output)?.shape ?? [1]).map(() => 1);
    feeds[wantedOf(place)] = tensor("float32", ones, [0]);
    if (place.gate) feeds[throughOf(place)] = tensor("bool", ones, [0]);
  }
  return feeds;
}

/** Names of what the float run gives. */
export const floatNames = (places: readonly Place[]) =>
  places.flatMap(({ mean, visible }) => (visible ? [mean, visible] : [mean]));

/** Feeds of the quantized run, from what the float run gave. */
export function quantizedFeeds(places: readonly Place[], float: Feeds): Feeds {
  const feeds: Record<string, Tensor> = { [SHARE]: tensor("float32", [], [1]) };
  for (const place of places) {
    feeds[wantedOf(place)] = found(float, place.mean);
    if (place.visible) feeds[throughOf(place)] = found(float, place.visible);
  }
  return feeds;
}

/** Names of what the quantized run gives. */
export const quantizedNames = (places: readonly Place[]) =>
  places.flatMap(({ lack, seen }) => (seen ? [lack, seen] : [lack]));

export function found(outputs: Feeds, name: string): Tensor {
  const value = outputs[name];
  if (!value) throw new Error(`output ${name}: missing, expected the channels of a layer`);
  return value;
}
