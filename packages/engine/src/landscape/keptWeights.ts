// Kept weights: what plans that differ in one clip ask for again and again, encoded once. The same tensor is given for the
// same wish, so that who feeds it can tell by identity that nothing changed.

import { decode, type Encoded, type Ranges, ratioOf } from "@bitscape/quant";
import type { Tensor } from "@bitscape/tensor";
import type { Network } from "../network/network.ts";
import type { WeightPlan } from "../plan/plan.ts";
import { baseRanges, encodeWeight, weightTensor } from "../plan/weight.ts";
import type { WeightSource } from "../probe/probe.ts";

interface Kept {
  readonly encoded: Encoded;
  readonly tensor: Tensor;
}

const LEAST_BYTES = 96 * 2 ** 20;

export class KeptWeights implements WeightSource {
  readonly #network: Network;
  readonly #ranges = new Map<string, Ranges>();
  readonly #kept = new Map<string, Kept>();
  readonly #limit: number;
  #bytes = 0;

  constructor(network: Network) {
    this.#network = network;
    const elements = network.layers.flatMap(({ weights }) => weights.map((weight) => weight.elements));
    // All of a network's weights, and then some for the variants of one.
    this.#limit = LEAST_BYTES + 2 * BYTES_AN_ELEMENT * elements.reduce((sum, each) => sum + each, 0);
  }

  encoded = (plan: WeightPlan): Encoded => this.#of(plan).encoded;

  simulated = (plan: WeightPlan): Tensor => this.#of(plan).tensor;

  /** The scale of each group, where the format has scales. */
  scales(plan: WeightPlan): Float32Array | undefined {
    const { encoded } = this.#of(plan);
    return "scale" in encoded && encoded.scale ? encoded.scale : undefined;
  }

  #of(plan: WeightPlan): Kept {
    const { leastScale, ...free } = plan;
    const kept = this.#free(free);
    if (!leastScale) return kept;
    // A bound that no scale is below changes nothing; it moves with the clip of the layer's input.
    const { encoded } = kept;
    const scale = "scale" in encoded ? encoded.scale : undefined;
    if (scale && leastScale.every((least, g) => Math.fround(least) <= (scale[g] as number))) return kept;
    return this.#encode(plan);
  }

  #free(plan: WeightPlan): Kept {
    const key = JSON.stringify([plan.weight.name, plan.scheme, plan.grouping]);
    const known = this.#kept.get(key);
    if (known) {
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known;
    }
    const made = this.#encode(plan);
    this.#kept.set(key, made);
    this.#bytes += bytesOf(plan);
    for (const [oldest, { tensor }] of this.#kept) {
      if (this.#bytes <= this.#limit || oldest === key) break;
      this.#kept.delete(oldest);
      this.#bytes -= BYTES_AN_ELEMENT * tensor.data.length;
    }
    return made;
  }

  #encode(plan: WeightPlan): Kept {
    const encoded = encodeWeight(this.#network, plan, this.#known(plan));
    return { encoded, tensor: weightTensor(plan.weight, decode(encoded)) };
  }

  /** What the base of the plan's range rule chooses: the search that most of the time would go to. */
  #known(plan: WeightPlan): Ranges | undefined {
    const { weight, scheme, format, grouping } = plan;
    if (format.family !== "int") return undefined;
    const { base } = ratioOf(scheme.range);
    const key = JSON.stringify([weight.name, base, format.name, scheme.symmetric, grouping]);
    const known = this.#ranges.get(key) ?? baseRanges(this.#network, plan);
    this.#ranges.set(key, known);
    return known;
  }
}

// A float32 and a code of 16 bits.
const BYTES_AN_ELEMENT = 6;

const bytesOf = ({ weight }: WeightPlan) => BYTES_AN_ELEMENT * weight.elements;
