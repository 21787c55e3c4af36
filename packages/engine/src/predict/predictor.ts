// Predictor: runs parts and keeps each sample's directional derivatives, so that more samples extend what is known and other
// readers (pairs, the scheduler) find them here. Holds sessions, so it is a class with a life. Knows no estimator.

import { encodeModel } from "@bitscape/graph";
import { toFloat32 } from "@bitscape/tensor";
import { batchesOf, batchSize } from "../batches.ts";
import type { Dataset } from "../data/index.ts";
import type { Network } from "../network/network.ts";
import type { OutputKind } from "../output.ts";
import type { Ranges } from "../plan.ts";
import { type Choice, recipeKey, type Target } from "../recipe.ts";
import type { Runtime, Session } from "../runtime.ts";
import { type CellKey, cellName, cellRecipe } from "../sensitivity.ts";
import { isAbort } from "../turn.ts";
import { type Batching, batching } from "./batching.ts";
import { type Obstacle, obstacleIn, obstacleOf } from "./obstacle.ts";
import { changeBytes, type Form, formulationOf, type Part, type PointChanges, partOf } from "./part.ts";
import { type Seeding, type Slot, seeding } from "./seed.ts";
import { type PointTerm, type Terms, termsOf, type WeightTerm } from "./terms.ts";
import { type Trace, traces } from "./trace.ts";

export interface PredictorJob {
  readonly keys: readonly CellKey[];
  /** What is wanted of each: its derivative along its error, or the diagonal's part of the square. */
  readonly form?: Form | undefined;
  readonly slots: readonly Slot[];
  /** What columns have besides their format. */
  readonly schemes?: Readonly<Partial<Record<Target, Choice>>> | undefined;
  /** Needed where activations are asked for. */
  readonly ranges?: Ranges | undefined;
  /** Awaited between steps; throws to cancel. */
  readonly between: (done: number, total: number) => Promise<void>;
}

/** A cell and its directional derivatives, one for each slot asked for, in that order. */
export interface Derived {
  readonly key: CellKey;
  readonly derivatives: Float64Array;
}

export interface Without {
  readonly layer: string;
  readonly op: string;
  readonly reason: string;
}

// Changes of weights in one session: they are held twice, here and by the runtime.
const PART_BYTES = 64 * 2 ** 20;

// Gradients of the largest weight for each sample of a batch.
const DIAGONAL_BYTES = 64 * 2 ** 20;

interface Loaded {
  readonly part: Part;
  readonly session: Session;
  readonly seeding: Seeding;
  readonly batch: number;
}

export class Predictor {
  readonly #network: Network;
  readonly #dataset: Dataset;
  readonly #kind: OutputKind;
  readonly #runtime: Runtime;
  /** By cell and scheme, the derivative of each slot. */
  readonly #known = new Map<string, Map<number, number>>();
  /** The sessions of the last job, by what they are for: a second pass over more samples finds them here. */
  #loaded = new Map<string, Loaded>();
  /** Nodes whose rule refused them. */
  readonly #refused = new Map<string, Obstacle>();

  constructor(network: Network, dataset: Dataset, kind: OutputKind, runtime: Runtime) {
    this.#network = network;
    this.#dataset = dataset;
    this.#kind = kind;
    this.#runtime = runtime;
  }

  /** What a mean square of derivatives is multiplied by to be the divergence. */
  get factor(): number {
    return this.#kind.kind === "classes" ? 0.5 : 1;
  }

  /** Directional derivatives of the loss along each cell's quantization error. Cells are given as they become known. */
  async derive(
    job: PredictorJob,
    onCells: (cells: readonly Derived[]) => void,
  ): Promise<{ readonly without: readonly Without[] }> {
    const { keys, slots, schemes, ranges } = job;
    const form = formOf(job);
    const named = new Map(keys.map((key) => [key, `${form} ${nameOf(key, schemes)}`] as const));
    const isKnown = (key: CellKey, slot: Slot) =>
      this.#known.get(named.get(key) as string)?.has(numberOf(slot)) === true;
    const done = keys.filter((key) => slots.every((slot) => isKnown(key, slot)));
    if (done.length > 0) onCells(done.map((key) => this.#derived(key, named.get(key) as string, slots)));
    const wanted = keys.filter((key) => !done.includes(key));
    if (wanted.length === 0) return { without: [] };
    const missing = slots.filter((slot) => wanted.some((key) => !isKnown(key, slot)));
    const base = this.#batching(job);
    if (typeof base === "string") return { without: withoutAll(wanted, base) };
    const { without, keys: open } = this.#open(wanted, base, form);
    const terms = termsOf(this.#network, open, ranges, schemes);
    const failed = await this.#run(terms, base, missing, job, named, (cells) =>
      onCells(cells.map((key) => this.#derived(key, named.get(key) as string, slots))),
    );
    return { without: [...without, ...failed] };
  }

  /** Mean curvatures along the weights of some cells, from samples rather than slots. */
  async traces(job: Omit<PredictorJob, "slots" | "form"> & { readonly indices: readonly number[] }): Promise<{
    readonly terms: Terms;
    readonly traces: ReadonlyMap<string, Trace>;
    readonly without: readonly Without[];
  }> {
    const network = this.#network;
    const { indices, keys, schemes, ranges, between } = job;
    const weights = keys.filter(({ target }) => target === "weight");
    const most = batchSize(network, this.#dataset);
    const wanted = Math.max(1, Math.min(indices.length, most < 32 ? most >> 1 : most));
    const base = [wanted, 1, most].map((size) => batching(network, size)).find((each) => each !== undefined);
    const none = { terms: { weights: [], points: [], cells: [] }, traces: new Map<string, Trace>() };
    if (!base)
      return {
        ...none,
        without: withoutAll(weights, `${network.name}: unknown shapes, expected known ones`),
      };
    const { keys: open, without } = this.#open(weights, base, "diagonal");
    const terms = termsOf(network, open, ranges, schemes);
    if (terms.weights.length === 0) return { ...none, without };
    const { kind, dataset, runtime } = { kind: this.#kind, dataset: this.#dataset, runtime: this.#runtime };
    const traced = terms.weights.map(({ weight }) => weight);
    try {
      const found = await traces({
        network,
        batching: base,
        kind,
        dataset,
        runtime,
        weights: traced,
        indices,
        between,
      });
      return { terms, traces: found, without };
    } catch (error) {
      if (isAbort(error)) throw error;
      const obstacle = obstacleIn(network, error as Error);
      if (!obstacle || this.#refused.has(obstacle.node))
        return { ...none, without: [...without, ...withoutAll(open, (error as Error).message)] };
      this.#refused.set(obstacle.node, obstacle);
      return this.traces(job);
    }
  }

  #derived(key: CellKey, name: string, slots: readonly Slot[]): Derived {
    const known = this.#known.get(name);
    return { key, derivatives: Float64Array.from(slots, (slot) => known?.get(numberOf(slot)) ?? Number.NaN) };
  }

  /** How samples are stacked: many where each can be told apart, else one. A sentence where not even that can be. */
  #batching(job: PredictorJob): Batching | string {
    const { keys, slots } = job;
    const form = formOf(job);
    const network = this.#network;
    const most = batchSize(network, this.#dataset);
    // Gradients hold what a forward run lets go of, and a diagonal those of each weight for every sample.
    const heaviest = Math.max(
      1,
      ...network.layers.flatMap(({ weights }) => weights.map(({ elements }) => elements)),
    );
    const fitting = form === "diagonal" ? Math.floor(DIAGONAL_BYTES / (4 * heaviest)) : most;
    const wanted = Math.max(1, Math.min(slots.length, fitting, most < 32 ? most >> 1 : most));
    const layers = new Set(keys.map(({ layer }) => layer));
    const columns = new Set(keys.map(({ bits }) => bits)).size;
    const tells = (batching: Batching) =>
      network.layers.every(
        ({ id, weights, points }) =>
          !layers.has(id) ||
          (weights.every(
            (weight) => formulationOf({ network, batching, form }, weight, columns) !== undefined,
          ) &&
            points.every(({ tensor }) => batching.size === 1 || batching.axisOf(tensor) !== undefined)),
      );
    for (const size of new Set([wanted, 1, most])) {
      const found = batching(network, size);
      if (found && tells(found)) return found;
    }
    return `${network.name}: samples cannot be told apart within its values, expected an axis of their own`;
  }

  /** The cells with nothing in the way of their gradients, and what is in that of the others. */
  #open(keys: readonly CellKey[], base: Batching, form: Form): { keys: CellKey[]; without: Without[] } {
    const network = this.#network;
    const found = new Map<string, Obstacle | undefined>();
    const columns = new Set(keys.map(({ bits }) => bits)).size;
    const outputs = this.#kind.kind === "classes" ? [this.#kind.output] : this.#kind.outputs;
    const way = { network, batching: base, form, outputs, columns, refused: [...this.#refused.values()] };
    const blocked = ({ layer, target }: CellKey): Obstacle | undefined => {
      const name = `${layer}|${target}`;
      if (!found.has(name)) {
        found.set(name, obstacleOf(way, layer, target));
      }
      return found.get(name);
    };
    const without = new Map<string, Without>();
    const open = keys.filter((key) => {
      const obstacle = blocked(key);
      if (obstacle) without.set(key.layer, withoutOf(key.layer, obstacle));
      return !obstacle;
    });
    return { keys: open, without: [...without.values()] };
  }

  async #run(
    terms: Terms,
    base: Batching,
    slots: readonly Slot[],
    job: PredictorJob,
    named: ReadonlyMap<CellKey, string>,
    onCells: (keys: readonly CellKey[]) => void,
  ): Promise<Without[]> {
    const chunks = chunksOf(terms);
    const signature = (at: number) =>
      JSON.stringify([at, base.size, ...terms.cells.map(({ key }) => named.get(key))]);
    const values = new Map<string, Float64Array[]>();
    const given = new Set<CellKey>();
    const without: Without[] = [];
    const total = chunks.length * slots.length;
    const kept = new Map<string, Loaded>();
    for (const [at, chunk] of chunks.entries()) {
      const name = signature(at);
      const known = this.#loaded.get(name);
      if (known) this.#loaded.delete(name);
      else await this.#release();
      let loaded: Loaded;
      try {
        loaded = known ?? (await this.#load(chunk, base, job));
      } catch (error) {
        if (isAbort(error)) throw error;
        const obstacle = obstacleIn(this.#network, error as Error);
        if (obstacle && !this.#refused.has(obstacle.node)) {
          this.#refused.set(obstacle.node, obstacle);
          return this.#again(terms, base, slots, job, named, onCells, given, without);
        }
        without.push(...withoutAll(cellsIn(terms, chunk), (error as Error).message));
        continue;
      }
      // Where all fits, a later job over other samples begins at once.
      if (chunks.length === 1) kept.set(name, loaded);
      try {
        await this.#batches(loaded, chunk, slots, values, (done) =>
          job.between(at * slots.length + done, total),
        );
      } catch (error) {
        this.#loaded = kept;
        if (isAbort(error)) throw error;
        without.push(...withoutAll(cellsIn(terms, chunk), (error as Error).message));
        continue;
      } finally {
        if (!kept.has(name)) await loaded.session.release();
      }
      const ready = terms.cells.filter(
        ({ key, shares }) => !given.has(key) && shares.every(({ term }) => values.has(term)),
      );
      for (const { key, shares } of ready) {
        given.add(key);
        this.#keep(named.get(key) as string, slots, shares, values, formOf(job));
      }
      onCells(ready.map(({ key }) => key));
    }
    this.#loaded = kept;
    return without;
  }

  /** Once more, now that another node is known to have no gradient. */
  async #again(
    terms: Terms,
    base: Batching,
    slots: readonly Slot[],
    job: PredictorJob,
    named: ReadonlyMap<CellKey, string>,
    onCells: (keys: readonly CellKey[]) => void,
    given: ReadonlySet<CellKey>,
    before: readonly Without[],
  ): Promise<Without[]> {
    const rest = terms.cells.map(({ key }) => key).filter((key) => !given.has(key));
    const { keys, without } = this.#open(rest, base, formOf(job));
    const left = termsOf(this.#network, keys, job.ranges, job.schemes);
    return [...before, ...without, ...(await this.#run(left, base, slots, job, named, onCells))];
  }

  async #load(chunk: Chunk, base: Batching, job: PredictorJob): Promise<Loaded> {
    const signs = seeding(this.#kind, base.values, this.#dataset, base.size);
    const weights: { weight: WeightTerm["weight"]; changes: Float32Array[] }[] = [];
    for (const { weight, changes } of chunk.weights) {
      const made: Float32Array[] = [];
      for (const change of changes) {
        await job.between(0, job.slots.length);
        made.push(change());
      }
      weights.push({ weight, changes: made });
    }
    const network = this.#network;
    const part = partOf({
      form: formOf(job),
      network,
      batching: base,
      seeding: signs,
      weights,
      points: chunk.points,
    });
    return {
      part,
      session: await this.#runtime.load(encodeModel(part.model)),
      seeding: signs,
      batch: base.size,
    };
  }

  async #batches(
    { part, session, seeding: signs, batch }: Loaded,
    chunk: Chunk,
    slots: readonly Slot[],
    values: Map<string, Float64Array[]>,
    between: (done: number) => Promise<void>,
  ): Promise<void> {
    const columns = [
      ...chunk.weights.map(({ weight, changes }) => [weight.name, changes.length] as const),
      ...chunk.points.map(({ tensor, plans }) => [tensor, plans.length] as const),
    ];
    const found = new Map(
      columns.map(([term, count]) => [
        term,
        Array.from({ length: count }, () => new Float64Array(slots.length)),
      ]),
    );
    let done = 0;
    for (const each of batchesOf(slots, batch, true)) {
      await between(done);
      const samples = await this.#dataset.batch(each.indices.map(({ index }) => index));
      const feeds = { ...samples, ...signs.feeds(each.indices) };
      const result = (await session.run(feeds))[part.output];
      const numbers = toFloat32(result?.dtype ?? "float32", result?.data ?? new Float32Array());
      for (const [term, offset] of part.offsets) {
        for (const [column, array] of (found.get(term) ?? []).entries()) {
          for (let i = 0; i < each.count; i++)
            array[done + i] = numbers[i * part.width + offset + column] as number;
        }
      }
      done += each.count;
    }
    await between(done);
    for (const [term, arrays] of found) values.set(term, arrays);
  }

  #keep(
    name: string,
    slots: readonly Slot[],
    shares: Terms["cells"][number]["shares"],
    values: ReadonlyMap<string, readonly Float64Array[]>,
    form: Form,
  ): void {
    const known = this.#known.get(name) ?? new Map<number, number>();
    this.#known.set(name, known);
    for (const [i, slot] of slots.entries()) {
      const sum = shares.reduce(
        (total, { term, column }) => total + (values.get(term)?.[column]?.[i] ?? 0),
        0,
      );
      // Parts of a diagonal are squares already, and add up as such.
      known.set(numberOf(slot), form === "diagonal" ? Math.sqrt(Math.max(0, sum)) : sum);
    }
  }

  async #release(): Promise<void> {
    const loaded = this.#loaded;
    this.#loaded = new Map();
    for (const { session } of loaded.values()) await session.release();
  }

  /** Frees sessions; what is known stays. */
  async release(): Promise<void> {
    await this.#release();
  }
}

/** More draws of one sample than anybody asks for. */
const MOST_DRAWS = 1024;

const formOf = ({ form = "directional" }: PredictorJob): Form => form;

const numberOf = ({ index, draw }: Slot) => index * MOST_DRAWS + draw;

/** Names a cell and what its column means. */
function nameOf(key: CellKey, schemes: PredictorJob["schemes"]): string {
  return `${cellName(key)} ${recipeKey(cellRecipe(key, schemes?.[key.target]))}`;
}

interface Chunk {
  readonly weights: readonly WeightTerm[];
  readonly points: readonly PointTerm[];
}

/** Terms cut into parts whose changes fit in memory; activations, whose changes are computed, go with the first. */
function chunksOf({ weights, points }: Terms): Chunk[] {
  const chunks: { weights: WeightTerm[]; points: readonly PointTerm[] }[] = [];
  let bytes = 0;
  for (const weight of weights) {
    const own = changeBytes(weight);
    const last = chunks.at(-1);
    if (last && bytes + own <= PART_BYTES) last.weights.push(weight);
    else chunks.push({ weights: [weight], points: [] });
    bytes = last && bytes + own <= PART_BYTES ? bytes + own : own;
  }
  const [first, ...rest] = chunks;
  if (points.length === 0) return chunks;
  return [{ weights: first?.weights ?? [], points: points as readonly PointChanges[] }, ...rest];
}

function cellsIn({ cells }: Terms, chunk: Chunk): CellKey[] {
  const terms = new Set([
    ...chunk.weights.map(({ weight }) => weight.name),
    ...chunk.points.map(({ tensor }) => tensor),
  ]);
  return cells.filter(({ shares }) => shares.some(({ term }) => terms.has(term))).map(({ key }) => key);
}

function withoutAll(keys: readonly CellKey[], reason: string): Without[] {
  return [...new Set(keys.map(({ layer }) => layer))].map((layer) => ({ layer, op: "", reason }));
}

function withoutOf(layer: string, { op, reason }: Obstacle): Without {
  return { layer, op, reason };
}
