// What was done to a network, as its metadata says: by which repairs, and on what evidence. Reads and writes the entry; does
// nothing itself.

import type { Network } from "../network/network.ts";
import type { LearnedName } from "./names.ts";

/** The key of metadata_props that says which repairs a file had. */
export const REPAIRS_KEY = "bitscape.repairs";

export interface RepairEvidence {
  /** Pairs of layers whose ranges were made equal. */
  readonly equalization?: { readonly pairs: number };
  /** Weights with learned rounding, and the samples that it was learned from. */
  readonly rounding?: { readonly by: LearnedName; readonly weights: number; readonly samples: number };
  /** Layers whose bias was corrected, the samples their means are over, and what part of it was used: 0, ½ or 1. */
  readonly "bias-correction"?: {
    readonly layers: number;
    readonly samples: number;
    /** "0.0", "0.5" or "1.0", all of one length: the file's size is known before. Absent in files of before it was chosen. */
    readonly strength?: string;
  };
}

/** What a network's metadata says; nothing where it was not repaired. */
export function repairsOf({ model }: Pick<Network, "model">): RepairEvidence {
  const text = model.metadata.get(REPAIRS_KEY);
  return text === undefined ? {} : (JSON.parse(text) as RepairEvidence);
}

/** A network whose metadata says more. */
export function evidenced(network: Network, more: RepairEvidence): Network {
  const { model } = network;
  const [key, text] = withEvidence(network, more);
  return { ...network, model: { ...model, metadata: new Map(model.metadata).set(key, text) } };
}

/** The entry with more in it. */
export function withEvidence(network: Network, more: RepairEvidence): readonly [string, string] {
  return [REPAIRS_KEY, JSON.stringify({ ...repairsOf(network), ...more })];
}
