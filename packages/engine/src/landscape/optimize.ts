// The joint choice of clips: LAPQ's search over the probe's loss, for any recipe. A clip a step, in ln of what the start gives
// it; what is optimised is a recipe, and so exactly what is exported. Optimised on calibration samples, checked on others.
//
// A mean divergence rests on its few largest samples (of a trained classifier the tenth with the largest carries nearly all of
// it), and clips that suit those suit no others. So the search follows the divergence at a temperature, to which every sample
// gives its part; it may not end where the divergence itself is above that of the best start.

import { type LapqResult, lapq, type Start } from "@bitscape/methods";
import type { BaseRange, RangeRule } from "@bitscape/quant";
import type { Ranges } from "../plan/plan.ts";
import type { Recipe } from "../recipe.ts";
import type { Tally } from "../score/evaluate.ts";
import type { Study } from "../study.ts";
import type { OptimizeReport, OptimizeRequest, OptimizeStep } from "./calls.ts";
import { fractionOf } from "./clips.ts";
import { Losses, lossOf, softenedOf } from "./loss.ts";
import { plainStarts, type StartRule, startRules } from "./starts.ts";
import { type Step, stepsOf, times, withRanges } from "./steps.ts";

export interface OptimizeJob {
  readonly study: Study;
  readonly ranges: Ranges | undefined;
  readonly request: OptimizeRequest;
  /** Awaited before each batch; throws to cancel. */
  readonly between: (done: number, total: number) => Promise<void>;
  readonly onStep: (step: OptimizeStep) => void;
  /** Aborted to end the search with the best so far. */
  readonly finish: AbortSignal;
  /** What the search began from is measured on held-out samples too. */
  readonly compare?: boolean;
  /** Whether there is no time for held-out samples. */
  readonly hurried?: () => boolean;
}

/** What a report is accompanied by, for who has labels. */
export interface Optimized extends OptimizeReport {
  /** Tallies on held-out samples; null where there are none. */
  readonly tallies: { readonly before: Tally; readonly after: Tally } | null;
  /** Held-out losses of layer-wise choices, where asked for: the plain ones and the best p. */
  readonly compared: readonly {
    readonly name: string;
    readonly loss: number;
    readonly top1: number | null;
  }[];
}

/** Where a search is: a start, and how far each clip is from it. */
interface Place {
  readonly start: Start;
  readonly t: Float64Array;
  readonly loss: number;
  /** What the search makes small. */
  readonly objective: number;
}

// Of 75 recipes about the best starts of shapes-resnet, W4A4, the divergence of 128 samples ranks that of 600 others with 0.43,
// at temperatures of 2, 3, 4 and 8 with 0.59, 0.59, 0.57 and 0.53; of 512 samples with 0.59, 0.64, 0.61, 0.58 and 0.53.
const TEMPERATURE = 2;

/** Layer-wise choices that are tried at most. */
const MOST_STARTS = 26;

const CURRENT: Start = { name: "current", p: null };
const RESUMED: Start = { name: "resumed", p: null };

/** Ends a search softly. */
class Finished extends Error {
  override readonly name = "Finished";
}

export class ClipSearch {
  readonly #job: OptimizeJob;
  readonly #steps: readonly Step[];
  readonly #losses: Losses;
  #evaluations = 0;
  #best: Place | undefined;
  #leastStart = Number.POSITIVE_INFINITY;
  /** Losses by objective: of the sweeps' ends, which the search knows by theirs. */
  readonly #lossAt = new Map<number, number>();

  /** @throws one sentence where the recipe leaves nothing to optimise */
  constructor(job: OptimizeJob) {
    const { study, request, ranges } = job;
    this.#job = job;
    const all = stepsOf(study.network, request.recipe, ranges);
    const named = new Set(request.of?.map(({ layer, target }) => `${target} ${layer}`));
    this.#steps = request.of ? all.filter(({ of }) => named.has(`${of.target} ${of.layer}`)) : all;
    if (this.#steps.length === 0) {
      throw new Error("recipe: no tensor whose clip can be moved, expected some that is quantized on a grid");
    }
    const { calibration } = study.split;
    if (calibration.length === 0)
      throw new Error("data: no calibration samples, expected some to optimise on");
    const indices = calibration.slice(0, request.samples);
    this.#losses = new Losses({ study, indices, ranges, loss: request.loss, temperature: TEMPERATURE });
  }

  async run(): Promise<Optimized> {
    const { request, study, ranges, between } = this.#job;
    const started = performance.now();
    const total = this.#steps.length * request.sweeps * 10 + MOST_STARTS;
    const batch = () => between(this.#evaluations, total);
    const others = [...(request.from ? [RESUMED] : []), CURRENT, ...plainStarts];
    const before = await this.#measure(CURRENT, this.#origin(), batch);
    const starts: { name: string; loss: number }[] = [];
    let found: LapqResult | undefined;
    try {
      const loss = async (start: Start, t: Float64Array) => {
        const still = t.every((each) => each === 0);
        const place = still && start.name === CURRENT.name ? before : await this.#measure(start, t, batch);
        if (still) starts.push({ name: start.name, loss: place.loss });
        return place.objective;
      };
      const method = request.method === "lapq" ? "powell" : "coordinates";
      const problem = { count: this.#steps.length, others, groups: this.#groups, loss };
      found = await lapq(problem, { sweeps: request.sweeps, method });
    } catch (error) {
      if (!(error instanceof Finished)) throw error;
    }
    const best = this.#best as Place;
    const recipe = this.#recipeAt(best.start, best.t);
    const known = { network: study.network, ranges, weights: this.#losses.weights };
    const rules = this.#rulesAt(best.start, best.t);
    const heldOut = await this.#heldOut(recipe, starts, () => between(this.#evaluations, total));
    return {
      of: this.#steps.map(({ of }) => of),
      before: Float64Array.from(this.#steps, (step) => fractionOf(known, step)),
      after: Float64Array.from(this.#steps, (step, i) => fractionOf(known, step, rules[i])),
      loss: {
        metric: this.#losses.metric,
        n: this.#losses.indices.length,
        before: before.loss,
        after: best.loss,
      },
      heldOut: heldOut && { n: heldOut.n, before: heldOut.losses[0], after: heldOut.losses[1] },
      starts,
      evaluations: this.#evaluations,
      sweeps: (found?.sweeps ?? []).map((objective) => this.#lossAt.get(objective) as number),
      seconds: (performance.now() - started) / 1000,
      recipe,
      stopped: found === undefined,
      tallies: heldOut?.tallies ?? null,
      compared: heldOut?.compared ?? [],
    };
  }

  /** Tensors of one target may have another best p than those of the other. */
  get #groups(): readonly string[] {
    return [...new Set(this.#steps.map(groupOf))];
  }

  #origin(): Float64Array {
    return new Float64Array(this.#steps.length);
  }

  /** The rule of each step: the start's, its range multiplied by exp(t). */
  #rulesAt(start: Start, t: Float64Array): RangeRule[] {
    return this.#steps.map((step, i) => times(this.#ruleOf(start, step, i), Math.exp(t[i] as number)));
  }

  #ruleOf(start: Start, { scheme }: Step, i: number): RangeRule {
    if (start.name === CURRENT.name) return scheme.range;
    if (start.name === RESUMED.name) return { ratio: this.#job.request.from?.[i] ?? 1 };
    if (start.p !== null) return { lp: start.p };
    const own = start.ps?.[this.#groups.indexOf(groupOf(this.#steps[i] as Step))];
    if (own !== undefined) return { lp: own };
    return plainStarts.find(({ name }) => name === start.name)?.rule as BaseRange;
  }

  #recipeAt(start: Start, t: Float64Array): Recipe {
    return withRanges(this.#job.request.recipe, this.#steps, this.#rulesAt(start, t));
  }

  /** One evaluation: a run of the probe over the samples. */
  async #measure(start: Start, t: Float64Array, between: () => Promise<void>): Promise<Place> {
    const { finish, onStep, request } = this.#job;
    const check = async () => {
      await between();
      // There is no best before the first is measured.
      if (finish.aborted && this.#best) throw new Finished();
    };
    const tally = await this.#losses.tally(this.#recipeAt(start, t), check);
    const loss = lossOf(tally, request.loss);
    const objective = request.loss === "kl" ? softenedOf(tally) : loss;
    this.#evaluations++;
    this.#lossAt.set(objective, loss);
    const place: Place = { start, t: t.slice(), loss, objective };
    const still = t.every((each) => each === 0);
    if (this.#isBetter(place, still)) this.#best = place;
    onStep({
      evaluation: this.#evaluations,
      loss,
      best: (this.#best as Place).loss,
      clips: this.#fractions(start, t),
      phase: still ? "starts" : "search",
      ...(still && { start: start.name }),
    });
    return place;
  }

  /** Of starts the least loss; then the least objective whose loss is not above that. */
  #isBetter({ loss, objective }: Place, still: boolean): boolean {
    if (still) {
      if (!(loss < this.#leastStart) && this.#best) return false;
      this.#leastStart = loss;
      return true;
    }
    return loss <= this.#leastStart && objective < (this.#best?.objective ?? Number.POSITIVE_INFINITY);
  }

  readonly #startFractions = new Map<string, Float64Array>();

  #fractions(start: Start, t: Float64Array): Float64Array {
    const { study, ranges } = this.#job;
    const known = { network: study.network, ranges, weights: this.#losses.weights };
    const own =
      this.#startFractions.get(start.name) ??
      Float64Array.from(this.#steps, (step, i) => fractionOf(known, step, this.#ruleOf(start, step, i)));
    this.#startFractions.set(start.name, own);
    return own.map((fraction, i) => fraction * Math.exp(t[i] as number));
  }

  /** Both recipes on evaluation samples that the search did not see. */
  async #heldOut(
    after: Recipe,
    starts: readonly { name: string; loss: number }[],
    between: () => Promise<void>,
  ) {
    const { study, ranges, request, compare, hurried } = this.#job;
    if (hurried?.()) return null;
    const seen = new Set(this.#losses.indices);
    const indices = study.samples().filter((index) => !seen.has(index));
    if (indices.length === 0) return null;
    const held = new Losses({ study, indices, ranges, weights: this.#losses.weights });
    const tallies = {
      before: await held.tally(request.recipe, between),
      after: await held.tally(after, between),
    };
    const losses = [lossOf(tallies.before, request.loss), lossOf(tallies.after, request.loss)] as const;
    const compared: Optimized["compared"][number][] = [];
    for (const { name, rule } of compare ? simple(starts) : []) {
      const recipe = withRanges(
        request.recipe,
        this.#steps,
        this.#steps.map(() => rule),
      );
      const tally = await held.tally(recipe, between);
      compared.push({ name, loss: lossOf(tally, request.loss), top1: tally.top1(name)?.value ?? null });
    }
    return { n: indices.length, losses, tallies, compared };
  }
}

const groupOf = ({ of }: Step) => (of.target === "weight" ? "weights" : "activations");

/** The layer-wise choices that a search is to beat: the plain ones, and the p whose loss was least. */
function simple(starts: readonly { name: string; loss: number }[]): readonly StartRule[] {
  const lossOfStart = ({ name }: StartRule) =>
    starts.find((each) => each.name === name)?.loss ?? Number.POSITIVE_INFINITY;
  const best = startRules
    .filter(({ p }) => p !== null)
    .reduce((a, b) => (lossOfStart(b) < lossOfStart(a) ? b : a));
  return [...plainStarts, best];
}
