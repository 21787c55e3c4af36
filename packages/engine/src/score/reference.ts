// Reference: what the float network answers on the evaluation samples, kept to compare every recipe with.

import { relativeSquaredError } from "@bitscape/quant";
import type { Dataset } from "../data/index.ts";
import type { Network } from "../network/network.ts";
import type { Probe, Run } from "../probe/probe.ts";
import { batchesOf, batchSize, fixesBatch, rowOf } from "../runtime/batches.ts";
import type { Feeds } from "../runtime/runtime.ts";
import { uncertainty } from "./importance.ts";
import { argMax, klDivergence, logProbabilities, softened } from "./metric.ts";
import { type OutputKind, outputKind } from "./output.ts";

/** One sample's answer: log-probabilities, or the values of each output. */
export type Answer = { readonly logP: Float64Array } | { readonly values: readonly Float32Array[] };

/** How one sample's answer compares with the float network's. */
export interface Comparison {
  /** KL in nats for classes, relative squared error for values. */
  readonly divergence: number;
  /** The same with both distributions softened, where a temperature is asked for; the divergence itself of values. */
  readonly softened?: number;
  /** Positions with a label, how many are right, and how many the float network has right; zeros without labels. */
  readonly labelled: number;
  readonly correct: number;
  readonly floatCorrect: number;
  /** Sum of −ln of what is given to the label, over those positions; 0 without labels. */
  readonly crossEntropy: number;
  /** Positions, and how many have the float network's top-1; zeros for values. */
  readonly positions: number;
  readonly agreeing: number;
}

/** One sample's answers, and how they compare. */
export interface Pair {
  readonly index: number;
  readonly float: Answer;
  readonly quantized: Answer;
  readonly comparison: Comparison;
}

// Answers kept for all evaluation samples stay under this; samples beyond it are not evaluated against.
const KEEP_BYTES = 512 * 2 ** 20;

/** Runs batches of samples and compares them with the float network, whose answers are computed once. */
export class Reference {
  readonly network: Network;
  readonly dataset: Dataset;
  readonly kind: OutputKind;
  readonly metric: "kl" | "mse";
  readonly #answers = new Map<number, Answer>();
  /** By sample, how much its divergence can be expected to be, in proportion to others'. */
  readonly #importance = new Map<number, number>();
  #bytes = 0;
  #batch: number;

  constructor(network: Network, dataset: Dataset) {
    this.network = network;
    this.dataset = dataset;
    this.kind = outputKind(network, dataset.labels !== undefined);
    this.metric = this.kind.kind === "classes" ? "kl" : "mse";
    this.#batch = batchSize(network, dataset);
  }

  /** Cuts samples into batches that this network runs. */
  batches(indices: readonly number[]): Iterable<{ indices: readonly number[]; count: number }> {
    const fixed = fixesBatch(this.network);
    return batchesOf(indices, this.#batch, fixed);
  }

  /**
   * Compares one batch under some settings with the float network. The float answers are computed when first needed.
   * @param run gives the outputs for a batch of samples
   * @param temperature at which distributions are compared, too
   */
  async compare(
    batch: { readonly indices: readonly number[]; readonly count: number },
    probe: Probe,
    run: Run,
    temperature?: number,
  ): Promise<Comparison[]> {
    return (await this.pairs(batch, probe, run, temperature)).map(({ comparison }) => comparison);
  }

  /** The float network beside itself: its answers alone, which are computed once. */
  async own(
    batch: { readonly indices: readonly number[]; readonly count: number },
    probe: Probe,
  ): Promise<Comparison[]> {
    const own = await this.#asked(batch, probe);
    return own.map((index) => this.#compareOne(index, this.#answers.get(index) as Answer, undefined));
  }

  /** Of one sample, the positions that count, and at how many of them two answers have the same best class; zeros for values. */
  agreement(index: number, one: Answer, other: Answer): { positions: number; agreeing: number } {
    const found = { positions: 0, agreeing: 0 };
    if ("values" in one || "values" in other) return found;
    const { classes } = this.kind as Extract<OutputKind, { kind: "classes" }>;
    const counted = this.#counted(index);
    for (let row = 0, position = 0; row < one.logP.length; row += classes, position++) {
      if (counted && !counted(position)) continue;
      found.positions++;
      if (argMax(one.logP, row, classes) === argMax(other.logP, row, classes)) found.agreeing++;
    }
    return found;
  }

  /** The same as `compare` with the answers themselves. */
  async pairs(
    batch: { readonly indices: readonly number[]; readonly count: number },
    probe: Probe,
    run: Run,
    temperature?: number,
  ): Promise<Pair[]> {
    const samples = await this.dataset.batch(batch.indices);
    const own = await this.#asked(batch, probe, samples);
    const answers = this.answersOf(await run(samples, batch.indices), batch);
    return own.map((index, i) => {
      const quantized = answers[i] as Answer;
      const float = this.#answers.get(index) as Answer;
      return { index, float, quantized, comparison: this.#compareOne(index, quantized, temperature) };
    });
  }

  /**
   * How much of the divergence each sample can be expected to carry, relative to the others; from the float network's answers,
   * which are computed for those not seen yet. All ones where the output is no distribution.
   * @param between awaited before each batch; throws to cancel
   */
  async importance(
    indices: readonly number[],
    probe: Probe,
    between: (done: number, total: number) => Promise<void>,
  ): Promise<Float64Array> {
    const unknown = indices.filter((index) => !this.#importance.has(index));
    if (this.kind.kind !== "classes") return new Float64Array(indices.length).fill(1);
    let done = 0;
    for (const batch of this.batches(unknown)) {
      await between(done, unknown.length);
      await this.#ask(batch, probe);
      done += batch.count;
    }
    return Float64Array.from(indices, (index) => this.#importance.get(index) as number);
  }

  /**
   * What the float network answers to samples, computed for those not seen yet.
   * @param between awaited before each batch that is run; throws to cancel
   */
  async floatAnswers(
    indices: readonly number[],
    probe: Probe,
    between: (done: number, total: number) => Promise<void>,
  ): Promise<Answer[]> {
    const found = new Map<number, Answer>();
    for (const index of indices) {
      const answer = this.#answers.get(index);
      if (answer) found.set(index, answer);
    }
    for (const batch of this.batches(indices.filter((index) => !found.has(index)))) {
      await between(found.size, indices.length);
      await this.#ask(batch, probe);
      for (const index of batch.indices) found.set(index, this.#answers.get(index) as Answer);
    }
    return indices.map((index) => found.get(index) as Answer);
  }

  /** The float network's answer to a sample, where it has been asked. */
  known(index: number): Answer | undefined {
    return this.#answers.get(index);
  }

  /** A batch's own samples, once the float network's answers to them are there. */
  async #asked(
    batch: { readonly indices: readonly number[]; readonly count: number },
    probe: Probe,
    samples?: Feeds,
  ): Promise<readonly number[]> {
    const own = batch.indices.slice(0, batch.count);
    if (own.some((index) => !this.#answers.has(index))) await this.#ask(batch, probe, samples);
    return own;
  }

  /** Runs the float network on a batch and keeps its answers. */
  async #ask(
    batch: { readonly indices: readonly number[]; readonly count: number },
    probe: Probe,
    samples?: Feeds,
  ): Promise<void> {
    const feeds = samples ?? (await this.dataset.batch(batch.indices));
    const float = this.answersOf(await probe.run(feeds, probe.settings()), batch);
    for (const [i, index] of batch.indices.slice(0, batch.count).entries())
      this.#keep(index, float[i] as Answer);
  }

  #importanceOf(index: number, logP: Float64Array): number {
    const { classes } = this.kind as Extract<OutputKind, { kind: "classes" }>;
    const counted = this.#counted(index);
    let sum = 0;
    let positions = 0;
    for (let row = 0, position = 0; row < logP.length; row += classes, position++) {
      if (counted && !counted(position)) continue;
      sum += uncertainty(logP, row, classes);
      positions++;
    }
    return positions > 0 ? sum / positions : 0;
  }

  /** Which positions of a sample count: those with a label where each has one; undefined for all. */
  #counted(index: number): ((position: number) => boolean) | undefined {
    const { labels, size } = this.dataset;
    const perSample = labels ? labels.length / size : 0;
    if (perSample <= 1) return undefined;
    return (position) => position < perSample && (labels?.[index * perSample + position] ?? -1) >= 0;
  }

  #keep(index: number, answer: Answer): void {
    if ("logP" in answer) this.#importance.set(index, this.#importanceOf(index, answer.logP));
    if (this.#answers.has(index)) return;
    this.#answers.set(index, answer);
    const arrays = "logP" in answer ? [answer.logP] : answer.values;
    this.#bytes += arrays.reduce((sum, array) => sum + array.byteLength, 0);
    // The oldest go first; they are computed anew when asked for.
    for (const [oldest, old] of this.#answers) {
      if (this.#bytes <= KEEP_BYTES || oldest === index) break;
      this.#answers.delete(oldest);
      const freed = "logP" in old ? [old.logP] : old.values;
      this.#bytes -= freed.reduce((sum, array) => sum + array.byteLength, 0);
    }
  }

  /** Each sample's answer in the outputs of a batch. */
  answersOf(outputs: Feeds, batch: { readonly indices: readonly number[] }): Answer[] {
    const { kind } = this;
    const size = batch.indices.length;
    return batch.indices.map((_, i) => {
      if (kind.kind === "classes") {
        const scores = rowOf(output(outputs, kind.output), i, size);
        return { logP: logProbabilities(scores, kind) };
      }
      // Copied out of the batch's buffer, so that keeping one sample does not keep all.
      return { values: kind.outputs.map((name) => rowOf(output(outputs, name), i, size).slice()) };
    });
  }

  #compareOne(index: number, answer: Answer, temperature: number | undefined): Comparison {
    const float = this.#answers.get(index) as Answer;
    const none = { labelled: 0, correct: 0, floatCorrect: 0, crossEntropy: 0, positions: 0, agreeing: 0 };
    if ("values" in float) {
      const { values } = answer as Extract<Answer, { values: unknown }>;
      const errors = float.values.map((exact, i) => relativeSquaredError(exact, values[i] as Float32Array));
      const divergence = errors.reduce((a, b) => a + b, 0) / errors.length;
      return { ...none, divergence, ...(temperature !== undefined && { softened: divergence }) };
    }
    const { classes } = this.kind as Extract<OutputKind, { kind: "classes" }>;
    const { logP } = answer as Extract<Answer, { logP: unknown }>;
    const { labels, size } = this.dataset;
    const perSample = labels ? labels.length / size : 0;
    const labelAt = (position: number) => labels?.[index * perSample + position] ?? -1;
    const sequence = perSample > 1;
    const tally = { ...none };
    for (let row = 0, position = 0; row < logP.length; row += classes, position++) {
      const label = position < perSample ? labelAt(position) : -1;
      if (sequence && label < 0) continue; // padding
      const [mine, theirs] = [argMax(logP, row, classes), argMax(float.logP, row, classes)];
      tally.positions++;
      if (mine === theirs) tally.agreeing++;
      if (label < 0) continue;
      tally.labelled++;
      tally.crossEntropy -= logP[row + label] as number;
      if (mine === label) tally.correct++;
      if (theirs === label) tally.floatCorrect++;
    }
    const counted = this.#counted(index);
    const divergence = klDivergence(float.logP, logP, classes, counted);
    if (temperature === undefined) return { ...tally, divergence };
    const [p, q] = [softened(float.logP, classes, temperature), softened(logP, classes, temperature)];
    return { ...tally, divergence, softened: temperature ** 2 * klDivergence(p, q, classes, counted) };
  }
}

function output(outputs: Feeds, name: string) {
  const found = outputs[name];
  if (!found) throw new Error(`output ${name}: not among the results, expected it`);
  return found;
}
