// An engine for tests: answers at once from a few rules, records what was asked, fails and dies on request. Never shipped.

import {
  type Cell,
  type DataRequest,
  type DataSummary,
  type Engine,
  type EngineClient,
  type Estimator,
  type Finding,
  type LayerSummary,
  type ModelSummary,
  type PredictReport,
  type PredictRequest,
  type Recipe,
  recipeKey,
  type Score,
  type SweepRequest,
} from "@bitscape/engine";
import { chosenBits, storageBits, targets } from "./edits.ts";
import { fakeLandscape, type LandscapeLog } from "./landscape/landscape.test-engine.ts";
import { cellKey } from "./sweep/known.ts";

export const fakeLayers: readonly LayerSummary[] = ["stem", "middle", "head"].map((id) => ({
  id,
  op: "Conv",
  weights: [{ name: `${id}.w`, shape: [8, 8], dtype: "float32", bytes: 256, elements: 64 }],
  macs: 640,
  activations: [`${id}.x`],
  sharedWith: [],
  depthwise: false,
}));

const finding = (value: number, n: number, of: string, source: Finding["source"] = "measured"): Finding => ({
  value,
  low: value * 0.9,
  high: value * 1.1,
  n,
  source,
  of,
});

/** Samples that a scheduler would give a cell first. */
export const glance = 8;

const tick = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

export class FakeEngine implements EngineClient {
  /** Calls in order: "openModel a.onnx", "sweep 16", … */
  readonly calls: string[] = [];
  readonly sweeps: SweepRequest[] = [];
  readonly predictions: PredictRequest[] = [];
  readonly opened: { files: readonly File[]; pins: Readonly<Record<string, number>> }[] = [];
  readonly requests: DataRequest[] = [];
  /** Cells a sweep may still measure; then it stands still until cancelled or killed. */
  allowance = Number.POSITIVE_INFINITY;
  /** As `allowance`, of predictions. */
  predictable = Number.POSITIVE_INFINITY;
  /** A layer whose operator has no gradient. */
  ruleless: string | null = null;
  failData: string | null = null;
  failExport: string | null = null;
  failPredict: string | null = null;
  hangExport = false;
  /** Sizes that data have for open axes. */
  sizes: Readonly<Record<string, number>> = {};
  labelled = true;

  #listeners = new Set<(reason: string) => void>();
  #cancelled = new Set<string>();
  #deaths: ((error: Error) => void)[] = [];
  #dead = false;

  prepare(): void {}

  onLost(listener: (reason: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispose(): void {
    this.#listeners.clear();
  }

  /** The worker dies; a fresh one takes its place. */
  die(reason: string): void {
    const error = new Error(`engine: ${reason}`);
    error.name = "WorkerLost";
    this.#dead = true;
    for (const reject of this.#deaths.splice(0)) reject(error);
    this.#dead = false;
    for (const listener of this.#listeners) listener(reason);
  }

  readonly landscapes: LandscapeLog = {
    ...{ slices: [], losses: [], optimized: [], finished: [], clips: [1, 1], hang: false, fail: null },
    cancelled: this.#cancelled,
  };

  readonly engine: Engine = {
    ...fakeLandscape(this.landscapes),
    // The other calls: no test of the state makes them.
    ...({} as Engine),
    openModel: (files, pins) =>
      this.#call(`openModel ${files[0]?.name}`, async () => {
        const name = files[0]?.name ?? "";
        if (name.startsWith("bad"))
          throw new Error(`${name}: not a protobuf message, expected an ONNX model`);
        this.opened.push({ files, pins });
        return model(name, pins);
      }),
    openData: (_, request) =>
      this.#call(`openData ${request.kind}`, async () => {
        this.requests.push(request);
        if (this.failData && request.kind === "files") throw new Error(this.failData);
        return data(request, this.labelled);
      }),
    sizes: () => this.#call("sizes", async () => this.sizes),
    previews: () => this.#call("previews", async () => []),
    latency: () => this.#call("latency", async () => "cancelled" as const),
    costs: () => this.#call("costs", async () => "cancelled" as const),
    floatScore: (_job, onScore) =>
      this.#call("floatScore", async () => {
        onScore(this.#score("float", 0, 10, false));
        return this.#score("float", 0, 100, true);
      }),
    predict: (job, request, onCells, onProgress) =>
      this.#call(`predict ${request.estimator} ${request.samples}`, async () => {
        this.predictions.push(request);
        if (this.failPredict) throw new Error(this.failPredict);
        const cells = predicted(request).filter(({ layer }) => layer !== this.ruleless);
        for (const [i, cell] of cells.entries()) {
          if (i % 10 === 0) await tick();
          while (this.predictable <= 0 && !this.#cancelled.has(job) && !this.#dead) await tick();
          if (this.#cancelled.has(job)) return "cancelled";
          this.predictable--;
          onCells([cell]);
          onProgress("Predicting", i + 1, cells.length);
        }
        return reportOf(request, this.ruleless);
      }),
    sweep: (job, request, onCell, onProgress) =>
      this.#call(`sweep ${request.samples}`, async () => {
        this.sweeps.push(request);
        const cells = request.anytime
          ? [...cellsOf(request, Math.min(glance, request.samples)), ...cellsOf(request)]
          : cellsOf(request);
        for (const [i, cell] of cells.entries()) {
          await tick();
          while (this.allowance <= 0 && !this.#cancelled.has(job) && !this.#dead) await tick();
          if (this.#cancelled.has(job)) return "cancelled";
          this.allowance--;
          onCell(cell);
          onProgress("Measuring", i + 1, cells.length);
        }
        return "done";
      }),
    evaluate: (job, recipe, onScore) =>
      this.#call(`evaluate ${widths(recipe)}`, async () => {
        onScore(this.#score(recipeKey(recipe), 0.1, 10, false));
        for (let i = 0; i < 5; i++) {
          await tick();
          if (this.#cancelled.has(job)) return "cancelled";
        }
        return this.#score(recipeKey(recipe), 0.1, 100, true);
      }),
    size: (recipe) =>
      this.#call(`size ${widths(recipe)}`, async () => ({
        bytes: widths(recipe)
          .split(",")
          .reduce((sum, bits) => sum + 8 * (bits === "fp" ? 32 : Number(bits)), 0),
        opset: 17,
        layers: [],
        tensors: [],
        warnings: [],
      })),
    histogram: () => Promise.reject(new Error("histogram: not here")),
    exportModel: (job) =>
      this.#call("exportModel", async () => {
        while (this.hangExport && !this.#cancelled.has(job)) await tick();
        if (this.#cancelled.has(job)) return "cancelled";
        if (this.failExport) throw new Error(this.failExport);
        return {
          fileName: "a.quantized.onnx",
          bytes: new Uint8Array(3),
          sha256: "0",
          opset: 17,
          warnings: [],
          verification: {
            ok: true,
            runtime: "fake",
            n: 100,
            sqnrDb: 40,
            maxAbsDiff: 0.1,
            agreement: 1,
            score: this.#score("", 0.1, 100, true),
            simulated: { maxAbsDiff: 0, sqnrDb: 100, agreement: 1 },
            sentence: "It does what was promised.",
          },
        };
      }),
    outline: () => Promise.reject(new Error("outline: not here")),
    fileNames: () => Promise.reject(new Error("fileNames: not here")),
    writeModel: () => Promise.reject(new Error("writeModel: not here")),
    cancel: async (job) => {
      this.#cancelled.add(job);
    },
    ping: async () => ({ wasmBytes: 0, steps: 0 }),
  };

  #call<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.calls.push(name);
    const death = new Promise<never>((_, reject) => this.#deaths.push(reject));
    death.catch(() => {});
    return Promise.race([tick().then(work), death]);
  }

  #score(of: string, divergence: number, n: number, done: boolean): Score {
    return {
      metric: "kl",
      divergence: finding(divergence, n, of),
      top1: this.labelled ? finding(0.9, n, of) : null,
      data: "real",
      done,
    };
  }
}

function cellsOf({ bits, targets: asked, skip = [], samples }: SweepRequest, n = samples): Cell[] {
  return fakeLayers.flatMap(({ id }) =>
    asked.flatMap((target) =>
      bits
        .map((width) => ({ key: cellKey(id, target, width), width }))
        .filter(({ key }) => !skip.includes(key))
        .map(({ key, width }) => ({
          layer: id,
          target,
          bits: width,
          finding: finding(1 / 2 ** storageBits(width), n, key),
          drop: finding(0.001, n, key),
        })),
    ),
  );
}

const factor: Readonly<Record<Estimator, number>> = { "gauss-newton": 1.1, fisher: 2, hawq: 3 };

/** The same cells, each a little off; HAWQ has no answer for activations. */
function predicted(request: PredictRequest): Cell[] {
  const { estimator, samples } = request;
  const asked = request.targets.filter((target) => estimator !== "hawq" || target === "weight");
  return cellsOf({ ...request, targets: asked }).map(({ finding: { value, of }, ...cell }) => ({
    ...cell,
    finding: finding(value * factor[estimator], samples, of, "predicted"),
    drop: null,
  }));
}

function reportOf({ estimator, samples: n, pairs }: PredictRequest, ruleless: string | null): PredictReport {
  const layers = fakeLayers.map(({ id }) => id);
  const matrix = Float64Array.from({ length: layers.length ** 2 }, (_, i) => i);
  const without =
    ruleless === null ? [] : [{ layer: ruleless, op: "GRU", reason: "GRU has no gradient rule" }];
  return {
    estimator,
    n,
    seconds: 0,
    forwardPasses: n,
    without,
    ...(pairs !== undefined && { pairs: { bits: pairs, layers, matrix } }),
  };
}

const widths = (recipe: Recipe) =>
  targets
    .slice(0, 1)
    .flatMap((target) => fakeLayers.map(({ id }) => chosenBits(recipe, id, target)))
    .join(",");

function model(name: string, pins: Readonly<Record<string, number>>): ModelSummary {
  return {
    name,
    bytes: 1000,
    sha256: name,
    opset: 17,
    irVersion: 8,
    producer: "test",
    parameters: 192,
    inputs: [{ name: "input", dtype: "float32", shape: [1, 8] }],
    outputs: [{ name: "output", dtype: "float32", shape: [1, 4] }],
    layers: fakeLayers,
    skipped: [],
    // One of these names leaves a size open that is not how many samples run together.
    ...(name.startsWith("open") && { dims: [{ name: "H", input: "input", axis: 1 }] }),
    pins: { N: 1, ...(name.startsWith("open") && { H: 224 }), ...pins },
    notes: [],
  };
}

function data(request: DataRequest, labelled: boolean): DataSummary {
  return {
    name: request.kind,
    kind: request.kind === "synthetic" ? "synthetic" : "real",
    size: 200,
    labelled,
    classes: 4,
    skipped: [],
    preprocess: null,
    calibration: 100,
    evaluation: 100,
    labelProblem: null,
  };
}
