// What crosses the worker boundary: the Engine's calls and the plain records they take and give.
// Weights, activations and sessions stay in the worker; only summaries, histograms and files cross.

import type { FileRole } from "@bitscape/graph";
import type { RangeRule, Scheme } from "@bitscape/quant";
import type { DType } from "@bitscape/tensor";
import type { AllocationCalls } from "./allocate/calls.ts";
import type { CompareCalls } from "./compare/calls.ts";
import type { Preprocess } from "./data/index.ts";
import type { StoredTensor } from "./export/exporter.ts";
import type { Finding } from "./finding.ts";
import type { IntegerReport } from "./integer/report.ts";
import type { LandscapeCalls } from "./landscape/calls.ts";
import type { LatencyCalls } from "./latency/calls.ts";
import type { GraphOutline } from "./outline.ts";
import type { Choice, Recipe, Target } from "./recipe.ts";

export interface ValueSummary {
  readonly name: string;
  readonly dtype: DType;
  /** Concrete, after pinning. */
  readonly shape: readonly number[];
}

export interface WeightSummary {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** Bytes in the float file. */
  readonly bytes: number;
  readonly elements: number;
}

/** A row of the heatmap. Rows without weights are operators whose inputs alone can be quantized (Add, pools, …). */
export interface LayerSummary {
  readonly id: string;
  readonly op: string;
  /** Usually one; recurrent layers have two. */
  readonly weights: readonly WeightSummary[];
  readonly macs: number | null;
  /** Activation tensors that this row's activation scheme decides. */
  readonly activations: readonly string[];
  /** Rows that share those tensors, and so the decision. */
  readonly sharedWith: readonly string[];
  /** Other nodes that read this row's weights: its scheme holds for them too. Absent where there are none. */
  readonly weightsSharedWith?: readonly string[];
  /** True for convolutions whose every group has one input channel. */
  readonly depthwise: boolean;
}

export interface ModelSummary {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly opset: number;
  readonly irVersion: number;
  readonly producer: string;
  readonly parameters: number;
  readonly inputs: readonly ValueSummary[];
  readonly outputs: readonly ValueSummary[];
  readonly layers: readonly LayerSummary[];
  /** Nodes that hold weights and cannot be quantized, and why. */
  readonly skipped: readonly { readonly node: string; readonly reason: string }[];
  /** Symbolic dimensions and what they were pinned to. */
  readonly pins: Readonly<Record<string, number>>;
  /** Things a person should know about how the file was read. */
  readonly notes: readonly string[];
}

export interface DataSummary {
  readonly name: string;
  readonly kind: "real" | "synthetic";
  readonly size: number;
  readonly labelled: boolean;
  readonly classes: number | null;
  /** SHA-256 (hex) of what was read. */
  readonly digest?: string;
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  readonly preprocess: Preprocess | null;
  readonly calibration: number;
  readonly evaluation: number;
  /** Set where labels cannot be used with this network, with the sentence why. */
  readonly labelProblem: string | null;
  /** Set where the network cannot be run here, with the sentence why: weights can be quantized and written all the same. */
  readonly cannotRun?: string;
}

/** What the network will see of one sample, as an image, where its input is one. */
export interface Preview {
  readonly width: number;
  readonly height: number;
  /** [height, width, 4] */
  readonly rgba: Uint8ClampedArray;
  readonly label: string | null;
  readonly name: string | null;
}

/** A column of the heatmap: a width of integers, or the name of another format. */
export type Column = number | string;

/** How well a network does on the evaluation data: the metric, and the accuracy where there are labels. */
export interface Score {
  /** To the float network's output: "kl" (nats) or "mse" (relative); lower is nearer. */
  readonly metric: string;
  readonly divergence: Finding;
  /** Top-1, 0 to 1; null without labels. */
  readonly top1: Finding | null;
  readonly data: "real" | "synthetic";
  readonly done: boolean;
}

export interface Cell {
  readonly layer: string;
  readonly target: Target;
  readonly bits: Column;
  readonly finding: Finding;
  /** Fraction of samples whose answer became wrong minus those that became right; null without labels. */
  readonly drop: Finding | null;
  /** Why it could not be measured, as a sentence; only where the finding is NaN. */
  readonly failure?: string;
}

export interface SizeReport {
  /** Exact length in bytes of the file that export would write. */
  readonly bytes: number;
  readonly opset: number;
  readonly layers: readonly { readonly id: string; readonly bytes: number }[];
  /** Quantized weights: how the file keeps each, and what it takes in a session's memory. */
  readonly tensors: readonly StoredTensor[];
  readonly warnings: readonly string[];
}

export interface Verification {
  /** Loaded, ran, and computes what the probe computed. */
  readonly ok: boolean;
  readonly runtime: string;
  readonly n: number;
  /** Exported file against the float network. */
  readonly sqnrDb: number;
  readonly maxAbsDiff: number;
  /** Fraction of samples with the same top-1 as the float network; null where there are no classes. */
  readonly agreement: number | null;
  /** Measured on the exported file. */
  readonly score: Score;
  /** Exported file against the probe's simulation of the recipe. */
  readonly simulated: {
    readonly maxAbsDiff: number;
    readonly sqnrDb: number;
    readonly agreement: number | null;
  };
  readonly sentence: string;
}

export interface ExportResult {
  readonly fileName: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly sha256: string;
  readonly opset: number;
  readonly warnings: readonly string[];
  readonly verification: Verification;
  /** Of an integer-only file: its layers' multipliers and shifts. */
  readonly integer?: IntegerReport;
}

/** Where the files of an export go: files that the person chose; of those that were not, the worker makes its own. */
export type WriteTarget = Readonly<Partial<Record<FileRole, FileSystemFileHandle>>>;

export interface WrittenFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  /** To be handed to the downloads; null where it is the file that the person chose. */
  readonly file: Blob | null;
}

/** What was written tensor by tensor, and not opened again. */
export interface WriteResult {
  /** The model, and its external data where it is too large for one file. */
  readonly files: readonly WrittenFile[];
  readonly opset: number;
  readonly warnings: readonly string[];
}

export interface HistogramReport {
  /** Bin i covers [from + i · width, from + (i + 1) · width). */
  readonly from: number;
  readonly width: number;
  readonly counts: Float64Array;
  readonly min: number;
  readonly max: number;
  /** Values the grid can represent under the scheme (first channel's or block's grid where there are several); empty for float. */
  readonly grid: Float64Array;
  /** Represented range under the scheme, over all groups. */
  readonly low: number;
  readonly high: number;
  /** Per-channel minima and maxima (weights only; at most 4096 channels). */
  readonly channels: { readonly low: Float32Array; readonly high: Float32Array } | null;
  readonly sqnrDb: number | null;
}

export type DataRequest =
  | {
      readonly kind: "files";
      readonly files: readonly File[];
      readonly preprocess?: Partial<Preprocess>;
      readonly labels?: File;
    }
  | { readonly kind: "sample"; readonly name: string }
  | { readonly kind: "synthetic"; readonly samples?: number };

export interface SweepRequest {
  readonly bits: readonly Column[];
  readonly targets: readonly Target[];
  /** Evaluation samples for each cell; where `anytime` is set, the most that any cell gets. */
  readonly samples: number;
  /**
   * The scheduler decides the order and each cell's samples. Cells arrive again and again, finer each time, and progress
   * counts the samples run through the network.
   */
  readonly anytime?: true;
  /** Cells not to measure again, as `layer|target|bits`. */
  readonly skip?: readonly string[];
  /** Rows to measure first. */
  readonly first?: readonly string[];
  /** What the columns have besides their width, where it is not the base scheme. */
  readonly schemes?: Readonly<Partial<Record<Target, Choice>>>;
}

/**
 * How a cell is predicted from gradients of the float network. "gauss-newton": half the mean square of the loss's directional
 * derivative along the error (Fisher metric of the output). "fisher": its diagonal alone. "hawq": mean curvature times
 * squared error (weights only).
 */
export type Estimator = "gauss-newton" | "fisher" | "hawq";

export interface PredictRequest extends Pick<SweepRequest, "bits" | "targets" | "skip" | "schemes"> {
  /** Evaluation samples. */
  readonly samples: number;
  readonly estimator: Estimator;
  /** A column for which the interactions of layers' weights are wanted too. */
  readonly pairs?: Column;
}

export interface PredictReport {
  readonly estimator: Estimator;
  readonly n: number;
  readonly seconds: number;
  /** Samples run through the network, with or without gradients. */
  readonly forwardPasses: number;
  /** Layers that have no prediction, the operator that has no gradient, and a sentence that says so. */
  readonly without: readonly { readonly layer: string; readonly op: string; readonly reason: string }[];
  /** [L, L], row-major: the divergence that quantizing two layers together adds, halves on and off the diagonal alike: their sum is that of all together. */
  readonly pairs?: {
    readonly bits: Column;
    readonly layers: readonly string[];
    readonly matrix: Float64Array;
  };
}

/** A sign of life. */
export interface Pong {
  /** Bytes that the runtime's heap has grown to. */
  readonly wasmBytes: number;
  /** Steps that jobs have taken so far: it grows while any is at work. */
  readonly steps: number;
}

/** Progress of a long call: what it is doing, how much is done, of how much. */
export type OnProgress = (what: string, done: number, total: number) => void;

/** The calls that the worker answers. Long ones take a job name: `cancel` ends them softly between two steps. */
export interface Engine extends AllocationCalls, CompareCalls, LandscapeCalls, LatencyCalls {
  /** Reads a model; the other files are its external data. Any earlier study in the worker is dropped. */
  openModel(
    files: readonly File[],
    pins: Readonly<Record<string, number>>,
    onProgress: OnProgress,
  ): Promise<ModelSummary>;
  openData(job: string, request: DataRequest, onProgress: OnProgress): Promise<DataSummary>;
  previews(count: number): Promise<readonly Preview[]>;
  /** Runs the float network over the evaluation data; running scores arrive by `onScore`. */
  floatScore(job: string, onScore: (score: Score) => void): Promise<Score>;
  /**
   * Predicts cells from gradients on few samples; they arrive in groups, their findings' source is "predicted". A layer behind
   * an operator without a gradient gets none and is named in the report.
   */
  predict(
    job: string,
    request: PredictRequest,
    onCells: (cells: readonly Cell[]) => void,
    onProgress: OnProgress,
  ): Promise<PredictReport | "cancelled">;
  /** Measures cells one by one. A failed cell is reported with NaN and does not end the sweep. Resolves when done or cancelled. */
  sweep(
    job: string,
    request: SweepRequest,
    onCell: (cell: Cell) => void,
    onProgress: OnProgress,
  ): Promise<"done" | "cancelled">;
  /** Measures a joint recipe with the probe; has precedence over a running sweep. */
  evaluate(job: string, recipe: Recipe, onScore: (score: Score) => void): Promise<Score | "cancelled">;
  size(recipe: Recipe): Promise<SizeReport>;
  /** The graph as nodes and edges, to be drawn. */
  outline(): Promise<GraphOutline>;
  histogram(layer: string, target: Target, scheme: Scheme | null): Promise<HistogramReport>;
  exportModel(job: string, recipe: Recipe, onProgress: OnProgress): Promise<ExportResult | "cancelled">;
  /** What an export's files would be called: one, or two where one could not hold it. */
  fileNames(recipe: Recipe): Promise<readonly [string, string?]>;
  /** Writes the files tensor by tensor, without holding or verifying them. Cancelled or failed, it leaves none. */
  writeModel(
    job: string,
    recipe: Recipe,
    target: WriteTarget,
    onProgress: OnProgress,
  ): Promise<WriteResult | "cancelled">;
  cancel(job: string): Promise<void>;
  /** Answers at once when the worker is alive and between steps. */
  ping(): Promise<Pong>;
}

export type { Finding, Preprocess, RangeRule, Recipe, Scheme, Target };
