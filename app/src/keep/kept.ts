// What is kept of a study, as plain records: its document and where its data's files are. Making one is document.ts, reading and
// writing them documents.ts.

import type { DataRequest, DataSummary, ModelSummary, Recipe } from "@bitscape/engine";
import type { State } from "../state/store.ts";
import type { Views } from "../state/views.ts";

/** Data have two: other data are written beside those that the document still names, which go when it names the new ones. */
export type DataShelf = "data" | "data-2";

/** Fields of the page's state that are kept as they are. */
export const fields = [
  "model",
  "data",
  "previews",
  "recipe",
  "selected",
  "rangeEnd",
  "filter",
  "target",
  "paused",
  "estimator",
  "limits",
  "float",
  "secondsPerSample",
  "without",
  "pairs",
  "joints",
  "size",
  "measured",
] as const satisfies readonly (keyof State)[];

export type KeptFields = Pick<State, (typeof fields)[number]>;

/** What was asked of the data, without the files themselves. */
export type KeptData =
  | Exclude<DataRequest, FilesRequest>
  | (Omit<FilesRequest, "files" | "labels" | "words"> & {
      readonly files: readonly string[];
      readonly labels?: string;
      readonly words?: string;
    });

type FilesRequest = Extract<DataRequest, { kind: "files" }>;

export interface KeptStudy extends Partial<Omit<KeptFields, "model" | "data" | "recipe">> {
  readonly id: string;
  /** Which form of document it is; absent in the first. */
  readonly form?: number;
  /** Milliseconds since 1970. */
  readonly updated: number;
  /** Name of the bundled sample; its file is fetched again. */
  readonly sample?: string;
  readonly modelFiles: readonly string[];
  /** Its files were never copied, or are gone: they have to be opened again. */
  readonly absent?: boolean;
  /** Of its files together; 0 for a sample. */
  readonly bytes?: number;
  readonly pins: Readonly<Record<string, number>>;
  readonly dataRequest: KeptData;
  /** Where its data's files are; "data" where it does not say. */
  readonly dataShelf?: DataShelf;
  readonly model: ModelSummary;
  readonly data: DataSummary;
  readonly recipe: Recipe;
  readonly past: readonly Recipe[];
  readonly future: readonly Recipe[];
  /** How the panels were arranged. */
  readonly views?: Views;
}
