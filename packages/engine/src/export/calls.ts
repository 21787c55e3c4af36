// What the page asks of the worker about files: what a recipe's file takes, and the file itself with its verification.

import type { FileRole } from "@bitscape/graph";
import type { Score } from "../cells/calls.ts";
import type { Configuration } from "../elsewhere/configuration.ts";
import type { Known } from "../elsewhere/losses.ts";
import type { IntegerReport } from "../integer/report.ts";
import type { OnProgress } from "../progress.ts";
import type { Recipe } from "../recipe.ts";
import type { StoredTensor } from "./exporter.ts";

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

export interface ExportCalls {
  size(recipe: Recipe): Promise<SizeReport>;
  /** What an export's files would be called: one, or two where one could not hold it. */
  fileNames(recipe: Recipe): Promise<readonly [string, string?]>;
  /**
   * The same decision in another tool's words (elsewhere/table.ts).
   * @param known losses of single cells, for tools that show them
   * @throws one sentence where nothing of it can be told
   */
  configuration(tool: string, recipe: Recipe, known?: Known): Promise<Configuration>;
  exportModel(job: string, recipe: Recipe, onProgress: OnProgress): Promise<ExportResult | "cancelled">;
  /** Writes the files tensor by tensor, without holding or verifying them. Cancelled or failed, it leaves none. */
  writeModel(
    job: string,
    recipe: Recipe,
    target: WriteTarget,
    onProgress: OnProgress,
  ): Promise<WriteResult | "cancelled">;
}
