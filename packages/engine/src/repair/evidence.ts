// What was done to a network, as its metadata says: by which repairs, and on what evidence. Reads and writes the entry; does
// nothing itself.

import type { Network } from "../network/network.ts";

/** The key of metadata_props that says which repairs a file had. */
export const REPAIRS_KEY = "bitscape.repairs";

export interface RepairEvidence {
  /** Pairs of layers whose ranges were made equal. */
  readonly equalization?: { readonly pairs: number };
  /** Layers whose bias was corrected, and the samples their means are over. */
  readonly "bias-correction"?: { readonly layers: number; readonly samples: number };
}

/** What a network's metadata says; nothing where it was not repaired. */
export function repairsOf({ model }: Pick<Network, "model">): RepairEvidence {
  const text = model.metadata.get(REPAIRS_KEY);
  return text === undefined ? {} : (JSON.parse(text) as RepairEvidence);
}

/** The entry with more in it. */
export function withEvidence(network: Network, more: RepairEvidence): readonly [string, string] {
  return [REPAIRS_KEY, JSON.stringify({ ...repairsOf(network), ...more })];
}
