// Running: the loaded parts of a chunk's segments, which give the derivatives of its terms for slots, batch by batch.

import { build, type Model, prune } from "@bitscape/graph";
import { type Tensor, toFloat32 } from "@bitscape/tensor";
import type { Dataset } from "../data/index.ts";
import type { Network } from "../network/network.ts";
import { batchesOf } from "../runtime/batches.ts";
import { loadModel } from "../runtime/loading.ts";
import type { Runtime, Session } from "../runtime/runtime.ts";
import type { OutputKind } from "../score/output.ts";
import type { Batching } from "./batching.ts";
import type { Chunk } from "./chunks.ts";
import type { Form } from "./formulation.ts";
import { type Part, partOf } from "./part.ts";
import type { WeightChanges } from "./request.ts";
import { type Seeding, type Slot, seeding } from "./seed.ts";
import { laterName, laterSeeding, type Segment, segmentsOf } from "./segments.ts";

export interface RunningRequest {
  readonly network: Network;
  readonly dataset: Dataset;
  readonly kind: OutputKind;
  readonly runtime: Runtime;
  readonly batching: Batching;
  readonly form: Form;
  /** Nodes that a segment is for, where it is not the usual number: for tests. */
  readonly nodes?: number | undefined;
}

// Nodes of a part from which on loading it is what takes the time.
const MANY = 8000;

/** A loaded segment. */
interface Piece {
  /** Without its model, which holds the changes once more. */
  readonly part: Omit<Part, "model">;
  readonly session: Session;
}

type Found = ReadonlyMap<string, Float64Array[]>;

export class Running {
  readonly #request: RunningRequest;
  readonly #seeding: Seeding;
  readonly #segments: readonly Segment[];
  /** From the last segment on, as far as they have been needed. */
  readonly #pieces: Piece[] = [];
  /** Gives what enters the segments, where there are several. */
  #forward: Session | undefined;

  /** How many pieces the network is cut into. */
  get segments(): number {
    return this.#segments.length;
  }

  /** Nothing is loaded yet: each piece is when it is first needed. */
  constructor(request: RunningRequest, chunk: Chunk) {
    const { network, kind, batching, dataset, nodes } = request;
    this.#request = request;
    this.#seeding = seeding(kind, batching.values, dataset, batching.size);
    this.#segments = segmentsOf({ network, batching, seeding: this.#seeding, chunk, nodes });
  }

  /**
   * The derivatives of each term of the chunk, an array a column with one number a slot; given as they become known, those next to
   * the output first.
   * @param between awaited before each batch with the slots done, and before each change is computed; throws to cancel
   * @throws as {@link partOf} and the runtime's load
   */
  async run(
    slots: readonly Slot[],
    between: (done: number) => Promise<void>,
    onFound: (found: Found) => void,
  ): Promise<void> {
    const { batching, dataset } = this.#request;
    const segments = this.#segments;
    const batches = [...batchesOf(slots, batching.size, true)];
    const samples = (batch: (typeof batches)[number]) =>
      dataset.batch(batch.indices.map(({ index }) => index));
    // Of each batch, what enters the segments, and the gradients on the way back.
    const kept: Record<string, Tensor>[] = batches.map(() => ({}));
    if (segments.length > 1) {
      this.#forward ??= await loadModel(this.#forwardModel(), this.#request.runtime);
      for (const [b, batch] of batches.entries()) {
        await between(0);
        Object.assign(kept[b] as object, await this.#forward.run(await samples(batch)));
      }
    }
    for (const [at, segment] of segments.toReversed().entries()) {
      const before = (at / segments.length) * slots.length;
      const { part, session } = await this.#piece(at, () => between(Math.floor(before)));
      const { output, width, offsets, back } = part;
      const empty = (count: number) => Array.from({ length: count }, () => new Float64Array(slots.length));
      const found = new Map(columnsOf(segment).map(([term, count]) => [term, empty(count)]));
      let done = 0;
      for (const [b, batch] of batches.entries()) {
        await between(Math.floor(before + done / segments.length));
        const own = kept[b] as Record<string, Tensor>;
        const given = { ...own, ...this.#seeding.feeds(batch.indices) };
        const complete = session.inputs.every((name) => Object.hasOwn(given, name));
        const result = await session.run(complete ? given : { ...(await samples(batch)), ...given });
        for (const [value, gradient] of back) own[laterName(value)] = result[gradient] as Tensor;
        const derivatives = output === undefined ? undefined : result[output];
        const numbers = toFloat32(derivatives?.dtype ?? "float32", derivatives?.data ?? new Float32Array());
        for (const [term, offset] of offsets) {
          for (const [column, array] of (found.get(term) ?? []).entries()) {
            for (let i = 0; i < batch.count; i++)
              array[done + i] = numbers[i * width + offset + column] as number;
          }
        }
        done += batch.count;
      }
      onFound(found);
    }
    await between(slots.length);
  }

  /** The piece so many before the last, whose later ones are loaded. */
  async #piece(at: number, between: () => Promise<void>): Promise<Piece> {
    const known = this.#pieces[at];
    if (known) return known;
    const segment = this.#segments.at(-1 - at) as Segment;
    const weights: WeightChanges[] = [];
    for (const { weight, changes } of segment.weights) {
      const made: Float32Array[] = [];
      for (const change of changes) {
        await between();
        made.push(change());
      }
      weights.push({ weight, changes: made });
    }
    const later = new Set(this.#pieces.flatMap(({ part }) => [...part.back.keys()]));
    const { model, ...part } = partOf({
      ...this.#request,
      batching: { ...this.#request.batching, model: segment.model },
      seeding:
        at === 0
          ? this.#seeding
          : laterSeeding(
              [...later].filter((name) => segment.values.has(name)),
              this.#request.batching,
            ),
      weights,
      points: segment.points,
      back: segment.back,
    });
    const quickly = model.graph.nodes.length > MANY;
    const piece = { part, session: await loadModel(model, this.#request.runtime, { quickly }) };
    this.#pieces.push(piece);
    return piece;
  }

  /** Forward alone: what enters the segments. */
  #forwardModel(): Model {
    const { model, values } = this.#request.batching;
    const names = new Set(this.#segments.flatMap(({ enters }) => enters));
    const outputs = [...names].map((name) => build.value(name, values.get(name)?.dtype ?? "float32"));
    return { ...model, graph: prune({ ...model.graph, outputs }) };
  }

  async release(): Promise<void> {
    for (const { session } of this.#pieces) await session.release();
    await this.#forward?.release();
  }
}

/** The terms of a chunk, and how many columns each has. */
function columnsOf({ weights, points }: Chunk): (readonly [string, number])[] {
  return [
    ...weights.map(({ weight, changes }) => [weight.name, changes.length] as const),
    ...points.map(({ tensor, plans }) => [tensor, plans.length] as const),
  ];
}
