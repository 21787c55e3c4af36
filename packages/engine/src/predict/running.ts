// Running: a loaded part, which gives the derivatives of its terms for slots, batch by batch.

import { toFloat32 } from "@bitscape/tensor";
import { batchesOf } from "../batches.ts";
import type { Dataset } from "../data/index.ts";
import { loadModel } from "../loading.ts";
import type { Network } from "../network/network.ts";
import type { OutputKind } from "../output.ts";
import type { Runtime, Session } from "../runtime.ts";
import type { Batching } from "./batching.ts";
import type { Chunk } from "./chunks.ts";
import type { Form } from "./formulation.ts";
import { type Part, partOf, type WeightChanges } from "./part.ts";
import { type Seeding, type Slot, seeding } from "./seed.ts";

export interface RunningRequest {
  readonly network: Network;
  readonly dataset: Dataset;
  readonly kind: OutputKind;
  readonly runtime: Runtime;
  readonly batching: Batching;
  readonly form: Form;
}

// Nodes of a part from which on loading it is what takes the time.
const MANY = 8000;

export class Running {
  readonly #part: Part;
  readonly #session: Session;
  readonly #seeding: Seeding;
  readonly #dataset: Dataset;
  readonly #batch: number;

  private constructor(part: Part, session: Session, signs: Seeding, dataset: Dataset, batch: number) {
    this.#part = part;
    this.#session = session;
    this.#seeding = signs;
    this.#dataset = dataset;
    this.#batch = batch;
  }

  /**
   * Computes the changes of a chunk and loads its part.
   * @param between awaited before each change; throws to cancel
   */
  static async load(request: RunningRequest, chunk: Chunk, between: () => Promise<void>): Promise<Running> {
    const { kind, batching, dataset, runtime } = request;
    const weights: WeightChanges[] = [];
    for (const { weight, changes } of chunk.weights) {
      const made: Float32Array[] = [];
      for (const change of changes) {
        await between();
        made.push(change());
      }
      weights.push({ weight, changes: made });
    }
    const signs = seeding(kind, batching.values, dataset, batching.size);
    const part = partOf({ ...request, seeding: signs, weights, points: chunk.points });
    const session = await loadModel(part.model, runtime, { quickly: part.model.graph.nodes.length > MANY });
    return new Running(part, session, signs, dataset, batching.size);
  }

  /**
   * The derivatives of each term of the chunk, an array a column with one number a slot.
   * @param between awaited before each batch with the slots done; throws to cancel
   */
  async run(
    chunk: Chunk,
    slots: readonly Slot[],
    between: (done: number) => Promise<void>,
  ): Promise<Map<string, Float64Array[]>> {
    const { output, width, offsets } = this.#part;
    const columns = [
      ...chunk.weights.map(({ weight, changes }) => [weight.name, changes.length] as const),
      ...chunk.points.map(({ tensor, plans }) => [tensor, plans.length] as const),
    ];
    const empty = (count: number) => Array.from({ length: count }, () => new Float64Array(slots.length));
    const found = new Map(columns.map(([term, count]) => [term, empty(count)]));
    let done = 0;
    for (const batch of batchesOf(slots, this.#batch, true)) {
      await between(done);
      const samples = await this.#dataset.batch(batch.indices.map(({ index }) => index));
      const result = (await this.#session.run({ ...samples, ...this.#seeding.feeds(batch.indices) }))[output];
      const numbers = toFloat32(result?.dtype ?? "float32", result?.data ?? new Float32Array());
      for (const [term, offset] of offsets) {
        for (const [column, array] of (found.get(term) ?? []).entries()) {
          for (let i = 0; i < batch.count; i++)
            array[done + i] = numbers[i * width + offset + column] as number;
        }
      }
      done += batch.count;
    }
    await between(done);
    return found;
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}
