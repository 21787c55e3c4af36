// The Engine behind the worker: one study at a time, jobs by name, interactive work before background work.
// Independent of the worker itself, so that it runs in tests too.

import type { CostsRequest } from "./allocate/calls.ts";
import { type Costs, costsOf } from "./allocate/costs.ts";
import { CellRoom } from "./cells/room.ts";
import { CompareRoom } from "./compare/room.ts";
import { type ImageDecoder, sampleSplit } from "./data/index.ts";
import { ExportRoom } from "./export/room.ts";
import { Jobs } from "./jobs.ts";
import { LandscapeRoom } from "./landscape/room.ts";
import type { LatencyReport, LatencyRequest } from "./latency/calls.ts";
import type { LatencyRow } from "./latency/measured.ts";
import { latencyOf } from "./latency/studied.ts";
import { Timings } from "./latency/timings.ts";
import { layerOf, type Network } from "./network/network.ts";
import { openNetwork } from "./network/open.ts";
import { type GraphOutline, outlineOf } from "./outline.ts";
import { previewOf } from "./preview.ts";
import type {
  DataRequest,
  DataSummary,
  Engine,
  HistogramReport,
  ModelSummary,
  OnProgress,
  Pong,
  Preprocess,
  Preview,
  Scheme,
  Target,
} from "./protocol.ts";
import { dataSummary, modelSources, noData, requestedData } from "./reading.ts";
import { RUNNABLE_BYTES, tooLarge, tooLargeAfterAll } from "./runnable.ts";
import type { Runtime } from "./runtime.ts";
import { type Between, Study } from "./study.ts";
import { activationHistogram, modelSummary, weightHistogram } from "./summary.ts";
import { Turns } from "./turn.ts";

export interface StudioOptions {
  readonly runtime: Runtime;
  readonly decode: ImageDecoder;
  /** Bytes that the runtime's heap has grown to. */
  readonly heapBytes?: () => number;
  /** The worker's name, after which its files are kept. */
  readonly name?: string;
  /** Bytes of weights that are run; networks with more are only quantized. */
  readonly runnableBytes?: number;
}

export class Studio implements Engine {
  readonly #runtime: Runtime;
  readonly #decode: ImageDecoder;
  readonly #heapBytes: () => number;
  readonly #name: string;
  readonly #runnableBytes: number;
  readonly #turns = new Turns();
  /** What was timed on this device: other networks and recipes have layers of the same kinds. */
  readonly #timings: Timings;
  readonly #jobs = new Jobs();
  #openings = 0;
  #network: Network | undefined;
  #study: Study | undefined;
  /** Why the network at hand is not run; only where it is not. */
  #cannotRun: string | undefined;
  #preprocess: Preprocess | null = null;
  /** What the rooms are lent. */
  readonly #host = {
    study: () => this.#studied(),
    network: () => this.#opened(),
    cannotRun: () => this.#cannotRun,
    preprocess: () => this.#preprocess,
    name: () => this.#name,
    job: <T>(name: string, work: (signal: AbortSignal) => Promise<T>) => this.#jobs.cancellable(name, work),
    plain: <T>(name: string, work: (signal: AbortSignal) => Promise<T>) => this.#jobs.run(name, work),
    background: (signal: AbortSignal) => this.#turns.background(signal),
    step: (signal: AbortSignal) => this.#turns.step(signal),
    interactive: <T>(work: () => Promise<T>) => this.#turns.interactive(work),
  };

  readonly #cells = new CellRoom(this.#host);
  readonly #landscapes = new LandscapeRoom(this.#host);
  readonly #comparisons = new CompareRoom(this.#host);
  readonly #exports = new ExportRoom(this.#host);

  readonly floatScore: Engine["floatScore"] = (...asked) => this.#cells.floatScore(...asked);
  readonly predict: Engine["predict"] = (...asked) => this.#cells.predict(...asked);
  readonly sweep: Engine["sweep"] = (...asked) => this.#cells.sweep(...asked);
  readonly evaluate: Engine["evaluate"] = (...asked) => this.#cells.evaluate(...asked);
  readonly size: Engine["size"] = (recipe) => this.#exports.size(recipe);
  readonly fileNames: Engine["fileNames"] = (recipe) => this.#exports.fileNames(recipe);
  readonly exportModel: Engine["exportModel"] = (...asked) => this.#exports.exportModel(...asked);
  readonly writeModel: Engine["writeModel"] = (...asked) => this.#exports.writeModel(...asked);
  readonly compare: Engine["compare"] = (...asked) => this.#comparisons.compare(...asked);
  readonly layerDivergence: Engine["layerDivergence"] = (...asked) =>
    this.#comparisons.layerDivergence(...asked);
  readonly landscape: Engine["landscape"] = (...asked) => this.#landscapes.landscape(...asked);
  readonly stepLoss: Engine["stepLoss"] = (...asked) => this.#landscapes.stepLoss(...asked);
  readonly coupling: Engine["coupling"] = (...asked) => this.#landscapes.coupling(...asked);
  readonly optimize: Engine["optimize"] = (...asked) => this.#landscapes.optimize(...asked);
  readonly finish: Engine["finish"] = (job) => this.#landscapes.finish(job);
  readonly clips: Engine["clips"] = (...asked) => this.#landscapes.clips(...asked);

  constructor({ runtime, decode, heapBytes, name, runnableBytes }: StudioOptions) {
    this.#runtime = runtime;
    this.#timings = new Timings(runtime);
    this.#decode = decode;
    this.#heapBytes = heapBytes ?? (() => 0);
    this.#name = name ?? "bitscape";
    this.#runnableBytes = runnableBytes ?? RUNNABLE_BYTES;
  }

  async openModel(
    files: readonly File[],
    pins: Readonly<Record<string, number>>,
    onProgress: OnProgress,
  ): Promise<ModelSummary> {
    const opening = ++this.#openings;
    const { name, source, external } = await modelSources(files);
    const current = new AbortController();
    const between = async () => {
      if (opening !== this.#openings) current.abort();
      await this.#turns.step(current.signal);
    };
    const network = await openNetwork(source, this.#runtime, {
      name,
      external,
      pins,
      onProgress,
      between,
    });
    if (opening !== this.#openings) {
      throw new DOMException("Another model was opened meanwhile.", "AbortError");
    }
    this.#network = network;
    this.#cannotRun = tooLarge(network, this.#runnableBytes);
    await this.#replace(undefined);
    return modelSummary(network);
  }

  openData(job: string, request: DataRequest, onProgress: OnProgress): Promise<DataSummary> {
    return this.#jobs.run(job, async (signal) => {
      const network = this.#opened();
      if (this.#cannotRun !== undefined) return noData(this.#cannotRun);
      const { dataset, preprocess } = await requestedData(network, request, {
        decode: this.#decode,
        onProgress,
        signal,
      });
      const split = request.kind === "sample" ? sampleSplit : {};
      const study = await Study.open(network, dataset, this.#runtime, split).catch((error: unknown) => {
        const sentence = tooLargeAfterAll(network, error);
        if (sentence === undefined) throw error;
        return sentence;
      });
      if (typeof study === "string") {
        if (network === this.#network) this.#cannotRun = study;
        return noData(study);
      }
      if (signal.aborted || network !== this.#network) {
        await study.release();
        throw new DOMException("Other data or another model was opened meanwhile.", "AbortError");
      }
      this.#preprocess = preprocess;
      await this.#replace(study, job);
      return dataSummary(study, preprocess);
    });
  }

  async previews(count: number): Promise<readonly Preview[]> {
    if (this.#cannotRun !== undefined) return [];
    const { dataset } = this.#studied();
    const found: Preview[] = [];
    for (let i = 0; i < Math.min(count, dataset.size); i++) {
      const preview = previewOf(await dataset.batch([i]), dataset, i, this.#preprocess);
      if (!preview) break;
      found.push(preview);
    }
    return found;
  }

  async outline(): Promise<GraphOutline> {
    return outlineOf(this.#opened());
  }

  costs(job: string, { schemes, kept, inside }: CostsRequest): Promise<Costs | "cancelled"> {
    return this.#jobs.cancellable(job, (signal) =>
      this.#turns.interactive(() =>
        costsOf(this.#opened(), schemes, kept, async (recipe) => {
          await this.#turns.step(signal);
          return this.size({ ...recipe, ...inside });
        }),
      ),
    );
  }

  latency(
    job: string,
    request: LatencyRequest,
    onRow: (row: LatencyRow) => void,
    onProgress: OnProgress,
  ): Promise<LatencyReport | "cancelled"> {
    return this.#jobs.cancellable(job, (signal) => {
      if (this.#cannotRun !== undefined) throw new Error(this.#cannotRun);
      const between = async (done: number, total: number) => {
        if (total > 0) onProgress("Timing layers", done, total);
        await this.#turns.background(signal);
      };
      return latencyOf(this.#opened(), this.#timings, request, { onRow, between });
    });
  }

  async histogram(layer: string, target: Target, scheme: Scheme | null): Promise<HistogramReport> {
    const network = this.#opened();
    const found = layerOf(network, layer);
    if (target === "weight") return weightHistogram(network, found, scheme);
    const study = this.#studied();
    return activationHistogram(study.network, found, await study.ranges(idle), scheme);
  }

  async cancel(job: string): Promise<void> {
    this.#jobs.cancel(job);
  }

  async ping(): Promise<Pong> {
    return { wasmBytes: this.#heapBytes(), steps: this.#turns.steps };
  }

  #opened(): Network {
    if (!this.#network) throw new Error("study: no network, expected one to be opened first");
    return this.#network;
  }

  #studied(): Study {
    this.#opened();
    if (this.#cannotRun !== undefined) throw new Error(this.#cannotRun);
    if (!this.#study) throw new Error("study: no data, expected some to be opened first");
    return this.#study;
  }

  /** Puts a study, or none, in the place of the one at hand, whose jobs end; `job` is the one that does so. */
  async #replace(study: Study | undefined, job?: string): Promise<void> {
    this.#jobs.cancelOthers(job);
    const old = this.#study;
    this.#study = study;
    await old?.release();
  }
}

const idle: Between = async () => {};
