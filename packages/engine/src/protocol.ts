// What crosses the worker boundary: the Engine's calls and the plain records they take and give.
// Weights, activations and sessions stay in the worker; only summaries, histograms and files cross.

import type { RangeRule, Scheme } from "@bitscape/quant";
import type { DType } from "@bitscape/tensor";
import type { AllocationCalls } from "./allocate/calls.ts";
import type { CellCalls } from "./cells/calls.ts";
import type { CompareCalls } from "./compare/calls.ts";
import type { DataCalls } from "./data/calls.ts";
import type { Preprocess } from "./data/index.ts";
import type { ExportCalls } from "./export/calls.ts";
import type { LandscapeCalls } from "./landscape/calls.ts";
import type { LatencyCalls } from "./latency/calls.ts";
import type { OnProgress } from "./progress.ts";
import type { Recipe, Target } from "./recipe.ts";
import type { RemedyCalls } from "./remedies/calls.ts";
import type { RepairCalls } from "./repair/calls.ts";
import type { Finding } from "./score/finding.ts";
import type { GraphOutline } from "./views/outline.ts";

export type * from "./cells/calls.ts";
export type * from "./data/calls.ts";
export type * from "./export/calls.ts";
export type * from "./progress.ts";

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
  /** Where each of them is first; absent in studies kept before it was said. */
  readonly dims?: readonly { readonly name: string; readonly input: string; readonly axis: number }[];
  /** Things a person should know about how the file was read. */
  readonly notes: readonly string[];
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
  /** Signal to noise of what the scheme makes of the values; null for float. */
  readonly sqnrDb: number | null;
  /** Fraction of the values that the scheme clips; null for float, and for formats without ends. */
  readonly clipped: number | null;
  /** One channel by itself, where it was asked for. */
  readonly channel?: ChannelReport;
}

/** One output channel of a weight. */
export interface ChannelReport {
  readonly index: number;
  /** In the bins of the whole. */
  readonly counts: Float64Array;
  readonly min: number;
  readonly max: number;
  /** Of the channel, or of its first block; empty for float. */
  readonly grid: Float64Array;
  readonly low: number;
  readonly high: number;
  readonly sqnrDb: number | null;
}

/** A sign of life. */
export interface Pong {
  /** Bytes that the runtime's heap has grown to. */
  readonly wasmBytes: number;
  /** Steps that jobs have taken so far: it grows while any is at work. */
  readonly steps: number;
}

/** The calls that the worker answers. Long ones take a job name: `cancel` ends them softly between two steps. */
export interface Engine
  extends AllocationCalls,
    CellCalls,
    CompareCalls,
    DataCalls,
    ExportCalls,
    LandscapeCalls,
    LatencyCalls,
    RemedyCalls,
    RepairCalls {
  /** Reads a model; the other files are its external data. Any earlier study in the worker is dropped. */
  openModel(
    files: readonly File[],
    pins: Readonly<Record<string, number>>,
    onProgress: OnProgress,
  ): Promise<ModelSummary>;
  /** The graph as nodes and edges, to be drawn. */
  outline(): Promise<GraphOutline>;
  /** @param channel of the weight, to be reported by itself too */
  histogram(layer: string, target: Target, scheme: Scheme | null, channel?: number): Promise<HistogramReport>;
  cancel(job: string): Promise<void>;
  /** Answers at once when the worker is alive and between steps. */
  ping(): Promise<Pong>;
}

export type { Finding, Preprocess, RangeRule, Recipe, Scheme, Target };
