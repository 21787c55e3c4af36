// The engine's calls about data: reads them, pairs them with the network at hand, shows and judges them. What is read is kept
// until something else is asked for, so that other labels or another split read nothing again.

import type { Host } from "../host.ts";
import { labelReport } from "../judge/labels.ts";
import { lookAt } from "../judge/look.ts";
import { tryPreprocess } from "../judge/trying.ts";
import type { Network } from "../network/network.ts";
import type { OnProgress } from "../progress.ts";
import {
  dataSummary,
  labelled,
  noData,
  type ReadData,
  readsTheSame,
  requestedData,
  requestedSizes,
} from "../reading.ts";
import { tooLargeAfterAll } from "../runtime/runnable.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { Study } from "../study.ts";
import type { Preview } from "../views/preview.ts";
import { previewOf } from "../views/preview.ts";
import type {
  DataCalls,
  DataRequest,
  DataSummary,
  LabelReport,
  LookRequest,
  SamplePage,
  TriedPreprocess,
} from "./calls.ts";
import { type ImageDecoder, type Preprocess, sampleSplit, splitFlags } from "./index.ts";

export interface DataHost extends Pick<Host, "study" | "job" | "interactive" | "step"> {
  readonly runtime: Runtime;
  readonly decode: ImageDecoder;
  /** The network at hand. */
  readonly network: () => Network;
  /** Why it is not run; only where it is not. */
  readonly cannotRun: () => string | undefined;
  /** Says that it cannot be run after all. */
  readonly giveUp: (sentence: string) => void;
  /** Runs a job that rejects where it is cancelled. */
  readonly plain: <T>(name: string, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  /** Makes a study the one at hand, and ends every other job. */
  readonly adopt: (study: Study, job: string) => Promise<void>;
}

interface Read extends ReadData {
  readonly network: Network;
  readonly request: DataRequest;
}

export class DataRoom implements DataCalls {
  readonly #host: DataHost;
  #read: Read | undefined;

  constructor(host: DataHost) {
    this.#host = host;
  }

  /** How images become the network's input; null where there are none. */
  get preprocess(): Preprocess | null {
    return this.#read?.preprocess ?? null;
  }

  openData(job: string, request: DataRequest, onProgress: OnProgress): Promise<DataSummary> {
    const host = this.#host;
    return host.plain(job, async (signal) => {
      const network = host.network();
      const cannotRun = host.cannotRun();
      if (cannotRun !== undefined) return noData(cannotRun);
      const read = await this.#reading(network, request, onProgress, signal);
      const { dataset, problem } = labelled(network, read.dataset, request);
      const split = request.split ?? (request.kind === "sample" ? sampleSplit : {});
      const study = await Study.open(network, dataset, host.runtime, split, read.dataset).catch(
        (error: unknown) => {
          const sentence = tooLargeAfterAll(network, error);
          if (sentence === undefined) throw error;
          return sentence;
        },
      );
      if (typeof study === "string") {
        if (network === host.network()) host.giveUp(study);
        return noData(study);
      }
      if (signal.aborted || network !== host.network()) {
        await study.release();
        throw new DOMException("Other data or another model was opened meanwhile.", "AbortError");
      }
      this.#read = read;
      await host.adopt(study, job);
      return {
        ...dataSummary(study, read.preprocess, problem, mappingOf(request)),
        splitFlags: splitFlags(split),
      };
    });
  }

  /** What was read last where it is the same, whatever its labels are mapped to and however it is split. */
  async #reading(
    network: Network,
    request: DataRequest,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<Read> {
    const last = this.#read;
    if (last?.network === network && readsTheSame(last.request, request)) return { ...last, request };
    const { decode } = this.#host;
    return { network, request, ...(await requestedData(network, request, { decode, onProgress, signal })) };
  }

  async sizes(request: DataRequest): Promise<Readonly<Record<string, number>>> {
    // What cannot be read is said when it is opened.
    return requestedSizes(this.#host.network(), request, this.#host.decode).catch(() => ({}));
  }

  async previews(count: number): Promise<readonly Preview[]> {
    if (this.#host.cannotRun() !== undefined) return [];
    const { dataset } = this.#host.study();
    const found: Preview[] = [];
    for (let i = 0; i < Math.min(count, dataset.size); i++) {
      const [input, ...others] = Object.values(await dataset.batch([i]));
      const preview =
        input && others.length === 0 && previewOf(input, dataset, i, this.preprocess, { side: 96 });
      if (!preview) break;
      found.push(preview);
    }
    return found;
  }

  look(
    job: string,
    request: LookRequest,
    onPage: (page: SamplePage) => void,
  ): Promise<SamplePage | "cancelled"> {
    const host = this.#host;
    return host.job(job, (signal) =>
      host.interactive(() => lookAt(host.study(), request, this.preprocess, () => host.step(signal), onPage)),
    );
  }

  tryPreprocess(
    job: string,
    candidates: readonly Preprocess[],
    samples: number,
    onTried: (at: number, tried: TriedPreprocess) => void,
  ): Promise<readonly TriedPreprocess[] | "cancelled"> {
    const { decode, step, study, job: run, interactive } = this.#host;
    return run(job, (signal) =>
      interactive(async () => {
        const { network, request } = this.#asked();
        const read = async (preprocess: Preprocess, only: ReadonlySet<string>, decoder: ImageDecoder) => {
          if (request.kind !== "files") throw new Error(given);
          const options = { decode: decoder, onProgress: () => {}, signal, only };
          return (await requestedData(network, { ...request, preprocess }, options)).dataset;
        };
        const trial = { study: study(), read, decode, between: () => step(signal) };
        return tryPreprocess(trial, candidates, samples, onTried);
      }),
    );
  }

  labels(job: string): Promise<LabelReport | null | "cancelled"> {
    const { study, job: run, step, interactive } = this.#host;
    return run(job, (signal) =>
      interactive(async () => {
        const { dataset, request } = this.#asked();
        const outputs = request.kind === "files" ? request.outputs : undefined;
        const named = outputs ?? (request.kind === "sample" ? dataset.classes : undefined);
        return labelReport(study(), dataset, mappingOf(request), named, () => step(signal));
      }),
    );
  }

  #asked(): Read {
    if (!this.#read) throw new Error("study: no data, expected some to be opened first");
    return this.#read;
  }
}

const given = "preprocessing: given by the bundled data, expected images of one's own to try it on";

const mappingOf = (request: DataRequest) => (request.kind === "files" ? request.mapping : undefined);
