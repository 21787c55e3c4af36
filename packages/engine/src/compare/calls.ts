// What the page asks of the worker about float beside quantized, sample by sample and layer by layer: plain records.

import type { OnProgress } from "../progress.ts";
import type { Recipe } from "../recipe.ts";
import type { Finding } from "../score/finding.ts";
import type { InputView } from "../views/inputView.ts";

export interface Guess {
  readonly class: number;
  /** 0 to 1. */
  readonly probability: number;
}

/** What both networks answer: the best classes, or the first values of the first output. */
export type Answers =
  | { readonly kind: "classes"; readonly float: readonly Guess[]; readonly quantized: readonly Guess[] }
  | { readonly kind: "values"; readonly float: Float32Array; readonly quantized: Float32Array };

export interface ComparedSample {
  readonly index: number;
  readonly name: string | null;
  /** Class of the sample; null without one. */
  readonly label: number | null;
  /** KL in nats, or relative squared error. */
  readonly divergence: number;
  /** The best class is another one (of any position, where there are several). */
  readonly flipped: boolean;
  readonly input: InputView;
  readonly answers: Answers;
}

/** Samples whose best class went from one to another. */
export interface Confusion {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface CompareRequest {
  readonly recipe: Recipe;
  /** Samples shown one by one: those whose outputs differ most. */
  readonly show: number;
}

export interface CompareReport {
  readonly metric: string;
  readonly data: "real" | "synthetic";
  readonly n: number;
  /** Evaluation samples there are. */
  readonly of: number;
  readonly divergence: Finding;
  /** Fraction of samples whose best class is another one; null where there are no classes. */
  readonly flips: Finding | null;
  /** Right by the float network and wrong now, and the other way round; null without labels. */
  readonly broken: number | null;
  readonly mended: number | null;
  /** By how often, the most frequent first; with one position a sample only. */
  readonly confusions: readonly Confusion[];
  /** Names of classes; null where they have none. */
  readonly classes: readonly string[] | null;
  /** The worst first. */
  readonly samples: readonly ComparedSample[];
  readonly done: boolean;
}

/** How far a layer's output is from the float network's, with everything before it quantized too. */
export interface LayerDivergence {
  readonly layer: string;
  readonly op: string;
  /** Signal to noise, decibels; Infinity where nothing changed. */
  readonly sqnrDb: number;
}

export interface LayersReport {
  readonly n: number;
  readonly data: "real" | "synthetic";
  /** In the order of the graph. */
  readonly layers: readonly LayerDivergence[];
}

export interface CompareCalls {
  /** Runs a recipe beside the float network over the evaluation samples; running reports arrive by `onReport`. */
  compare(
    job: string,
    request: CompareRequest,
    onReport: (report: CompareReport) => void,
    onProgress: OnProgress,
  ): Promise<CompareReport | "cancelled">;
  /** How far each layer's output is off on a few samples. */
  layerDivergence(
    job: string,
    recipe: Recipe,
    samples: number,
    onProgress: OnProgress,
  ): Promise<LayersReport | "cancelled">;
}
