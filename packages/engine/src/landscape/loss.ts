// The loss of recipes that differ in a few clips: one run of the probe over the samples each, feeding what changed.

import { planRecipe, type Ranges } from "../plan/plan.ts";
import type { Recipe } from "../recipe.ts";
import { evaluate, type Tally } from "../score/evaluate.ts";
import type { Study } from "../study.ts";
import { KeptWeights } from "./keptWeights.ts";

export type LossName = "kl" | "cross-entropy";

export interface LossOptions {
  readonly study: Study;
  readonly indices: readonly number[];
  /** Needed where activations are quantized. */
  readonly ranges: Ranges | undefined;
  /** "kl" where absent: to the float network, or the relative squared error of outputs that are no classes. */
  readonly loss?: LossName;
  /** At which distributions are compared, too. */
  readonly temperature?: number;
  readonly weights?: KeptWeights;
}

/** Measures one recipe after the other. */
export class Losses {
  /** Runs of the probe over all samples. */
  evaluations = 0;
  readonly weights: KeptWeights;
  readonly metric: string;
  readonly indices: readonly number[];
  readonly #options: LossOptions;
  #walk: ReturnType<Study["probe"]["walk"]> | undefined;

  /** @throws one sentence where labels are asked for that the data has not */
  constructor(options: LossOptions) {
    const { study, indices, loss = "kl" } = options;
    if (loss === "cross-entropy" && !study.dataset.labels) {
      throw new Error(`${study.dataset.name}: no labels, expected some for cross-entropy (kl needs none)`);
    }
    if (loss === "cross-entropy" && study.reference.kind.kind !== "classes") {
      throw new Error(`${study.network.name}: outputs that are no classes, expected some for cross-entropy`);
    }
    this.#options = options;
    this.indices = indices;
    this.metric = loss === "kl" ? study.reference.metric : "cross-entropy";
    this.weights = options.weights ?? new KeptWeights(study.network);
  }

  /**
   * Mean loss over the samples.
   * @param between awaited before each batch; throws to cancel
   */
  async of(recipe: Recipe, between: () => Promise<void>): Promise<number> {
    return lossOf(await this.tally(recipe, between), this.#options.loss);
  }

  /** Lets go of what was kept between runs; the next begins anew. */
  rest(): void {
    this.#walk = undefined;
  }

  async tally(recipe: Recipe, between: () => Promise<void>): Promise<Tally> {
    const { study, ranges, temperature } = this.#options;
    this.evaluations++;
    const plan = planRecipe(study.network, recipe, ranges);
    this.#walk ??= study.probe.walk(this.indices.length, this.weights);
    return evaluate(study.reference, study.probe, this.indices, this.#walk(plan), between, temperature);
  }
}

/** The mean loss of a tally. */
export function lossOf(tally: Tally, loss: LossName = "kl"): number {
  if (loss === "cross-entropy") return tally.sum("crossEntropy") / tally.sum("labelled");
  return tally.comparisons.reduce((sum, { divergence }) => sum + divergence, 0) / tally.comparisons.length;
}

/** The mean divergence at the temperature that a tally was made with. */
export function softenedOf({ comparisons }: Tally): number {
  return comparisons.reduce((sum, { softened }) => sum + (softened ?? Number.NaN), 0) / comparisons.length;
}
