// Cross-layer equalisation (DFQ, Nagel et al. 2019, arXiv 1906.04721, eq. 9–11): moves a scale a channel from a layer to the
// one that reads it, s_i = √(r1_i · r2_i) / r2_i, until no pair changes. A rewrite of the float network: its outputs are the
// same, a ReLU6 included, which gets a limit for each channel. Of weights alone: to
// bound activations' channels by the tensor's largest too cost more than it gave (shapes-mobile and MobileNetV2, W8A8).

import { build, type Constant, constantOf, intOf, type Node, namesBeside } from "@bitscape/graph";
import { sizeOf, tensor } from "@bitscape/tensor";
import { floatsOf } from "../../network/constants.ts";
import type { Layer, Network } from "../../network/network.ts";
import { rewritten } from "../../network/rewritten.ts";
import type { Weight } from "../../network/weights.ts";
import { withEvidence } from "../evidence.ts";
import { equalizablePairs, type Pair } from "./pairs.ts";

// DFQ repeats over all pairs until they converge; chains of depthwise layers take about ten.
const MOST_SWEEPS = 20;
const CONVERGED = 0.01;
// Channels of zeros have no range to move.
const LEAST_RANGE = 1e-12;

/** Why a network has nothing to equalise, as a sentence; undefined where it has. */
export function unequalizable(network: Network): string | undefined {
  if (equalizablePairs(network).length > 0) return undefined;
  return `equalization: no two layers of ${network.name} with ReLU, pooling or nothing between them, expected a pair that nothing else reads`;
}

/** @throws one sentence where there is no pair */
export function equalized(network: Network): Network {
  const refusal = unequalizable(network);
  if (refusal !== undefined) throw new Error(refusal);
  const pairs = equalizablePairs(network);
  const scales = scalesOf(network, pairs);
  const { graph } = network.model;
  const constants = new Map(graph.constants);
  for (const { layer, weight, values } of scales.weights()) {
    constants.set(weight.name, constantOf(weight.name, tensor("float32", weight.shape, values(layer))));
  }
  for (const { first } of pairs) {
    const bias = first.bias === null ? undefined : constants.get(first.bias);
    if (!bias) continue;
    const out = scales.of(first.layer.id).out as Float64Array;
    const values = Float32Array.from(floatsOf(bias), (value, i) => value / (out[i] as number));
    constants.set(bias.name, constantOf(bias.name, tensor("float32", bias.shape, values)));
  }
  const nodes = limited(network, pairs, (id) => scales.of(id).out as Float64Array, constants);
  const evidence = withEvidence(network, { equalization: { pairs: pairs.length } });
  return rewritten(network, { ...graph, nodes, constants }, [evidence]);
}

/** What one layer's weight is multiplied by (of its inputs) and divided by (of its outputs). */
interface LayerScales {
  in?: Float64Array;
  out?: Float64Array;
}

class Scales {
  readonly #by = new Map<string, LayerScales>();
  readonly #layers = new Map<string, { readonly layer: Layer; readonly weight: Weight }>();
  readonly #floats = new Map<string, Float32Array>();
  readonly #network: Network;

  constructor(network: Network) {
    this.#network = network;
  }

  of(id: string): LayerScales {
    const known = this.#by.get(id) ?? {};
    this.#by.set(id, known);
    return known;
  }

  note(layer: Layer, weight: Weight): void {
    this.#layers.set(layer.id, { layer, weight });
    const constant = this.#network.model.graph.constants.get(weight.name) as Constant;
    this.#floats.set(layer.id, floatsOf(constant));
  }

  /** The largest magnitude for each channel of a layer's outputs or inputs, as scaled so far. */
  ranges(id: string, side: "in" | "out", count: number): Float64Array {
    const { layer, weight } = this.#layers.get(id) as { layer: Layer; weight: Weight };
    const values = this.#floats.get(id) as Float32Array;
    const scales = this.of(id);
    const most = new Float64Array(count);
    eachKernel(layer, weight, (output, input, from, length) => {
      const factor = (scales.in?.[input] ?? 1) / (scales.out?.[output] ?? 1);
      const at = side === "in" ? input : output;
      for (let k = from; k < from + length; k++) {
        const size = Math.abs(values[k] as number) * factor;
        if (size > (most[at] as number)) most[at] = size;
      }
    });
    return most;
  }

  *weights() {
    for (const { layer, weight } of this.#layers.values()) {
      yield { layer, weight, values: (of: Layer) => this.#scaled(of, weight) };
    }
  }

  #scaled(layer: Layer, weight: Weight): Float32Array {
    const values = this.#floats.get(layer.id) as Float32Array;
    const scales = this.of(layer.id);
    const made = new Float32Array(values.length);
    eachKernel(layer, weight, (output, input, from, length) => {
      const factor = (scales.in?.[input] ?? 1) / (scales.out?.[output] ?? 1);
      for (let k = from; k < from + length; k++) made[k] = (values[k] as number) * factor;
    });
    return made;
  }
}

function scalesOf(network: Network, pairs: readonly Pair[]): Scales {
  const scales = new Scales(network);
  for (const { first, second, weight, channels, repeat } of pairs) {
    scales.note(first.layer, first.weight);
    scales.note(second, weight);
    scales.of(first.layer.id).out = new Float64Array(channels).fill(1);
    scales.of(second.id).in = new Float64Array(channels * repeat).fill(1);
  }
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let moved = 0;
    for (const { first, second, channels, repeat } of pairs) {
      const out = scales.of(first.layer.id).out as Float64Array;
      const into = scales.of(second.id).in as Float64Array;
      const r1 = scales.ranges(first.layer.id, "out", channels);
      const r2 = scales.ranges(second.id, "in", channels * repeat);
      for (let i = 0; i < channels; i++) {
        let reads = 0;
        for (let k = i * repeat; k < (i + 1) * repeat; k++) reads = Math.max(reads, r2[k] as number);
        const writes = r1[i] as number;
        if (writes < LEAST_RANGE || reads < LEAST_RANGE) continue;
        const before = out[i] as number;
        // s = √(r1 · r2) / r2.
        const after = before * Math.sqrt(writes / reads);
        out[i] = after;
        into.fill(after, i * repeat, (i + 1) * repeat);
        moved = Math.max(moved, Math.abs(Math.log(after / before)));
      }
    }
    if (moved < CONVERGED) break;
  }
  return scales;
}

/** Visits the weights that lead from one input channel to one output channel: a spatial kernel, contiguous in memory. */
function eachKernel(
  { node }: Layer,
  { shape, channelAxis }: Weight,
  visit: (output: number, input: number, from: number, length: number) => void,
): void {
  const [rows, columns] = shape as [number, number];
  const length = sizeOf(shape.slice(2));
  // Conv-22: W is [M, C/g, k…].
  const perGroup = node.op === "Conv" ? rows / intOf(node, "group", 1) : rows;
  for (let a = 0; a < rows; a++) {
    for (let b = 0; b < columns; b++) {
      const from = (a * columns + b) * length;
      if (node.op === "Conv") visit(a, Math.floor(a / perGroup) * columns + b, from, length);
      else if (channelAxis === 0) visit(a, b, from, 1);
      else visit(b, a, from, 1);
    }
  }
}

/** Nodes with a limit a channel behind each ReLU6: the highest stays in the Clip, where it bounds the range. */
function limited(
  network: Network,
  pairs: readonly Pair[],
  scalesOf: (layer: string) => Float64Array,
  constants: Map<string, Constant>,
): readonly Node[] {
  const { graph } = network.model;
  const free = namesBeside(graph);
  const made = new Map<string, readonly Node[]>();
  for (const { first, limits } of pairs) {
    const scales = scalesOf(first.layer.id);
    for (const { node, most, repeat } of limits) {
      const [output] = node.outputs as [string];
      const rank = network.values.get(output)?.shape.length ?? 0;
      const tail = first.axis === 1 ? new Array<number>(Math.max(0, rank - 2)).fill(1) : [];
      const each = Float32Array.from(
        { length: scales.length * repeat },
        (_, k) => most / (scales[Math.floor(k / repeat)] as number),
      );
      const [limit, high] = [free(`${output}.limits`), free(`${output}.limit`)];
      constants.set(limit, constantOf(limit, tensor("float32", [each.length, ...tail], each)));
      const highest = each.reduce((a, b) => Math.max(a, b));
      constants.set(high, constantOf(high, tensor("float32", [], [highest])));
      const clipped = free(`${output}.clipped`);
      made.set(node.id, [
        { ...node, inputs: [...node.inputs.slice(0, 2), high], outputs: [clipped] },
        build.node("Min", [clipped, limit], [output]),
      ]);
    }
  }
  return graph.nodes.flatMap((node) => made.get(node.id) ?? [node]);
}
