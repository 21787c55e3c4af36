// Costs: what allocation knows of a network besides its losses, as plain data that can be handed to another thread: facts of
// the layers, and what each takes in the file in every scheme that is asked about.

import { bitsOf } from "@bitscape/tensor";
import type { Network } from "../network/network.ts";
import type { Scheme } from "./evidence.ts";
import { residualGroups } from "./residual.ts";
import type { Kept } from "./sizes.ts";
import { type SizeOf, type Sizes, sizesOf } from "./sizes.ts";

export interface CostedLayer {
  readonly id: string;
  readonly op: string;
  /** Of all its weights; 0 where it has none. */
  readonly elements: number;
  /** Bits of a weight in the float file. */
  readonly floatBits: number;
  readonly macs: number | null;
  /** For every activation tensor that it decides: all layers that do. */
  readonly deciders: readonly (readonly string[])[];
}

export interface Costs {
  readonly layers: readonly CostedLayer[];
  readonly sizes: Sizes;
  /** Layers that feed one addition, for those who want them alike. */
  readonly residual: readonly (readonly string[])[];
}

/** One export plan a column. */
export async function costsOf(
  network: Network,
  schemes: readonly Scheme[],
  kept: Kept,
  size: SizeOf,
): Promise<Costs> {
  const sizes = await sizesOf(network, schemes, kept, size);
  return { layers: network.layers.map(costed), sizes, residual: residualGroups(network) };
}

function costed({ id, node, weights, points, macs }: Network["layers"][number]): CostedLayer {
  return {
    id,
    op: node.op,
    elements: weights.reduce((sum, { elements }) => sum + elements, 0),
    floatBits: bitsOf(weights[0]?.dtype ?? "float32"),
    macs,
    deciders: points.map(({ deciders }) => deciders),
  };
}
