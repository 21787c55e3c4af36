// The network that a recipe is planned on: the study's own with what the recipe folds and equalises, and with a bias wherever one
// may be corrected. In that order. Rewrites keep the ids of layers and the float function.

import type { Dataset } from "../data/index.ts";
import { type Fold, foldable, foldTokens } from "../mixdq/foldTokens.ts";
import { findTokens } from "../mixdq/tokens.ts";
import type { Network } from "../network/network.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { uncorrectable } from "./correction/correction.ts";
import { withBiasSites } from "./correction/sites.ts";
import { equalized } from "./equalization/equalize.ts";
import type { Rewrites } from "./rewrites.ts";

export interface PrepareJob {
  readonly network: Network;
  readonly dataset: Dataset;
  /** Calibration samples. */
  readonly indices: readonly number[];
  readonly runtime: Runtime;
  readonly between: (done: number, total: number) => Promise<void>;
}

// The evidence that tokens are constant: more samples are more of the same.
export const TOKEN_SAMPLES = 32;

/** Tokens of a network that its data show to be constant outliers, or those that a recipe names; why not, as a sentence. */
export async function foldsOf(
  job: PrepareJob,
  wanted?: Readonly<Record<string, number>>,
): Promise<{ readonly folds: readonly Fold[]; readonly sentence?: string }> {
  if (job.dataset.kind !== "real")
    throw new Error("tokens: synthetic inputs, expected real samples to see which are the same in every one");
  return foldable(await findTokens({ ...job, indices: job.indices.slice(0, TOKEN_SAMPLES) }), wanted);
}

export interface Prepared {
  readonly network: Network;
  /** The same without the biases that were put in for correction: what a file is made from. */
  readonly bare: Network;
}

/** The rewritten network. @throws one sentence where it cannot be what the recipe asks for */
export async function prepared(
  job: PrepareJob,
  { fold, equalization, correction }: Rewrites,
): Promise<Prepared> {
  const refusal = correction ? uncorrectable(job.network, job.dataset) : undefined;
  if (refusal !== undefined) throw new Error(refusal);
  let { network: bare } = job;
  if (fold) bare = foldTokens(bare, (await foldsOf(job, fold)).folds);
  if (equalization) bare = equalized(bare);
  return { bare, network: correction ? withBiasSites(bare) : bare };
}
