// The network that a file with corrected biases holds: a bias only where one was corrected, its value, and what was done in the
// metadata. The plan it is for was made on a network with a bias everywhere.

import type { Network } from "../../network/network.ts";
import { withBiases } from "../../plan/bias.ts";
import type { Plan } from "../../plan/plan.ts";
import { withEvidence } from "../evidence.ts";
import { correctedSites } from "./correction.ts";
import { withBiasSites } from "./sites.ts";

/**
 * @param bare without the biases that were put in for correction
 * @param samples that means were taken over
 */
export function correctedNetwork(bare: Network, plan: Plan, samples: number): Network {
  const ids = new Set(correctedSites(bare, plan).map(({ layer }) => layer.id));
  const network = withBiases(withBiasSites(bare, ids), plan.biases);
  const [key, text] = withEvidence(network, {
    "bias-correction": { layers: ids.size, samples, strength: (plan.strength ?? 1).toFixed(1) },
  });
  const { model } = network;
  return { ...network, model: { ...model, metadata: new Map(model.metadata).set(key, text) } };
}
