// What the page asks of the engine about time: plain records. How they are answered is studied.ts.

import type { Scheme } from "../allocate/evidence.ts";
import type { Kept } from "../allocate/sizes.ts";
import type { OnProgress } from "../progress.ts";
import type { Recipe } from "../recipe.ts";
import type { LatencyRow, LatencyTable } from "./measured.ts";
import type { Times } from "./times.ts";

export interface LatencyRequest {
  /** What layers may get, each with the name of its column. */
  readonly schemes: readonly Scheme[];
  /** What the recipe says of everything that is not allocated. */
  readonly kept: Kept;
  /** What files have besides: a bias wherever one is corrected, a limit a channel for each ReLU6 that is equalised. */
  readonly repairs?: Recipe["repairs"];
}

export interface LatencyReport extends LatencyTable {
  /** End to end by sum: the mean, in ratio, over the files that were run whole. */
  readonly factor: number;
  /** What a budget in seconds is solved with; the factor is in it. */
  readonly times: Times;
}

export interface LatencyCalls {
  /** Times every layer in every scheme on this device, alone, and whole runs of the float file and of uniform ones. */
  latency(
    job: string,
    request: LatencyRequest,
    onRow: (row: LatencyRow) => void,
    onProgress: OnProgress,
  ): Promise<LatencyReport | "cancelled">;
}
