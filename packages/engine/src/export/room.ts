// The engine's calls about files: what a recipe's file takes, its bytes with their verification, and files written tensor by
// tensor. What a file holds is in the files beside this one; when its turn comes is the studio's.

import { encodeModel } from "@bitscape/graph";
import { type Preprocess, sha256Hex } from "../data/index.ts";
import type { Configuration } from "../elsewhere/configuration.ts";
import type { Known } from "../elsewhere/losses.ts";
import type { Host } from "../host.ts";
import type { Network } from "../network/network.ts";
import { type Plan, planRecipe } from "../plan/plan.ts";
import type { Between, OnProgress } from "../progress.ts";
import { MODEL_FILE } from "../reading.ts";
import { needsRunning, type Recipe, recipeKey } from "../recipe.ts";
import type { Study } from "../study.ts";
import { sizeReport } from "../views/summary.ts";
import type { ExportCalls, ExportResult, SizeReport, WriteResult, WriteTarget } from "./calls.ts";
import { type Exported, exportNetwork } from "./exporter.ts";
import { chosenSink, ownSink } from "./sink.ts";
import { fileNames, writeModelFiles } from "./write.ts";

export interface ExportHost extends Pick<Host, "study" | "job" | "step" | "interactive"> {
  readonly network: () => Network;
  /** Why the network at hand is not run; undefined where it is. */
  readonly cannotRun: () => string | undefined;
  /** How images become inputs; null where they do not. */
  readonly preprocess: () => Preprocess | null;
  /** The worker's, after which its files are kept. */
  readonly name: () => string;
}

export class ExportRoom implements ExportCalls {
  readonly #host: ExportHost;

  constructor(host: ExportHost) {
    this.#host = host;
  }

  async size(recipe: Recipe): Promise<SizeReport> {
    return sizeReport(this.#host.network(), await this.#exported(recipe, idle, true));
  }

  async fileNames(recipe: Recipe): Promise<readonly [string, string?]> {
    return fileNames((await this.#exported(recipe, idle, true)).model, exportName(this.#host.network()));
  }

  async configuration(tool: string, recipe: Recipe, known?: Known): Promise<Configuration> {
    const { configurationFor } = await import("../elsewhere/table.ts");
    const study = this.#host.study();
    return configurationFor(tool, study.network, recipe, (plain) => study.plan(plain, idle), known);
  }

  exportModel(job: string, recipe: Recipe, onProgress: OnProgress): Promise<ExportResult | "cancelled"> {
    return this.#host.job(job, (signal) =>
      this.#host.interactive(async () => {
        const study = this.#host.study();
        const step = this.#steps(onProgress, signal);
        const made = await study.exported(recipe, step("Calibrating"), this.#inside(recipe, study));
        const { model, opset, warnings, plan, integer } = made;
        onProgress("Writing the file", 0, 1);
        const bytes = encodeModel(model);
        const at = await study.of(recipe, idle);
        const verification = await at.verify(
          bytes,
          plan,
          recipeKey(recipe),
          study.samples(),
          step("Verifying the file"),
        );
        const fileName = exportName(study.network);
        const sha256 = await sha256Hex(bytes);
        return { fileName, bytes, sha256, opset, warnings, verification, ...(integer && { integer }) };
      }),
    );
  }

  writeModel(
    job: string,
    recipe: Recipe,
    target: WriteTarget,
    onProgress: OnProgress,
  ): Promise<WriteResult | "cancelled"> {
    return this.#host.job(job, (signal) =>
      this.#host.interactive(async () => {
        const step = this.#steps(onProgress, signal);
        const { model, opset, warnings } = await this.#exported(recipe, step("Calibrating"));
        const files = await writeModelFiles(
          model,
          fileNames(model, exportName(this.#host.network())),
          (role, name) => {
            const chosen = target[role];
            return chosen ? chosenSink(chosen) : ownSink(name, this.#host.name());
          },
          step("Writing the file"),
        );
        return { files, opset, warnings };
      }),
    );
  }

  /**
   * The model of a recipe; of weights alone where the network cannot be run.
   * @param forSize whether its length is all that counts
   */
  async #exported(recipe: Recipe, between: Between, forSize = false): Promise<Exported & { plan: Plan }> {
    const cannotRun = this.#host.cannotRun();
    if (cannotRun === undefined) {
      const study = this.#host.study();
      return study.exported(recipe, between, this.#inside(recipe, study), forSize);
    }
    const network = this.#host.network();
    if (needsRunning(recipe)) {
      throw new Error(
        `recipe: more than weights, expected weights alone where a network cannot be run (${cannotRun})`,
      );
    }
    const plan = planRecipe(network, recipe);
    return { ...exportNetwork(network, plan, madeFor(recipe, network)), plan };
  }

  /** The recipe as the file carries it: with the network it was made for, and how images become its input. */
  #inside(recipe: Recipe, { network, dataset }: Study): Recipe {
    const preprocess = dataset.kind === "real" ? this.#host.preprocess() : null;
    return {
      ...madeFor(recipe, network),
      ...(preprocess && {
        preprocess: { ...preprocess, mean: [...preprocess.mean], std: [...preprocess.std] },
      }),
    };
  }

  /** What is awaited between the steps of a part of a job: says how far it is, and ends where it is cancelled. */
  #steps(onProgress: OnProgress, signal: AbortSignal): (what: string) => Between {
    return (what) => async (done, total) => {
      onProgress(what, done, total);
      await this.#host.step(signal);
    };
  }
}

const idle: Between = async () => {};

const exportName = ({ name }: Network) => `${name.replace(MODEL_FILE, "")}.quantized.onnx`;

const madeFor = (recipe: Recipe, { name, sha256 }: Network): Recipe => ({
  ...recipe,
  model: { name, sha256 },
});
