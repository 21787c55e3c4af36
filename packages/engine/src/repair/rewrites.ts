// What of a recipe changes the network before anything is quantized. Decides; the rewriting is prepare.ts, which is loaded where a
// recipe has some.

import { foldedIn } from "../mixdq/foldTokens.ts";
import type { Network } from "../network/network.ts";
import type { Recipe } from "../recipe.ts";

/** What of a recipe changes the network before anything is quantized. */
export interface Rewrites {
  /** By layer, how many of its first tokens are constants. */
  readonly fold: Readonly<Record<string, number>> | null;
  readonly equalization: boolean;
  readonly correction: boolean;
}

/** @param network whose tokens may be folded already */
export function rewritesOf({ tokens, repairs }: Recipe, network: Network): Rewrites {
  const folded = Object.keys(foldedIn(network)).length > 0;
  return {
    fold: folded ? null : (tokens?.fold ?? null),
    equalization: repairs?.includes("equalization") ?? false,
    correction: repairs?.includes("bias-correction") ?? false,
  };
}

export const rewritesNothing = ({ fold, equalization, correction }: Rewrites) =>
  !fold && !equalization && !correction;
