// Study: one network, its data, and everything known about them. The same object serves the worker and the command
// line; it holds sessions, so it is a class with a life. What is asked of it comes in calls; it keeps no recipe.

import type { Cell, PredictReport, PredictRequest, Score, SweepRequest } from "./cells/calls.ts";
import { type CellKey, cellName, cellsOf, measureCell } from "./cells/sensitivity.ts";
import {
  checkLabels,
  type Dataset,
  oneLabelEach,
  type Split,
  type SplitOptions,
  splitData,
} from "./data/index.ts";
import type { Verification } from "./export/calls.ts";
import type { Exported } from "./export/exporter.ts";
import { exportPlan } from "./integer/exportPlan.ts";
import type { Network } from "./network/network.ts";
import { Once } from "./once.ts";
import { calibrate } from "./plan/calibrate.ts";
import { type Plan, planRecipe, type Ranges } from "./plan/plan.ts";
import { guessCells, predictCells } from "./predict/predict.ts";
import { Predictor } from "./predict/predictor.ts";
import { slotsOf } from "./predict/slots.ts";
import { Probe } from "./probe/probe.ts";
import type { Between } from "./progress.ts";
import { type Choice, type Recipe, recipeKey, wantsActivations } from "./recipe.ts";
import { learnedIn, withoutLearned, withRepair } from "./repair/asked.ts";
import { evidenced } from "./repair/evidence.ts";
import type { Repaired } from "./repair/repaired.ts";
import { type Rewrites, rewritesNothing, rewritesOf } from "./repair/rewrites.ts";
import type { ModelFile, Runtime } from "./runtime/runtime.ts";
import { measureAnytime, type Spent } from "./schedule/anytime.ts";
import { evaluate, scoreOf, type Tally } from "./score/evaluate.ts";
import { Reference } from "./score/reference.ts";
import { verifyFile } from "./score/verify.ts";

export class Study {
  readonly network: Network;
  readonly runtime: Runtime;
  readonly dataset: Dataset;
  readonly split: Split;
  readonly reference: Reference;
  readonly probe: Probe;
  readonly predictor: Predictor;
  readonly #ranges = new Once<Ranges>();
  /** Of repaired networks, by what was done to them. */
  readonly #repaired = new Once<Study>();
  /** Of a study of a repaired network: the one it came from. */
  #from: { readonly study: Study; readonly key: string; readonly repaired: Repaired } | undefined;

  private constructor(
    network: Network,
    runtime: Runtime,
    dataset: Dataset,
    split: Split,
    reference: Reference,
    probe: Probe,
  ) {
    this.network = network;
    this.runtime = runtime;
    this.dataset = dataset;
    this.split = split;
    this.reference = reference;
    this.probe = probe;
    this.predictor = new Predictor(network, dataset, reference.kind, runtime);
  }

  /**
   * Pairs a network with data and loads the probe.
   * @param ownLabels the data before their labels were mapped: a split by label stays what it is under any mapping
   * @throws a sentence where labels do not fit the network's classes, or the data is too small for the split
   */
  static async open(
    network: Network,
    dataset: Dataset,
    runtime: Runtime,
    splitOptions: SplitOptions = {},
    ownLabels = dataset,
  ): Promise<Study> {
    const split = splitData(dataset.size, splitOptions, oneLabelEach(ownLabels));
    const reference = new Reference(network, dataset);
    if (reference.kind.kind === "classes") {
      const fault = checkLabels(dataset, reference.kind.classes);
      if (fault) throw new Error(fault);
    }
    return new Study(network, runtime, dataset, split, reference, await Probe.load(network, runtime));
  }

  /**
   * The study of the network that a recipe is planned on: this one, or one of the network that its repairs make of this.
   * The rest of what is asked about the recipe is asked of that one. Prepared once for each set of repairs.
   * @throws one sentence where a repair is impossible
   */
  async of(recipe: Recipe, between: Between): Promise<Study> {
    const base = this.#from?.study ?? this;
    const rewrites = rewritesOf(recipe, base.network);
    if (rewritesNothing(rewrites)) return base;
    const key = JSON.stringify(rewrites);
    if (this.#from?.key === key) return this;
    return base.#repaired.get(key, () => base.#repair(rewrites, key, between));
  }

  async #repair(rewrites: Rewrites, key: string, between: Between): Promise<Study> {
    const { dataset, runtime, split, reference } = this;
    // Most recipes have no repairs: their code is loaded when one has.
    const { Repaired } = await import("./repair/repaired.ts");
    const job = { network: this.network, dataset, runtime, indices: split.calibration, between };
    const repaired = await Repaired.of(job, rewrites);
    const probe = await Probe.load(repaired.network, runtime);
    const study = new Study(repaired.network, runtime, dataset, split, reference, probe);
    study.#from = { study: this, key, repaired };
    return study;
  }

  /** Biases are corrected after calibration and rounding: until then the network is the same as this study's. */
  get #uncorrected(): Study {
    const { fold, equalization } = this.#from?.repaired.rewrites ?? {};
    return this.#from && !fold && !equalization ? this.#from.study : this;
  }

  /** Calibrated ranges; computed once. */
  async ranges(between: Between): Promise<Ranges> {
    if (this.#uncorrected !== this) return this.#uncorrected.ranges(between);
    const { network, dataset, split, runtime } = this;
    return this.#ranges.get("", () => calibrate(network, dataset, split.calibration, runtime, between));
  }

  /**
   * The plan of a recipe, calibrated first where it quantizes activations, its biases corrected where it asks for that.
   * Of a recipe with repairs asked of the study that `of` gives.
   * @param forSize whether only sizes count: corrections are then stand-ins
   */
  async plan(recipe: Recipe, between: Between, forSize = false): Promise<Plan> {
    const { network, reference, probe, runtime, dataset, split } = this;
    const ranges = wantsActivations(recipe) ? await this.ranges(between) : undefined;
    const repaired = this.#from?.repaired;
    const uncorrected = repaired ? withRepair(recipe, "bias-correction", false) : recipe;
    const rounded = planRecipe(network, withoutLearned(uncorrected), ranges);
    const plan = learnedIn(recipe) ? await this.#learned(rounded, uncorrected, between, forSize) : rounded;
    if (!repaired || !recipe.repairs?.includes("bias-correction")) return plan;
    if (forSize) return repaired.uncorrected(plan);
    const indices = split.calibration;
    return repaired.corrected(recipe, { reference, probe, runtime, dataset, indices, plan, between });
  }

  /** A plan with what is learned for its recipe. */
  async #learned(plan: Plan, recipe: Recipe, between: Between, forSize: boolean): Promise<Plan> {
    const { learnedCodes, withCodes } = await import("./repair/rounding/rounded.ts");
    const codes = forSize ? undefined : await learnedCodes(this.#uncorrected, recipe, between);
    return withCodes(this, plan, recipe, codes);
  }

  /** The first samples of the evaluation split; all of them where no count is given. */
  samples(count = this.split.evaluation.length): readonly number[] {
    return this.split.evaluation.slice(0, count);
  }

  /**
   * Measures one cell of the heatmap.
   * @param calibrating awaited between the steps of a calibration, for which more urgent work may be waiting too
   */
  async cell(
    key: CellKey,
    samples: readonly number[],
    between: () => Promise<void>,
    choice?: Choice,
    calibrating: Between = between,
  ): Promise<Cell> {
    const ranges = key.target === "activation" ? await this.ranges(calibrating) : undefined;
    return measureCell(key, { ...this, ...(ranges && { ranges }) }, samples, between, choice);
  }

  /**
   * Predicts cells of the heatmap from gradients; they are given in groups.
   * @param calibrating as for `cell`
   */
  async predict(
    request: PredictRequest,
    onCells: (cells: readonly Cell[]) => void,
    between: Between,
    calibrating: Between = between,
  ): Promise<PredictReport> {
    const { predictor, reference, probe } = this;
    const ranges = request.targets.includes("activation") ? await this.ranges(calibrating) : undefined;
    const samples = this.samples(request.samples);
    return predictCells({ predictor, reference, probe, request, samples, ranges, between, onCells });
  }

  /**
   * Measures cells as the scheduler decides, after predicting them; they are given again and again, finer each time.
   * @returns samples run through the network
   */
  async anytime(
    request: SweepRequest,
    onCell: (cell: Cell) => void,
    between: Between,
    calibrating: Between = between,
  ): Promise<Spent> {
    const { predictor, reference, probe, network } = this;
    const { schemes, first } = request;
    const skip = new Set(request.skip);
    const keys = cellsOf(network, request.bits, request.targets).filter((key) => !skip.has(cellName(key)));
    const ranges = request.targets.includes("activation") ? await this.ranges(calibrating) : undefined;
    const pool = this.samples(request.samples);
    const quiet = () => between(0, pool.length);
    const importance = await reference.importance(pool, probe, quiet);
    const slots = slotsOf(pool, importance);
    const guesses = await guessCells({ predictor, ranges, between: quiet, schemes }, keys, slots);
    const spent = await measureAnytime({
      ...{ reference, probe, keys, pool, importance, guesses, ranges, schemes, first, between, onCell },
    });
    return { forwardPasses: pool.length + slots.slots.length + spent.forwardPasses };
  }

  /** Measures a joint recipe with the probe; the float network where there is none. */
  async score(
    recipe: Recipe | undefined,
    samples: readonly number[],
    between: Between,
    onScore: (score: Score) => void = () => {},
  ): Promise<Score> {
    const at = recipe ? await this.of(recipe, between) : this;
    const { reference, probe } = at;
    const settings = recipe && probe.settings(await at.plan(recipe, between));
    const of = recipe ? recipeKey(recipe) : "float";
    const tally = await evaluate(
      reference,
      probe,
      samples,
      settings && ((feeds) => probe.run(feeds, settings)),
      async (soFar: Tally) => {
        const done = soFar.comparisons.length;
        if (done > 0) onScore(scoreOf(soFar, reference, of, false));
        await between(done, samples.length);
      },
    );
    return scoreOf(tally, reference, of, true);
  }

  /**
   * The model that a recipe asks for; weights are encoded when its bytes are.
   * @param inside the recipe that the file carries: the same decision, with this network's fingerprint and the like
   */
  async exported(
    recipe: Recipe,
    between: Between,
    inside = recipe,
    forSize = false,
  ): Promise<Exported & { plan: Plan }> {
    const at = await this.of(recipe, between);
    const plan = await at.plan(recipe, between, forSize);
    const repaired = at.#from?.repaired.written(plan, at.split.calibration.length) ?? at.network;
    const network = plan.rounding ? evidenced(repaired, { rounding: plan.rounding }) : repaired;
    return { ...(await exportPlan(network, plan, recipe, inside, () => between(0, 1))), plan };
  }

  /** Opens an exported file again and compares it with the float network and with its plan. */
  verify(
    file: ModelFile,
    plan: Plan | undefined,
    of: string,
    samples: readonly number[],
    between: Between,
  ): Promise<Verification> {
    const { reference, probe, runtime } = this;
    const job = { reference, probe, ...(plan && { plan }), indices: samples, of, between };
    return verifyFile(file, runtime, job);
  }

  async release(): Promise<void> {
    for (const repairing of this.#repaired.values())
      await (await repairing.catch(() => undefined))?.release();
    await this.predictor.release();
    await this.probe.release();
  }
}
