// The engine's calls about float beside quantized: each a job with a name. The computing is in the files beside this one.

import type { Preprocess } from "../data/index.ts";
import type { Host } from "../host.ts";
import type { OnProgress } from "../progress.ts";
import type { Recipe } from "../recipe.ts";
import type { CompareCalls, CompareReport, CompareRequest, LayersReport } from "./calls.ts";
import { compareRecipe } from "./compare.ts";
import { layerDivergence } from "./layers.ts";

export interface CompareHost extends Pick<Host, "study" | "job" | "background"> {
  /** How images become inputs; null where they do not. */
  readonly preprocess: () => Preprocess | null;
}

export class CompareRoom implements CompareCalls {
  readonly #host: CompareHost;

  constructor(host: CompareHost) {
    this.#host = host;
  }

  compare(
    job: string,
    request: CompareRequest,
    onReport: (report: CompareReport) => void,
    onProgress: OnProgress,
  ): Promise<CompareReport | "cancelled"> {
    const { study, background, preprocess } = this.#host;
    return this.#host.job(job, (signal) =>
      compareRecipe(
        study(),
        request,
        preprocess(),
        async (done, total) => {
          onProgress("Comparing", done, total);
          await background(signal);
        },
        onReport,
      ),
    );
  }

  layerDivergence(
    job: string,
    recipe: Recipe,
    samples: number,
    onProgress: OnProgress,
  ): Promise<LayersReport | "cancelled"> {
    const { study, background } = this.#host;
    return this.#host.job(job, (signal) =>
      layerDivergence(study(), recipe, samples, async (done, total) => {
        onProgress("Comparing layers", done, total);
        await background(signal);
      }),
    );
  }
}
