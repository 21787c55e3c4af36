// The engine's calls about one layer's troubles and their remedies: each long one a job with a name. The computing is in the
// files beside this one.

import type { Host } from "../host.ts";
import { layerOf, type Network } from "../network/network.ts";
import type { Ranges } from "../plan/plan.ts";
import { planRecipe } from "../plan/plan.ts";
import type { OnProgress } from "../progress.ts";
import type { Recipe } from "../recipe.ts";
import { evaluate } from "../score/evaluate.ts";
import type { Finding } from "../score/finding.ts";
import type { Study } from "../study.ts";
import type {
  AloneRequest,
  Diagnosis,
  RemediesReport,
  RemediesRequest,
  RemedyCalls,
  ShareReport,
  ShareRequest,
  TensorAsk,
} from "./calls.ts";
import { diagnoseActivation, diagnoseWeight } from "./look.ts";
import { measureShares } from "./shares.ts";
import { allButRow, onlyRow } from "./treated.ts";
import { rowOf, schemeOf, tryRemedies } from "./tried.ts";

export interface RemedyHost extends Host {
  readonly network: () => Network;
  /** Exact length of the file of a recipe. */
  readonly bytes: (recipe: Recipe) => Promise<number>;
}

export class RemedyRoom implements RemedyCalls {
  readonly #host: RemedyHost;

  constructor(host: RemedyHost) {
    this.#host = host;
  }

  async diagnose({ recipe, layer, target }: TensorAsk): Promise<Diagnosis> {
    const network = this.#host.network();
    const scheme = schemeOf({ recipe, layer, target });
    if (target === "weight") return diagnoseWeight(network, layer, scheme);
    return diagnoseActivation(network, layer, await this.#host.study().ranges(idle), scheme);
  }

  remedies(
    job: string,
    request: RemediesRequest,
    onReport: (report: RemediesReport) => void,
    onProgress: OnProgress,
  ): Promise<RemediesReport | "cancelled"> {
    const { bytes, step, interactive } = this.#host;
    return this.#host.job(job, (signal) =>
      interactive(async () => {
        const between = async (done: number, total: number) => {
          onProgress("Trying remedies", done, total);
          await step(signal);
        };
        return tryRemedies({ study: this.#host.study(), request, bytes, between, onReport });
      }),
    );
  }

  shares(
    job: string,
    { recipe, layer, samples }: ShareRequest,
    onReport: (report: ShareReport) => void,
  ): Promise<ShareReport | "cancelled"> {
    return this.#host.job(job, async (signal) => {
      const between = () => this.#host.background(signal);
      const study = await this.#host.study().of(recipe, between);
      const row = rowOf(layerOf(study.network, layer));
      const recipes = {
        total: recipe,
        only: onlyRow(recipe, study.network.layers, row),
        allBut: allButRow(recipe, row),
      };
      return measureShares({ study, recipes, samples, between, onReport });
    });
  }

  alone(job: string, { layer, target, scheme, samples }: AloneRequest): Promise<Finding | "cancelled"> {
    return this.#host.job(job, (signal) =>
      this.#host.interactive(async () => {
        const study = this.#host.study();
        const { network, probe, reference } = study;
        const ranges = await this.#ranges(study, target === "activation", signal);
        const recipe: Recipe = { schema: "bitscape/recipe/1", layers: { [layer]: { [target]: scheme } } };
        const indices = study.samples(samples);
        const run = probe.runner(planRecipe(network, recipe, ranges), indices.length);
        const tally = await evaluate(reference, probe, indices, run, () => this.#host.step(signal));
        return tally.divergence(`${layer}|${target}`);
      }),
    );
  }

  async #ranges(study: Study, wants: boolean, signal: AbortSignal): Promise<Ranges | undefined> {
    return wants ? study.ranges(() => this.#host.step(signal)) : undefined;
  }
}

const idle = async () => {};
