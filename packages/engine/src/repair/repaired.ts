// What a study of a repaired network does beyond others: corrects the biases of its plans, each recipe's once, and gives the
// network that a file holds.

import type { Network } from "../network/network.ts";
import { Once } from "../once.ts";
import type { Plan } from "../plan/plan.ts";
import { type Recipe, recipeKey } from "../recipe.ts";
import {
  CORRECTION_SAMPLES,
  type Correction,
  type CorrectionJob,
  correctionOf,
  uncorrected,
} from "./correction/correction.ts";
import { correctedNetwork } from "./correction/written.ts";
import { type Prepared, type PrepareJob, prepared } from "./prepare.ts";
import type { Rewrites } from "./rewrites.ts";

// Corrections kept: one for each recipe lately measured.
const KEPT = 16;

export class Repaired {
  readonly network: Network;
  readonly rewrites: Rewrites;
  readonly #bare: Network;
  /** By recipe: what is measured is what is written. */
  readonly #known = new Once<Correction>();

  private constructor({ network, bare }: Prepared, rewrites: Rewrites) {
    this.network = network;
    this.#bare = bare;
    this.rewrites = rewrites;
  }

  /** @throws one sentence where a repair is impossible */
  static async of(job: PrepareJob, rewrites: Rewrites): Promise<Repaired> {
    return new Repaired(await prepared(job, rewrites), rewrites);
  }

  /** A plan with its biases corrected. */
  async corrected(recipe: Recipe, job: Omit<CorrectionJob, "network">): Promise<Plan> {
    const key = recipeKey(recipe);
    const compute = () => correctionOf({ ...job, network: this.network });
    const { biases, strength } = await this.#known.get(key, compute);
    for (const oldest of this.#known.keys().slice(0, -KEPT)) this.#known.delete(oldest);
    return { ...job.plan, biases, strength };
  }

  /** The same with stand-ins, where only sizes count. */
  uncorrected(plan: Plan): Plan {
    return { ...plan, biases: uncorrected(this.network, plan) };
  }

  /**
   * The network that a file holds: with biases only where a plan corrects them, and what was done in its metadata.
   * @param calibration samples that there were
   */
  written(plan: Plan, calibration: number): Network {
    if (!plan.biases) return this.#bare;
    return correctedNetwork(this.#bare, plan, Math.min(calibration, CORRECTION_SAMPLES));
  }
}
