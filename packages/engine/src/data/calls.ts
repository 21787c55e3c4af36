// What the page asks of the worker about data: to read it, to show what the network sees of it, and to judge how it is read.

import type { OnProgress } from "../progress.ts";
import type { Finding } from "../score/finding.ts";
import type { InputView } from "../views/inputView.ts";
import type { Preview } from "../views/preview.ts";
import type { Preprocess } from "./images/preprocess.ts";
import type { LabelMapping, LabelRow } from "./labels/mapping.ts";
import type { SplitOptions } from "./split.ts";

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
  /** Samples to calibrate on, and to evaluate on. */
  readonly calibration: number;
  readonly evaluation: number;
  /** Samples in both; absent in studies kept before it was counted. */
  readonly overlap?: number;
  /** The command line's flags for this split; null where it has none, absent in studies kept before it was noted. */
  readonly splitFlags?: string | null;
  /** Set where labels cannot be used with this network, with the sentence why. */
  readonly labelProblem: string | null;
  /** "answers": labels were assigned from the network's own answers, so agreeing with them is no accuracy. */
  readonly labelOrigin?: LabelMapping["origin"];
  /** Set where the network cannot be run here, with the sentence why: weights can be quantized and written all the same. */
  readonly cannotRun?: string;
}

export type DataRequest =
  | {
      readonly kind: "files";
      readonly files: readonly File[];
      readonly preprocess?: Partial<Preprocess>;
      /** Instead of the labels in or beside the data. */
      readonly labels?: File;
      readonly mapping?: LabelMapping;
      /** Names of the network's outputs. */
      readonly outputs?: readonly string[];
      /** A vocabulary, to show tokens as text. */
      readonly words?: File;
      readonly split?: SplitOptions;
    }
  | { readonly kind: "sample"; readonly name: string; readonly split?: SplitOptions }
  | { readonly kind: "synthetic"; readonly samples?: number; readonly split?: SplitOptions };

export interface LookRequest {
  /** Which samples: all in the data's order, or those of the evaluation that the float network gets wrong. */
  readonly of: "all" | "wrong" | "calibration" | "evaluation";
  readonly from: number;
  readonly count: number;
  /** "fed": numbers as they are, from the input's smallest to its largest; "undone": the preprocessing undone. */
  readonly as: "undone" | "fed";
  /** Longest side of pictures, pixels. */
  readonly side: number;
}

export interface Answered {
  readonly class: number;
  /** The network's own name for it, where it is known. */
  readonly name: string | null;
  /** 0 to 1. */
  readonly probability: number;
}

/** One sample as the network sees it, and what the float network says of it. */
export interface SampleView {
  readonly index: number;
  readonly name: string | null;
  readonly label: number | null;
  readonly labelName: string | null;
  /** Calibrates, is evaluated. */
  readonly calibrates: boolean;
  readonly evaluated: boolean;
  readonly input: InputView;
  /** Of all numbers of that input. */
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  /** The best classes; null until they are known, empty where the output is no classes. */
  readonly answers: readonly Answered[] | null;
  /** The best class is the label; null without one. */
  readonly right: boolean | null;
}

export interface SamplePage {
  /** Samples there are of those asked for. */
  readonly of: number;
  readonly samples: readonly SampleView[];
}

/** How the float network does with some preprocessing. */
export interface TriedPreprocess {
  readonly preprocess: Preprocess;
  readonly top1: Finding | null;
  /** Mean probability of the best class: all that can be said without labels. */
  readonly confidence: Finding | null;
  readonly n: number;
  readonly done: boolean;
  /** Why it could not be tried, as a sentence. */
  readonly failure?: string;
}

export interface MappedLabel extends LabelRow {
  /** The output that it is compared with; −1 where it is not counted. */
  readonly output: number;
  /** What the float network answers for its samples, the most frequent first. */
  readonly answers: readonly { readonly class: number; readonly count: number }[];
  /** Samples that have been answered. */
  readonly answered: number;
}

/** Another mapping under which the network would agree with far more labels. */
export interface LabelSuggestion {
  /** "names": labels and outputs of the same name; "shift": all indices moved alike; "answers": the network's most frequent answer for each label. */
  readonly kind: "names" | "shift" | "answers";
  readonly shift?: number;
  readonly to: Readonly<Record<string, number>>;
  /** Share of samples whose answer is the label's output then. For "answers": of samples that the mapping was not made from. */
  readonly agreement: Finding;
}

export interface LabelReport {
  /** The network's outputs. */
  readonly classes: number;
  /** Their names; null where they have none. */
  readonly outputs: readonly string[] | null;
  readonly rows: readonly MappedLabel[];
  readonly now: Finding | null;
  readonly suggestions: readonly LabelSuggestion[];
}

export interface DataCalls {
  openData(job: string, request: DataRequest, onProgress: OnProgress): Promise<DataSummary>;
  /** Sizes that files have for the axes that the network leaves open, by their names; those that cannot be told are left out. */
  sizes(request: DataRequest): Promise<Readonly<Record<string, number>>>;
  previews(count: number): Promise<readonly Preview[]>;
  /** A page of samples: at once without answers, and again when the float network has answered. */
  look(
    job: string,
    request: LookRequest,
    onPage: (page: SamplePage) => void,
  ): Promise<SamplePage | "cancelled">;
  /** Runs the float network on some samples under each preprocessing, in order; running results arrive by `onTried`. */
  tryPreprocess(
    job: string,
    candidates: readonly Preprocess[],
    samples: number,
    onTried: (at: number, tried: TriedPreprocess) => void,
  ): Promise<readonly TriedPreprocess[] | "cancelled">;
  /** The data's labels beside the network's outputs; null where there is not one label a sample, or no classes. */
  labels(job: string): Promise<LabelReport | null | "cancelled">;
}
