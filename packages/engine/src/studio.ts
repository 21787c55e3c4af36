// The Engine behind the worker: one study at a time, jobs by name, interactive work before background work.
// Independent of the worker itself, so that it runs in tests too.

import type { CostsRequest } from "./allocate/calls.ts";
import { type Costs, costsOf } from "./allocate/costs.ts";
import type { CompareCalls } from "./compare/calls.ts";
import { CompareRoom } from "./compare/room.ts";
import { type ImageDecoder, sampleSplit } from "./data/index.ts";
import { ExportRoom } from "./export/room.ts";
import type { LandscapeCalls } from "./landscape/calls.ts";
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
  Cell,
  DataRequest,
  DataSummary,
  Engine,
  HistogramReport,
  ModelSummary,
  OnProgress,
  Pong,
  PredictReport,
  PredictRequest,
  Preprocess,
  Preview,
  Recipe,
  Scheme,
  Score,
  SweepRequest,
  Target,
} from "./protocol.ts";
import { dataSummary, modelSources, noData, requestedData } from "./reading.ts";
import { RUNNABLE_BYTES, tooLarge, tooLargeAfterAll } from "./runnable.ts";
import type { Runtime } from "./runtime.ts";
import { failedCell } from "./schedule/anytime.ts";
import { type CellKey, cellName, cellsOf } from "./sensitivity.ts";
import { type Between, Study } from "./study.ts";
import { activationHistogram, modelSummary, weightHistogram } from "./summary.ts";
import { isAbort, Turns } from "./turn.ts";

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
  readonly #jobs = new Map<string, AbortController>();
  #openings = 0;
  #network: Network | undefined;
  #study: Study | undefined;
  /** Why the network at hand is not run; only where it is not. */
  #cannotRun: string | undefined;
  #preprocess: Preprocess | null = null;
  readonly #landscapes = new LandscapeRoom({
    study: () => this.#studied(),
    job: (name, work) => this.#cancellable(name, work),
    background: (signal) => this.#turns.background(signal),
    step: (signal) => this.#turns.step(signal),
    interactive: (work) => this.#turns.interactive(work),
  });

  readonly #comparisons = new CompareRoom({
    study: () => this.#studied(),
    job: (name, work) => this.#cancellable(name, work),
    background: (signal) => this.#turns.background(signal),
    preprocess: () => this.#preprocess,
  });

  readonly #exports = new ExportRoom({
    study: () => this.#studied(),
    job: (name, work) => this.#cancellable(name, work),
    step: (signal) => this.#turns.step(signal),
    interactive: (work) => this.#turns.interactive(work),
    network: () => this.#opened(),
    cannotRun: () => this.#cannotRun,
    preprocess: () => this.#preprocess,
    name: () => this.#name,
  });

  readonly size: Engine["size"] = (recipe) => this.#exports.size(recipe);
  readonly fileNames: Engine["fileNames"] = (recipe) => this.#exports.fileNames(recipe);
  readonly exportModel: Engine["exportModel"] = (...asked) => this.#exports.exportModel(...asked);
  readonly writeModel: Engine["writeModel"] = (...asked) => this.#exports.writeModel(...asked);
  readonly compare: CompareCalls["compare"] = (...asked) => this.#comparisons.compare(...asked);
  readonly layerDivergence: CompareCalls["layerDivergence"] = (...asked) =>
    this.#comparisons.layerDivergence(...asked);
  readonly landscape: LandscapeCalls["landscape"] = (...asked) => this.#landscapes.landscape(...asked);
  readonly stepLoss: LandscapeCalls["stepLoss"] = (...asked) => this.#landscapes.stepLoss(...asked);
  readonly coupling: LandscapeCalls["coupling"] = (...asked) => this.#landscapes.coupling(...asked);
  readonly optimize: LandscapeCalls["optimize"] = (...asked) => this.#landscapes.optimize(...asked);
  readonly finish: LandscapeCalls["finish"] = (job) => this.#landscapes.finish(job);
  readonly clips: LandscapeCalls["clips"] = (...asked) => this.#landscapes.clips(...asked);

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
    return this.#run(job, async (signal) => {
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

  floatScore(job: string, onScore: (score: Score) => void): Promise<Score> {
    return this.#interactive(job, async (between) => {
      const study = this.#studied();
      return study.score(undefined, study.samples(), between, onScore);
    });
  }

  predict(
    job: string,
    request: PredictRequest,
    onCells: (cells: readonly Cell[]) => void,
    onProgress: OnProgress,
  ): Promise<PredictReport | "cancelled"> {
    return this.#cancellable(job, (signal) =>
      this.#studied().predict(
        request,
        onCells,
        async (done, total) => {
          onProgress("Predicting sensitivity", done, total);
          await this.#turns.background(signal);
        },
        () => this.#turns.step(signal),
      ),
    );
  }

  async sweep(
    job: string,
    request: SweepRequest,
    onCell: (cell: Cell) => void,
    onProgress: OnProgress,
  ): Promise<"done" | "cancelled"> {
    return this.#cancellable(job, async (signal) => {
      const study = this.#studied();
      if (request.anytime) {
        const between: Between = async (done, total) => {
          onProgress("Measuring sensitivity", done, total);
          await this.#turns.background(signal);
        };
        await study.anytime(request, onCell, between, () => this.#turns.step(signal));
        return "done" as const;
      }
      const skip = new Set(request.skip);
      const first = new Set(request.first);
      const cells = cellsOf(study.network, request.bits, request.targets)
        .filter((cell) => !skip.has(cellName(cell)))
        .sort((a, b) => rank(a, request, first) - rank(b, request, first));
      const samples = study.samples(request.samples);
      for (const [done, key] of cells.entries()) {
        onProgress("Measuring sensitivity", done, cells.length);
        const between = () => this.#turns.background(signal);
        // Calibration does not stand aside: an interactive job may be waiting for its ranges.
        const calibrating = () => this.#turns.step(signal);
        try {
          onCell(await study.cell(key, samples, between, request.schemes?.[key.target], calibrating));
        } catch (error) {
          if (isAbort(error)) throw error;
          onCell(failedCell(key, error as Error));
        }
      }
      onProgress("Measuring sensitivity", cells.length, cells.length);
      return "done" as const;
    });
  }

  evaluate(job: string, recipe: Recipe, onScore: (score: Score) => void): Promise<Score | "cancelled"> {
    return this.#cancellable(job, (signal) =>
      this.#turns.interactive(async () => {
        const study = this.#studied();
        return study.score(recipe, study.samples(), () => this.#turns.step(signal), onScore);
      }),
    );
  }

  async outline(): Promise<GraphOutline> {
    return outlineOf(this.#opened());
  }

  costs(job: string, { schemes, kept, inside }: CostsRequest): Promise<Costs | "cancelled"> {
    return this.#cancellable(job, (signal) =>
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
    return this.#cancellable(job, (signal) => {
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
    this.#jobs.get(job)?.abort();
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
    for (const [name, running] of this.#jobs) if (name !== job) running.abort();
    const old = this.#study;
    this.#study = study;
    await old?.release();
  }

  /** Runs a job that can be cancelled by its name; a later job of the name replaces it. */
  async #run<T>(job: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#jobs.get(job)?.abort();
    const controller = new AbortController();
    this.#jobs.set(job, controller);
    try {
      return await work(controller.signal);
    } finally {
      if (this.#jobs.get(job) === controller) this.#jobs.delete(job);
    }
  }

  #interactive<T>(job: string, work: (between: Between) => Promise<T>): Promise<T> {
    return this.#run(job, (signal) => this.#turns.interactive(() => work(() => this.#turns.step(signal))));
  }

  async #cancellable<T>(job: string, work: (signal: AbortSignal) => Promise<T>): Promise<T | "cancelled"> {
    try {
      return await this.#run(job, work);
    } catch (error) {
      if (isAbort(error)) return "cancelled";
      throw error;
    }
  }
}

const idle: Between = async () => {};

/** Rows asked for first, then weights before activations, then the widths in the order asked. */
function rank(cell: CellKey, request: SweepRequest, first: ReadonlySet<string>): number {
  const targets = request.targets.indexOf(cell.target);
  const bits = request.bits.indexOf(cell.bits);
  return (first.has(cell.layer) ? 0 : 10_000) + targets * 100 + bits;
}
