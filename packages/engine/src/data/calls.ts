// What the page asks of the worker about data: to read it, and to show what the network will see of it.

import type { OnProgress } from "../protocol.ts";
import type { Preprocess } from "./preprocess.ts";

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

export type DataRequest =
  | {
      readonly kind: "files";
      readonly files: readonly File[];
      readonly preprocess?: Partial<Preprocess>;
      readonly labels?: File;
    }
  | { readonly kind: "sample"; readonly name: string }
  | { readonly kind: "synthetic"; readonly samples?: number };

export interface DataCalls {
  openData(job: string, request: DataRequest, onProgress: OnProgress): Promise<DataSummary>;
  previews(count: number): Promise<readonly Preview[]>;
}
