// The Engine behind the worker: one study at a time, jobs by name, interactive work before background work.
// Independent of the worker itself, so that it runs in tests too.

import type { CostsRequest } from "./allocate/calls.ts";
import { type Costs, costsOf } from "./allocate/costs.ts";
import type { SearchCalls } from "./allocate/searchCalls.ts";
import { CellRoom } from "./cells/room.ts";
import type { CompareCalls } from "./compare/calls.ts";
import type { ImageDecoder } from "./data/index.ts";
import { DataRoom } from "./data/room.ts";
import { ExportRoom } from "./export/room.ts";
import { Jobs } from "./jobs.ts";
import type { LandscapeCalls } from "./landscape/calls.ts";
import type { LatencyCalls } from "./latency/calls.ts";
import { layerOf, type Network } from "./network/network.ts";
import { openNetwork } from "./network/open.ts";
import type { Between } from "./progress.ts";
import type {
  Engine,
  HistogramReport,
  ModelSummary,
  OnProgress,
  Pong,
  Recipe,
  Scheme,
  Target,
} from "./protocol.ts";
import { modelSources } from "./reading.ts";
import type { RemedyCalls } from "./remedies/calls.ts";
import type { RepairCalls } from "./repair/calls.ts";
import { RUNNABLE_BYTES, tooLarge } from "./runtime/runnable.ts";
import type { Runtime } from "./runtime/runtime.ts";
import type { Study } from "./study.ts";
import { Turns } from "./turn.ts";
import { activationHistogram, weightHistogram } from "./views/histogramReport.ts";
import { type GraphOutline, outlineOf } from "./views/outline.ts";
import { modelSummary } from "./views/summary.ts";
import { Late } from "./worker/late.ts";

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
  readonly #heapBytes: () => number;
  readonly #name: string;
  readonly #runnableBytes: number;
  readonly #turns = new Turns();
  readonly #jobs = new Jobs();
  #openings = 0;
  #network: Network | undefined;
  #study: Study | undefined;
  /** Why the network at hand is not run; only where it is not. */
  #cannotRun: string | undefined;
  /** What the rooms are lent. */
  readonly #host = {
    study: () => this.#studied(),
    network: () => this.#opened(),
    cannotRun: () => this.#cannotRun,
    preprocess: () => this.#data.preprocess,
    name: () => this.#name,
    job: <T>(name: string, work: (signal: AbortSignal) => Promise<T>) => this.#jobs.cancellable(name, work),
    plain: <T>(name: string, work: (signal: AbortSignal) => Promise<T>) => this.#jobs.run(name, work),
    background: (signal: AbortSignal) => this.#turns.background(signal),
    step: (signal: AbortSignal) => this.#turns.step(signal),
    interactive: <T>(work: () => Promise<T>) => this.#turns.interactive(work),
  };

  readonly #data: DataRoom;
  readonly #cells = new CellRoom(this.#host);
  readonly #late = new Late();
  readonly #landscapes = this.#late.room<LandscapeCalls>(async () => {
    const { LandscapeRoom } = await import("./landscape/room.ts");
    return new LandscapeRoom(this.#host);
  });
  readonly #comparisons = this.#late.room<CompareCalls>(async () => {
    const { CompareRoom } = await import("./compare/room.ts");
    return new CompareRoom(this.#host);
  });
  readonly #latencies = this.#late.room<LatencyCalls>(async () => {
    const { LatencyRoom } = await import("./latency/room.ts");
    return new LatencyRoom(this.#host, this.#runtime);
  });
  readonly #searches = this.#late.room<SearchCalls>(async () => {
    const { MeasuringRoom } = await import("./allocate/measuringRoom.ts");
    return new MeasuringRoom({ ...this.#host, size: (recipe) => this.size(recipe) });
  });
  readonly #remedies = this.#late.room<RemedyCalls>(async () => {
    const { RemedyRoom } = await import("./remedies/room.ts");
    const bytes = async (recipe: Recipe) => (await this.size(recipe)).bytes;
    return new RemedyRoom({ ...this.#host, bytes });
  });
  readonly #repairs = this.#late.room<RepairCalls>(async () => {
    const { RepairRoom } = await import("./repair/room.ts");
    return new RepairRoom({ ...this.#host, size: (recipe) => this.size(recipe) });
  });
  readonly #exports = new ExportRoom(this.#host);

  readonly openData: Engine["openData"] = (...asked) => this.#data.openData(...asked);
  readonly sizes: Engine["sizes"] = (request) => this.#data.sizes(request);
  readonly previews: Engine["previews"] = (count) => this.#data.previews(count);
  readonly look: Engine["look"] = (...asked) => this.#data.look(...asked);
  readonly tryPreprocess: Engine["tryPreprocess"] = (...asked) => this.#data.tryPreprocess(...asked);
  readonly labels: Engine["labels"] = (job) => this.#data.labels(job);
  readonly floatScore: Engine["floatScore"] = (...asked) => this.#cells.floatScore(...asked);
  readonly predict: Engine["predict"] = (...asked) => this.#cells.predict(...asked);
  readonly sweep: Engine["sweep"] = (...asked) => this.#cells.sweep(...asked);
  readonly evaluate: Engine["evaluate"] = (...asked) => this.#cells.evaluate(...asked);
  readonly size: Engine["size"] = (recipe) => this.#exports.size(recipe);
  readonly fileNames: Engine["fileNames"] = (recipe) => this.#exports.fileNames(recipe);
  readonly configuration: Engine["configuration"] = (...asked) => this.#exports.configuration(...asked);
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
  readonly repairable: Engine["repairable"] = () => this.#repairs.repairable();
  readonly mend: Engine["mend"] = (...asked) => this.#repairs.mend(...asked);
  readonly foldableTokens: Engine["foldableTokens"] = (...asked) => this.#repairs.foldableTokens(...asked);
  readonly contrast: Engine["contrast"] = (...asked) => this.#repairs.contrast(...asked);
  readonly diagnose: Engine["diagnose"] = (ask) => this.#remedies.diagnose(ask);
  readonly remedies: Engine["remedies"] = (...asked) => this.#remedies.remedies(...asked);
  readonly shares: Engine["shares"] = (...asked) => this.#remedies.shares(...asked);
  readonly alone: Engine["alone"] = (...asked) => this.#remedies.alone(...asked);
  readonly latency: Engine["latency"] = (...asked) => this.#latencies.latency(...asked);
  readonly search: Engine["search"] = (...asked) => this.#searches.search(...asked);
  readonly allocateBy: Engine["allocateBy"] = (...asked) => this.#searches.allocateBy(...asked);
  readonly clips: Engine["clips"] = (...asked) => this.#landscapes.clips(...asked);

  constructor({ runtime, decode, heapBytes, name, runnableBytes }: StudioOptions) {
    this.#runtime = runtime;
    this.#data = new DataRoom({
      ...this.#host,
      runtime,
      decode,
      giveUp: (sentence) => {
        this.#cannotRun = sentence;
      },
      adopt: (study, job) => this.#replace(study, job),
    });
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

  async histogram(
    layer: string,
    target: Target,
    scheme: Scheme | null,
    channel?: number,
  ): Promise<HistogramReport> {
    const network = this.#opened();
    const found = layerOf(network, layer);
    if (target === "weight") return weightHistogram(network, found, scheme, channel);
    const study = this.#studied();
    return activationHistogram(study.network, found, await study.ranges(idle), scheme);
  }

  async cancel(job: string): Promise<void> {
    // What was asked before it must have begun: rooms are reached a turn later, even where none is being loaded.
    await this.#late.settled;
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
