// --fold-tokens: constant outlier tokens of a network and its data, folded before anything else is done with it.

import {
  type Dataset,
  findTokens,
  foldable,
  foldTokens,
  type Network,
  type Recipe,
  type Runtime,
} from "@bitscape/engine";
import { checkRunnable } from "../opening.ts";
import { Usage } from "../usage.ts";
import type { Job } from "../verb.ts";

export interface TokensAsked {
  readonly network: Network;
  readonly recipe: Recipe;
  readonly data:
    | { readonly dataset: Dataset; readonly split: { readonly calibration: readonly number[] } }
    | undefined;
  readonly runtime: Runtime;
}

// The evidence: more samples are more of the same.
const SAMPLES = 32;

/** The network and recipe as given where neither asks to fold; `sentence` where it was asked and nothing could be. */
export async function withTokens(
  { network, recipe, data, runtime }: TokensAsked,
  { values, signal, progress }: Job,
): Promise<{ readonly network: Network; readonly recipe: Recipe; readonly sentence?: string }> {
  const wanted = recipe.tokens?.fold;
  if (!values["fold-tokens"] && !wanted) return { network, recipe };
  if (data?.dataset.kind !== "real")
    throw new Usage(
      "--fold-tokens: without --data, expected some to see which tokens are the same in every sample",
    );
  checkRunnable(network);
  const found = await findTokens({
    network,
    runtime,
    dataset: data.dataset,
    indices: data.split.calibration.slice(0, SAMPLES),
    between: async (done, total) => {
      signal.throwIfAborted();
      progress("looking at tokens", done, total);
    },
  });
  const { folds, sentence } = foldable(found, wanted);
  const fold = Object.fromEntries(folds.map(({ layer, leading }) => [layer, leading]));
  return {
    network: foldTokens(network, folds),
    recipe: folds.length > 0 ? { ...recipe, tokens: { fold } } : recipe,
    ...(sentence !== undefined && { sentence }),
  };
}
