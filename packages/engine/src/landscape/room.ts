// The engine's calls about landscapes: each a job with a name, its states kept as long as the study is. The computing is in the
// files beside this one.

import type { Host } from "../host.ts";
import type { Ranges } from "../plan/plan.ts";
import type { Between, OnProgress } from "../progress.ts";
import type { Recipe } from "../recipe.ts";
import { recipeKey, wantsActivations } from "../recipe.ts";
import { withoutCorrection } from "../repair/about.ts";
import { asBefore } from "../repair/asked.ts";
import type { Study } from "../study.ts";
import type {
  CouplingReport,
  CouplingRequest,
  LandscapeCalls,
  LandscapeRequest,
  OptimizeReport,
  OptimizeRequest,
  OptimizeStep,
  Slice,
  StepOf,
  StepSliceRequest,
} from "./calls.ts";
import { fractionOf } from "./clips.ts";
import { couplingMatrix } from "./coupling.ts";
import { KeptWeights } from "./keptWeights.ts";
import { ClipSearch } from "./optimize.ts";
import { StepSurface } from "./stepSlice.ts";
import { stepAt } from "./steps.ts";
import { WeightSurfaces } from "./weightSlice.ts";

/** States of one study: slices by request, so that asking again costs nothing. */
interface Known {
  readonly surfaces: Map<string, StepSurface | WeightSurfaces>;
  readonly couplings: Map<string, CouplingReport>;
  readonly weights: KeptWeights;
}

// Slices kept: a few toggles back and forth.
const KEPT = 24;

export class LandscapeRoom implements LandscapeCalls {
  readonly #host: Host;
  readonly #known = new WeakMap<Study, Known>();
  readonly #finishing = new Map<string, AbortController>();

  constructor(host: Host) {
    this.#host = host;
  }

  landscape(
    job: string,
    asked: LandscapeRequest,
    onSlice: (slice: Slice) => void,
    onProgress: OnProgress,
  ): Promise<Slice | "cancelled"> {
    return this.#host.job(job, async (signal) => {
      const { study, request } = await this.#about(asked, signal);
      const surface = await this.#surface(study, request, signal);
      return surface.fill({ between: this.#between("Measuring the landscape", onProgress, signal), onSlice });
    });
  }

  stepLoss(
    job: string,
    asked: StepSliceRequest,
    at: readonly [number, number],
  ): Promise<number | "cancelled"> {
    return this.#host.job(job, (signal) =>
      this.#host.interactive(async () => {
        const { study, request } = await this.#about(asked, signal);
        const surface = (await this.#surface(study, request, signal)) as StepSurface;
        return surface.at(at, () => this.#host.step(signal));
      }),
    );
  }

  coupling(
    job: string,
    asked: CouplingRequest,
    onReport: (report: CouplingReport) => void,
    onProgress: OnProgress,
  ): Promise<CouplingReport | "cancelled"> {
    return this.#host.job(job, async (signal) => {
      const { study, request } = await this.#about(asked, signal);
      const { couplings } = this.#of(study);
      const key = JSON.stringify([{ ...request, recipe: null }, request.recipe && recipeKey(request.recipe)]);
      const known = couplings.get(key);
      if (known) {
        onReport(known);
        return known;
      }
      const wants = request.targets.includes("activation");
      const ranges = await this.#ranges(study, request.recipe, wants, signal);
      const between = this.#between("Measuring how clips are coupled", onProgress, signal);
      const report = await couplingMatrix({ study, ranges, request, between, onReport });
      couplings.set(key, report);
      return report;
    });
  }

  optimize(
    job: string,
    asked: OptimizeRequest,
    onStep: (step: OptimizeStep) => void,
    onProgress: OnProgress,
  ): Promise<OptimizeReport | "cancelled"> {
    const finishing = new AbortController();
    this.#finishing.set(job, finishing);
    return this.#host
      .job(job, async (signal): Promise<OptimizeReport> => {
        const { study, request } = await this.#about(asked, signal);
        const ranges = await this.#ranges(study, request.recipe, false, signal);
        const between = this.#between("Choosing the clips together", onProgress, signal);
        const search = new ClipSearch({ study, ranges, request, between, onStep, finish: finishing.signal });
        const { tallies: _, compared: __, ...report } = await search.run();
        return { ...report, recipe: asBefore(report.recipe, asked.recipe) };
      })
      .finally(() => {
        if (this.#finishing.get(job) === finishing) this.#finishing.delete(job);
      });
  }

  async finish(job: string): Promise<void> {
    this.#finishing.get(job)?.abort();
  }

  async clips(asked: Recipe, of: readonly StepOf[]): Promise<Float64Array> {
    const { signal } = new AbortController();
    const { study, request } = await this.#about({ recipe: asked }, signal);
    const { recipe } = request;
    const wants = of.some(({ target }) => target === "activation");
    const ranges = await this.#ranges(study, recipe, wants, signal);
    const known = { network: study.network, ranges, weights: this.#of(study).weights };
    return Float64Array.from(of, (each) => {
      try {
        return fractionOf(known, stepAt(recipe, each, undefined));
      } catch {
        // A tensor that the recipe leaves float has no clip.
        return Number.NaN;
      }
    });
  }

  /**
   * The study of the network that a request's recipe is planned on, and the request without its bias correction, which is
   * made for clips that do not move any more.
   */
  async #about<R extends { readonly recipe?: Recipe }>(
    request: R,
    signal: AbortSignal,
  ): Promise<{ readonly study: Study; readonly request: R }> {
    const study = this.#host.study();
    if (!request.recipe) return { study, request };
    const about = await withoutCorrection(study, request.recipe, () => this.#host.step(signal));
    return { study: about.study, request: { ...request, recipe: about.recipe } };
  }

  #between(what: string, onProgress: OnProgress, signal: AbortSignal): Between {
    return async (done, total) => {
      onProgress(what, done, total);
      await this.#host.background(signal);
    };
  }

  async #ranges(
    study: Study,
    recipe: Recipe | undefined,
    wants: boolean,
    signal: AbortSignal,
  ): Promise<Ranges | undefined> {
    if (!wants && !(recipe && wantsActivations(recipe))) return undefined;
    return study.ranges(() => this.#host.step(signal));
  }

  #of(study: Study): Known {
    const known = this.#known.get(study) ?? {
      surfaces: new Map(),
      couplings: new Map(),
      weights: new KeptWeights(study.network),
    };
    this.#known.set(study, known);
    return known;
  }

  async #surface(
    study: Study,
    request: LandscapeRequest,
    signal: AbortSignal,
  ): Promise<StepSurface | WeightSurfaces> {
    const { surfaces, weights } = this.#of(study);
    const key = JSON.stringify([{ ...request, recipe: null }, request.recipe && recipeKey(request.recipe)]);
    const known = surfaces.get(key);
    for (const other of surfaces.values()) if (other !== known && other instanceof StepSurface) other.rest();
    if (known) return known;
    const wants = request.kind === "step" && request.of.some(({ target }) => target === "activation");
    const ranges = await this.#ranges(study, request.recipe, wants, signal);
    const made =
      request.kind === "step"
        ? new StepSurface(study, request, ranges, weights)
        : new WeightSurfaces(study, request, ranges);
    surfaces.set(key, made);
    for (const oldest of surfaces.keys()) {
      if (surfaces.size <= KEPT) break;
      surfaces.delete(oldest);
    }
    return made;
  }
}
