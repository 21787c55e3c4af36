// The engine's call about times: a job with a name. What was timed on this device is kept: other networks and recipes have
// layers of the same kinds. The timing is in the files beside this one.

import type { Host } from "../host.ts";
import type { Network } from "../network/network.ts";
import type { OnProgress } from "../progress.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { LatencyCalls, LatencyReport, LatencyRequest } from "./calls.ts";
import type { LatencyRow } from "./measured.ts";
import { latencyOf } from "./studied.ts";
import { Timings } from "./timings.ts";

export interface LatencyHost extends Pick<Host, "job" | "background"> {
  readonly network: () => Network;
  /** Why the network at hand is not run; undefined where it is. */
  readonly cannotRun: () => string | undefined;
}

export class LatencyRoom implements LatencyCalls {
  readonly #host: LatencyHost;
  readonly #timings: Timings;

  constructor(host: LatencyHost, runtime: Runtime) {
    this.#host = host;
    this.#timings = new Timings(runtime);
  }

  latency(
    job: string,
    request: LatencyRequest,
    onRow: (row: LatencyRow) => void,
    onProgress: OnProgress,
  ): Promise<LatencyReport | "cancelled"> {
    const { network, cannotRun, background } = this.#host;
    return this.#host.job(job, (signal) => {
      const sentence = cannotRun();
      if (sentence !== undefined) throw new Error(sentence);
      const between = async (done: number, total: number) => {
        if (total > 0) onProgress("Timing layers", done, total);
        await background(signal);
      };
      return latencyOf(network(), this.#timings, request, { onRow, between });
    });
  }
}
