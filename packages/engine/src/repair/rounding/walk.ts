// A walk through a network, layer after layer: what each computes in the float network, and what it gets in one that is quantized up
// to it. Values at a narrow place behind are kept, so that the whole costs a few runs of the network and not one a layer.

import { encodeModel, type Model } from "@bitscape/graph";
import type { Tensor } from "@bitscape/tensor";
import type { Dataset } from "../../data/index.ts";
import type { Network } from "../../network/network.ts";
import { probeModel } from "../../probe/probe.ts";
import type { Form } from "../../probe/quantizer.ts";
import { type Cut, findCuts, prefixModel, suffixModel } from "../../probe/stages.ts";
import { batchesOf, batchSize, fixesBatch } from "../../runtime/batches.ts";
import type { Feeds, Runtime } from "../../runtime/runtime.ts";

export interface WalkJob {
  readonly network: Network;
  readonly runtime: Runtime;
  readonly dataset: Dataset;
  readonly indices: readonly number[];
  readonly form: Form;
  /** What the float network is fed, and the quantized one: read anew at each step, so that weights may change behind it. */
  readonly float: Feeds;
  readonly quantized: () => Feeds;
  /** Awaited before each run; throws to cancel. */
  readonly between: () => Promise<void>;
}

/** What one batch shows of a layer. */
export interface Seen {
  /** How many samples of the batch count, and where the first stands among all. */
  readonly count: number;
  readonly first: number;
  /** Samples in the batch: more than count where a fixed batch was filled up. */
  readonly size: number;
  /** Of the quantized network. */
  readonly input: Tensor;
  /** Of the float network. */
  readonly output: Tensor;
}

interface Batch {
  readonly indices: readonly number[];
  readonly count: number;
  readonly first: number;
  float: Feeds;
  quantized: Feeds;
}

// Values of both networks that are kept at one place.
const LIMIT = 256 * 2 ** 20;

export class RoundingWalk {
  readonly #job: WalkJob;
  readonly #batches: Batch[];
  readonly #cuts: readonly Cut[];
  readonly #position: ReadonlyMap<string, number>;
  /** What lies ahead, and where it begins in the whole. */
  #rest: Model;
  #at = 0;

  constructor(job: WalkJob) {
    const { network, dataset, indices, form } = job;
    this.#job = job;
    this.#rest = probeModel(network, form);
    const affordable = (cut: Cut) => 2 * cut.bytes * indices.length <= LIMIT;
    this.#cuts = findCuts(this.#rest, network).filter(affordable);
    this.#position = new Map(this.#rest.graph.nodes.map((node, i) => [node.outputs[0] ?? "", i]));
    let first = 0;
    this.#batches = [...batchesOf(indices, batchSize(network, dataset), fixesBatch(network))].map((batch) => {
      const made = { ...batch, first, float: {}, quantized: {} };
      first += batch.count;
      return made;
    });
  }

  /** What a node of the network computes, batch by batch; nodes in topological order. @param output the name of its first output */
  async *at(output: string): AsyncGenerator<Seen> {
    const { runtime, float, quantized, between } = this.#job;
    const position = this.#position.get(output);
    if (position === undefined)
      throw new Error(`rounding: no node makes ${output}, expected one of the network`);
    await this.#advance(position);
    const node = this.#rest.graph.nodes[position - this.#at];
    const input = node?.inputs[0] ?? "";
    const made = this.#rest.graph.nodes.some((each) => each.outputs.includes(input));
    const wanted = (made ? [input, output] : [output]).map((name) => ({ name, dtype: "float32" as const }));
    const model = prefixModel(this.#rest, { position: position - this.#at + 1, tensors: wanted, bytes: 0 });
    const session = await runtime.load(encodeModel(model));
    try {
      for (const batch of this.#batches) {
        await between();
        const samples = await this.#job.dataset.batch(batch.indices);
        const exact = await session.run({ ...float, ...samples, ...batch.float }, [output]);
        await between();
        const feeds = { ...quantized(), ...samples, ...batch.quantized };
        const found = made ? await session.run(feeds, [input]) : feeds;
        yield {
          count: batch.count,
          first: batch.first,
          size: batch.indices.length,
          input: seen(found, input),
          output: seen(exact, output),
        };
      }
    } finally {
      await session.release();
    }
  }

  /** Moves on to the last kept place before a node. */
  async #advance(position: number): Promise<void> {
    const cut = this.#cuts.findLast((each) => each.position <= position && each.position > this.#at);
    if (!cut) return;
    const { runtime, float, quantized, between, dataset } = this.#job;
    // What crossed the place before and crosses this one too is kept already.
    const kept = new Set(this.#rest.graph.inputs.map(({ name }) => name));
    const tensors = cut.tensors.filter(({ name }) => !kept.has(name));
    if (tensors.length === 0) return;
    const near = { ...cut, tensors, position: cut.position - this.#at };
    const session = await runtime.load(encodeModel(prefixModel(this.#rest, near)));
    try {
      for (const batch of this.#batches) {
        const samples = await dataset.batch(batch.indices);
        await between();
        const exact = await session.run({ ...float, ...samples, ...batch.float });
        await between();
        const found = await session.run({ ...quantized(), ...samples, ...batch.quantized });
        batch.float = { ...batch.float, ...exact };
        batch.quantized = { ...batch.quantized, ...found };
      }
    } finally {
      await session.release();
    }
    this.#rest = suffixModel(this.#rest, near);
    this.#at = cut.position;
  }
}

function seen(values: Feeds, name: string): Tensor {
  const value = values[name];
  if (!value) throw new Error(`rounding: no value ${name}, expected one in front of a layer`);
  return value;
}
