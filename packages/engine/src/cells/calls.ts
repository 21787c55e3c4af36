// What the page asks of the worker about single cells of the heatmap and whole recipes: predicted, measured, and how well the
// network does. Plain records.

import type { OnProgress } from "../progress.ts";
import type { Choice, Recipe, Target } from "../recipe.ts";
import type { Remade } from "../repair/foreseen.ts";
import type { Finding } from "../score/finding.ts";

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
  /** Cells of the network that this makes of the one at hand; of that itself where absent. */
  readonly remade?: Remade;
}

/**
 * How a cell is predicted from gradients of the float network. "gauss-newton": half the mean square of the loss's directional
 * derivative along the error (Fisher metric of the output). "fisher": its diagonal alone. "hawq": mean curvature times
 * squared error (weights only).
 */
export type Estimator = "gauss-newton" | "fisher" | "hawq";

export interface PredictRequest
  extends Pick<SweepRequest, "bits" | "targets" | "skip" | "schemes" | "remade"> {
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

export interface CellCalls {
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
}
