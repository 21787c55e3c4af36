// The Engine behind the worker: one study at a time, jobs by name, interactive work before background work.
// Independent of the worker itself, so that it runs in tests too.

import { encodeModel } from "@bitscape/graph";
import type { CostsRequest } from "./allocate/calls.ts";
import { type Costs, costsOf } from "./allocate/costs.ts";
import type { CompareCalls } from "./compare/calls.ts";
import { CompareRoom } from "./compare/room.ts";
import { type ImageDecoder, sampleSplit, sha256Hex } from "./data/index.ts";
import { type Exported, exportNetwork } from "./export/exporter.ts";
import type { LandscapeCalls } from "./landscape/calls.ts";
import { LandscapeRoom } from "./landscape/room.ts";
import type { LatencyReport, LatencyRequest } from "./latency/calls.ts";
import type { LatencyRow } from "./latency/measured.ts";
import { latencyOf } from "./latency/studied.ts";
import { Timings } from "./latency/timings.ts";
import { layerOf, type Network } from "./network/network.ts";
import { openNetwork } from "./network/open.ts";
import { type GraphOutline, outlineOf } from "./outline.ts";
import { type Plan, planRecipe } from "./plan.ts";
import { previewOf } from "./preview.ts";
import type {
  Cell,
  DataRequest,
  DataSummary,
  Engine,
  ExportResult,
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
  SizeReport,
  SweepRequest,
  Target,
  WriteResult,
  WriteTarget,
} from "./protocol.ts";
import { dataSummary, MODEL_FILE, modelSources, noData, requestedData } from "./reading.ts";
import { recipeKey } from "./recipe.ts";
import { RUNNABLE_BYTES, tooLarge, tooLargeAfterAll } from "./runnable.ts";
import type { Runtime } from "./runtime.ts";
import { failedCell } from "./schedule/anytime.ts";
import { type CellKey, cellName, cellsOf } from "./sensitivity.ts";
import { chosenSink, ownSink } from "./sink.ts";
import { type Between, needsRunning, Study } from "./study.ts";
import { activationHistogram, modelSummary, sizeReport, weightHistogram } from "./summary.ts";
import { isAbort, Turns } from "./turn.ts";
import { fileNames, writeModelFiles } from "./write.ts";

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

  async size(recipe: Recipe): Promise<SizeReport> {
    return sizeReport(this.#opened(), await this.#exported(recipe, idle));
  }

  async outline(): Promise<GraphOutline> {
    return outlineOf(this.#opened());
  }

  async fileNames(recipe: Recipe): Promise<readonly [string, string?]> {
    return fileNames((await this.#exported(recipe, idle)).model, exportName(this.#opened()));
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

  /** The model of a recipe; of weights alone where the network cannot be run. */
  async #exported(recipe: Recipe, between: Between): Promise<Exported & { plan: Plan }> {
    if (this.#cannotRun === undefined) {
      const study = this.#studied();
      return study.exported(recipe, between, this.#inside(recipe, study));
    }
    const network = this.#opened();
    if (needsRunning(recipe)) {
      throw new Error(
        `recipe: more than weights, expected weights alone where a network cannot be run (${this.#cannotRun})`,
      );
    }
    const plan = planRecipe(network, recipe);
    return { ...exportNetwork(network, plan, madeFor(recipe, network)), plan };
  }

  /** The recipe as the file carries it: with the network it was made for, and how images become its input. */
  #inside(recipe: Recipe, { network, dataset }: Study): Recipe {
    const preprocess = dataset.kind === "real" ? this.#preprocess : null;
    return {
      ...madeFor(recipe, network),
      ...(preprocess && {
        preprocess: { ...preprocess, mean: [...preprocess.mean], std: [...preprocess.std] },
      }),
    };
  }

  async histogram(layer: string, target: Target, scheme: Scheme | null): Promise<HistogramReport> {
    const network = this.#opened();
    const found = layerOf(network, layer);
    if (target === "weight") return weightHistogram(network, found, scheme);
    const study = this.#studied();
    return activationHistogram(study.network, found, await study.ranges(idle), scheme);
  }

  exportModel(job: string, recipe: Recipe, onProgress: OnProgress): Promise<ExportResult | "cancelled"> {
    return this.#cancellable(job, (signal) =>
      this.#turns.interactive(async () => {
        const study = this.#studied();
        const step = this.#steps(onProgress, signal);
        const inside = this.#inside(recipe, study);
        const made = await study.exported(recipe, step("Calibrating"), inside);
        const { model, opset, warnings, plan, integer } = made;
        onProgress("Writing the file", 0, 1);
        const bytes = encodeModel(model);
        const verification = await study.verify(
          bytes,
          plan,
          recipeKey(recipe),
          study.samples(),
          step("Verifying the file"),
        );
        const fileName = exportName(study.network);
        const sha256 = await sha256Hex(bytes);
        return { fileName, bytes, sha256, opset, warnings, verification, ...(integer && { integer }) };
      }),
    );
  }

  writeModel(
    job: string,
    recipe: Recipe,
    target: WriteTarget,
    onProgress: OnProgress,
  ): Promise<WriteResult | "cancelled"> {
    return this.#cancellable(job, (signal) =>
      this.#turns.interactive(async () => {
        const step = this.#steps(onProgress, signal);
        const { model, opset, warnings } = await this.#exported(recipe, step("Calibrating"));
        const files = await writeModelFiles(
          model,
          fileNames(model, exportName(this.#opened())),
          (role, name) => {
            const chosen = target[role];
            return chosen ? chosenSink(chosen) : ownSink(name, this.#name);
          },
          step("Writing the file"),
        );
        return { files, opset, warnings };
      }),
    );
  }

  async cancel(job: string): Promise<void> {
    this.#jobs.get(job)?.abort();
  }

  async ping(): Promise<Pong> {
    return { wasmBytes: this.#heapBytes(), steps: this.#turns.steps };
  }

  /** What is awaited between the steps of a part of a job: says how far it is, and ends where it is cancelled. */
  #steps(onProgress: OnProgress, signal: AbortSignal): (what: string) => Between {
    return (what) => async (done, total) => {
      onProgress(what, done, total);
      await this.#turns.step(signal);
    };
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

const exportName = ({ name }: Network) => `${name.replace(MODEL_FILE, "")}.quantized.onnx`;

const madeFor = (recipe: Recipe, { name, sha256 }: Network): Recipe => ({
  ...recipe,
  model: { name, sha256 },
});

/** Rows asked for first, then weights before activations, then the widths in the order asked. */
function rank(cell: CellKey, request: SweepRequest, first: ReadonlySet<string>): number {
  const targets = request.targets.indexOf(cell.target);
  const bits = request.bits.indexOf(cell.bits);
  return (first.has(cell.layer) ? 0 : 10_000) + targets * 100 + bits;
}
