// The engine's calls about methods: each a job with a name, what was measured kept as long as the study is. The computing is in
// the files beside this one.

import type { Host } from "../host.ts";
import type { Between, OnProgress } from "../progress.ts";
import type { Engine } from "../protocol.ts";
import type { Recipe } from "../recipe.ts";
import type { Study } from "../study.ts";
import type { Contrast, ContrastRequest, Repairable, RepairCalls } from "./calls.ts";
import { contrast, type KeptComparisons } from "./contrast.ts";
import { uncorrectable } from "./correction/correction.ts";
import { unequalizable } from "./equalization/equalize.ts";
import { foldsOf } from "./prepare.ts";
import { unroundable } from "./rounding/rounding.ts";

export interface RepairHost extends Pick<Host, "study" | "job" | "step" | "interactive"> {
  readonly size: Engine["size"];
}

export class RepairRoom implements RepairCalls {
  readonly #host: RepairHost;
  readonly #kept = new WeakMap<Study, KeptComparisons>();

  constructor(host: RepairHost) {
    this.#host = host;
  }

  async repairable(): Promise<Repairable> {
    const { network, dataset } = this.#host.study();
    return {
      equalization: unequalizable(network) ?? null,
      rounding: unroundable(network, dataset) ?? null,
      adaround: unroundable(network, dataset) ?? null,
      "bias-correction": uncorrectable(network, dataset) ?? null,
    };
  }

  foldableTokens(
    job: string,
    onProgress: OnProgress,
  ): Promise<Readonly<Record<string, number>> | "cancelled"> {
    return this.#host.job(job, (signal) =>
      this.#host.interactive(async () => {
        const { network, dataset, runtime, split } = this.#host.study();
        const between = this.#between("Looking at tokens", onProgress, signal);
        const asked = { network, dataset, runtime, indices: split.calibration, between };
        const { folds, sentence } = await foldsOf(asked);
        if (sentence !== undefined) throw new Error(sentence);
        return Object.fromEntries(folds.map(({ layer, leading }) => [layer, leading]));
      }),
    );
  }

  mend(job: string, recipe: Recipe, onProgress: OnProgress): Promise<"mended" | "cancelled"> {
    return this.#host.job(job, (signal) =>
      this.#host.interactive(async () => {
        const between = this.#between("Learning rounding", onProgress, signal);
        await (await this.#host.study().of(recipe, between)).plan(recipe, between);
        return "mended" as const;
      }),
    );
  }

  contrast(
    job: string,
    { before, after, samples }: ContrastRequest,
    onReport: (report: Contrast) => void,
    onProgress: OnProgress,
  ): Promise<Contrast | "cancelled"> {
    return this.#host.job(job, (signal) =>
      this.#host.interactive(async () => {
        const study = this.#host.study();
        const sizes = [await this.#host.size(before), await this.#host.size(after)] as const;
        const bytes = { before: sizes[0].bytes, after: sizes[1].bytes };
        const kept = this.#kept.get(study) ?? new Map();
        this.#kept.set(study, kept);
        const found = await contrast({
          study,
          before,
          after,
          samples: study.samples(samples),
          kept,
          between: this.#between("Measuring before and after", onProgress, signal),
          onReport: (report) => onReport({ ...report, bytes }),
        });
        return { ...found, bytes };
      }),
    );
  }

  #between(what: string, onProgress: OnProgress, signal: AbortSignal): Between {
    return async (done, total) => {
      onProgress(what, done, total);
      await this.#host.step(signal);
    };
  }
}
