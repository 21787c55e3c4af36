// Predictor: runs parts and keeps each sample's directional derivatives, so that more samples extend what is known and other
// readers (pairs, the scheduler) find them here. Holds sessions, so it is a class with a life. Knows no estimator.

import { type CellKey, cellName, cellRecipe } from "../cells/sensitivity.ts";
import type { Dataset } from "../data/index.ts";
import type { Network } from "../network/network.ts";
import type { Ranges } from "../plan/plan.ts";
import { type Choice, recipeKey, type Target } from "../recipe.ts";
import { batchSize } from "../runtime/batches.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { OutputKind } from "../score/output.ts";
import { isAbort } from "../turn.ts";
import { type Batching, batching } from "./batching.ts";
import { cellsIn, chunksOf } from "./chunks.ts";
import { Derivatives, type Derived } from "./derivatives.ts";
import type { Form } from "./formulation.ts";
import { type Obstacle, obstacleIn, obstaclesOf, type Without, withoutAll, withoutOf } from "./obstacle.ts";
import { Running } from "./running.ts";
import type { Slot } from "./seed.ts";
import { stackingOf } from "./stacking.ts";
import { type Terms, termsOf } from "./terms.ts";
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

export class Predictor {
  readonly #network: Network;
  readonly #dataset: Dataset;
  readonly #kind: OutputKind;
  readonly #runtime: Runtime;
  readonly #known = new Derivatives();
  /** The sessions of the last job, by what they are for: a second pass over more samples finds them here. */
  #loaded = new Map<string, Running>();
  #released = false;
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
    const isKnown = (key: CellKey, slot: Slot) => this.#known.has(named.get(key) as string, slot);
    const derived = (cells: readonly CellKey[]) =>
      onCells(cells.map((key) => this.#known.derived(key, named.get(key) as string, slots)));
    const done = keys.filter((key) => slots.every((slot) => isKnown(key, slot)));
    if (done.length > 0) derived(done);
    const wanted = keys.filter((key) => !done.includes(key));
    if (wanted.length === 0) return { without: [] };
    const missing = slots.filter((slot) => wanted.some((key) => !isKnown(key, slot)));
    const base = stackingOf(this.#network, this.#dataset, { keys, form, slots: slots.length });
    if (typeof base === "string") return { without: withoutAll(wanted, base) };
    const { without, keys: open } = this.#open(wanted, base, form);
    const terms = termsOf(this.#network, open, ranges, schemes);
    const failed = await this.#run(terms, base, missing, job, named, derived);
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
    const [kind, dataset, runtime] = [this.#kind, this.#dataset, this.#runtime];
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

  /** The cells with nothing in the way of their gradients, and what is in that of the others. */
  #open(keys: readonly CellKey[], base: Batching, form: Form): { keys: CellKey[]; without: Without[] } {
    const network = this.#network;
    const columns = new Set(keys.map(({ bits }) => bits)).size;
    const outputs = this.#kind.kind === "classes" ? [this.#kind.output] : this.#kind.outputs;
    const way = { network, batching: base, form, outputs, columns, refused: [...this.#refused.values()] };
    const rows = new Map(keys.map((key) => [rowName(key), key]));
    const obstacles = obstaclesOf(way, [...rows.values()]);
    const blocked = new Map([...rows.keys()].map((name, i) => [name, obstacles[i]] as const));
    const without = new Map<string, Without>();
    const open = keys.filter((key) => {
      const obstacle = blocked.get(rowName(key));
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
    const [network, dataset, kind, runtime] = [this.#network, this.#dataset, this.#kind, this.#runtime];
    const form = formOf(job);
    const chunks = chunksOf(terms);
    const signature = (at: number) =>
      JSON.stringify([at, base.size, ...terms.cells.map(({ key }) => named.get(key))]);
    const values = new Map<string, Float64Array[]>();
    const given = new Set<CellKey>();
    const without: Without[] = [];
    const total = chunks.length * slots.length;
    const kept = new Map<string, Running>();
    for (const [at, chunk] of chunks.entries()) {
      const name = signature(at);
      const known = this.#loaded.get(name);
      if (known) this.#loaded.delete(name);
      else await this.#replace(new Map());
      const running = known ?? new Running({ network, dataset, kind, runtime, batching: base, form }, chunk);
      // Where all fits, a later job over other samples begins at once.
      if (chunks.length === 1) kept.set(name, running);
      const give = (found: ReadonlyMap<string, Float64Array[]>) => {
        for (const [term, arrays] of found) values.set(term, arrays);
        const ready = terms.cells.filter(
          ({ key, shares }) => !given.has(key) && shares.every(({ term }) => values.has(term)),
        );
        for (const { key, shares } of ready) {
          given.add(key);
          this.#known.keep(named.get(key) as string, slots, shares, values, form);
        }
        if (ready.length > 0) onCells(ready.map(({ key }) => key));
      };
      try {
        await running.run(slots, (done) => job.between(at * slots.length + done, total), give);
      } catch (error) {
        if (isAbort(error)) {
          await this.#replace(kept);
          throw error;
        }
        kept.delete(name);
        const obstacle = obstacleIn(network, error as Error);
        if (obstacle && !this.#refused.has(obstacle.node)) {
          this.#refused.set(obstacle.node, obstacle);
          return this.#again(terms, base, slots, job, named, onCells, given, without);
        }
        without.push(
          ...withoutAll(
            cellsIn(terms, chunk).filter((key) => !given.has(key)),
            (error as Error).message,
          ),
        );
      } finally {
        if (!kept.has(name)) await running.release();
      }
    }
    await this.#replace(kept);
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

  /** Keeps these sessions instead of those at hand; none once it is released. */
  async #replace(kept: ReadonlyMap<string, Running>): Promise<void> {
    const next = this.#released ? new Map<string, Running>() : new Map(kept);
    const old = [...this.#loaded.values(), ...kept.values()];
    this.#loaded = next;
    const staying = new Set(next.values());
    for (const running of new Set(old)) if (!staying.has(running)) await running.release();
  }

  /** Frees sessions; what is known stays. */
  async release(): Promise<void> {
    this.#released = true;
    await this.#replace(new Map());
  }
}

const formOf = ({ form = "directional" }: PredictorJob): Form => form;

const rowName = ({ layer, target }: CellKey) => `${layer}|${target}`;

/** Names a cell and what its column means. */
function nameOf(key: CellKey, schemes: PredictorJob["schemes"]): string {
  return `${cellName(key)} ${recipeKey(cellRecipe(key, schemes?.[key.target]))}`;
}
