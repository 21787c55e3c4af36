// Options of each layer's weights and activations: a scheme there is evidence for, or float; with what they lose and take.
// Rules and locks are applied here, before tensors are combined to the program's items. A pure plan.

import { type Rule, ruled } from "@bitscape/methods";
import { formatFacts } from "@bitscape/quant";
import { bitsOf } from "@bitscape/tensor";
import { type Layer, layerOf, type Network } from "../network/network.ts";
import { type Recipe, schemeFor, type Target } from "../recipe.ts";
import type { Evidence } from "./evidence.ts";
import type { Sizes } from "./sizes.ts";

/** A way to store one tensor. */
export interface TensorOption {
  /** The column, or "float". */
  readonly key: string;
  readonly bits: number;
  /** Undefined where the tensor stays float. */
  readonly evidence: Evidence | undefined;
  readonly value: number;
  readonly half: number;
  readonly bytes: number;
}

/** One layer's weights, or the activations that it decides. */
export interface TensorChoice {
  readonly id: string;
  readonly target: Target;
  readonly op: string;
  readonly layer: Layer;
  readonly elements: number;
  readonly options: readonly TensorOption[];
}

export const FLOAT = "float";

/** Rules and locks. */
export interface Limits {
  readonly rules?: readonly Rule[];
  /** The column of a layer's weights, by layer. */
  readonly locks?: Readonly<Record<string, string>>;
}

/** What there is evidence of for every tensor, in the network's order, weights before activations. */
export function knownOf(network: Network, evidence: readonly Evidence[], sizes: Sizes): TensorChoice[] {
  const by = new Map<string, Evidence[]>();
  for (const each of evidence) {
    const name = `${each.target} ${each.layer}`;
    by.set(name, [...(by.get(name) ?? []), each]);
  }
  return (["weight", "activation"] as const).flatMap((target) =>
    network.layers.flatMap((layer): TensorChoice[] => {
      const own = by.get(`${target} ${layer.id}`);
      return own ? [choiceOf(layer, target, own, sizes)] : [];
    }),
  );
}

/**
 * What rules and locks leave of it to choose from.
 * @throws one sentence for one that leaves nothing
 */
export function choicesOf(
  network: Network,
  known: readonly TensorChoice[],
  { rules = [], locks = {} }: Limits = {},
): TensorChoice[] {
  const locked = Object.entries(locks).map(([id, key]): Rule => {
    const { id: found } = layerOf(network, id);
    return { where: { id: exactly(found), target: "weight" }, only: key };
  });
  return ruled(known, [...rules, ...locked]);
}

function exactly(id: string): RegExp {
  return new RegExp(`^${id.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")}$`);
}

function choiceOf(layer: Layer, target: Target, own: readonly Evidence[], sizes: Sizes): TensorChoice {
  const weights = target === "weight" ? layer.weights : [];
  const float: TensorOption = {
    key: FLOAT,
    bits: bitsOf(weights[0]?.dtype ?? "float32"),
    evidence: undefined,
    value: 0,
    half: 0,
    bytes: target === "weight" ? (sizes.float.get(layer.id) ?? 0) : 0,
  };
  const share = target === "activation" ? shareOf(layer) : 1;
  const options = own.map(
    (each): TensorOption => ({
      key: each.key,
      bits: each.bits,
      evidence: each,
      value: each.value * share,
      half: each.half * share,
      bytes: target === "weight" ? (sizes.columns.get(each.key)?.layers.get(layer.id) ?? 0) : 0,
    }),
  );
  return {
    id: layer.id,
    target,
    op: layer.node.op,
    layer,
    elements: weights.reduce((sum, { elements }) => sum + elements, 0),
    // Float activations would cost no bytes and lose nothing: where activations are asked for, they are quantized.
    options: [...options.toSorted((a, b) => a.bits - b.bits), ...(target === "weight" ? [float] : [])],
  };
}

/** A tensor that several layers decide was measured in the cell of each: every cell counts its part of it. */
function shareOf({ points }: Layer): number {
  const parts = points.reduce((sum, { deciders }) => sum + 1 / deciders.length, 0);
  return points.length > 0 ? parts / points.length : 1;
}

/** Bits of the activations of a layer that are not allocated: what the defaults say, 32 where they stay float. */
export function activationBits(layer: string, defaults: Recipe["defaults"]): number {
  const scheme = schemeFor({ schema: "bitscape/recipe/1", defaults }, layer, "activation");
  return scheme ? formatFacts(scheme.format).bits : 32;
}
