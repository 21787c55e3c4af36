// Bias correction (DFQ, Nagel et al. 2019, arXiv 1906.04721, §4.2, in its empirical form, appendix D; Banner et al. 2019, §2.3):
// what quantization adds to the mean of a layer's outputs, a channel, is taken off its bias. Sequential: each layer's mean is
// taken behind layers that were corrected already. Runs the probe on calibration samples; the network needs bias sites.
//
// One thing is not as published: where a ReLU follows, the positions that it cuts off in the float network count a quarter.
// Over all positions alike, most of which nobody sees, the correction moves those that are seen: after SQuant, which leaves
// little of the mean, it made shapes-resnet's W4 worse by two thirds (KL .0040 to .0067); so it makes it better (.0037).
//
// One run of a batch does it for all layers: the graph itself adds what is lacking before the next layer reads it (correcting.ts).
// Over several batches corrections are averaged, drawn towards nothing where samples do not agree (shifts.ts), and used as far as
// they lower the loss on calibration samples that they were not made from (strength.ts).

import { type Constant, constantOf, encodeModel } from "@bitscape/graph";
import { sizeOf, type Tensor, tensor, toFloat32 } from "@bitscape/tensor";
import type { Dataset } from "../../data/index.ts";
import { floatsOf } from "../../network/constants.ts";
import type { Network } from "../../network/network.ts";
import type { Plan } from "../../plan/plan.ts";
import { type Probe, probeModel } from "../../probe/probe.ts";
import { formOf } from "../../probe/quantizer.ts";
import { batchesOf, batchSize, fixesBatch } from "../../runtime/batches.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Reference } from "../../score/reference.ts";
import {
  correctingModel,
  floatFeeds,
  floatNames,
  found,
  type Place,
  placesOf,
  quantizedFeeds,
  quantizedNames,
} from "./correcting.ts";
import { gatesOf } from "./gates.ts";
import { type Lacks, shiftsOf } from "./shifts.ts";
import { type BiasSite, biasSites } from "./sites.ts";
import { RUNS, strengthOf } from "./strength.ts";

/** Samples whose means are taken, at most: more move them by less than their own noise. */
export const CORRECTION_SAMPLES = 128;

/** Constants in place of a network's biases, by name. */
export type Biases = ReadonlyMap<string, Constant>;

export interface CorrectionJob {
  /** With a bias at every site that is corrected: see {@link withBiasSites}. */
  readonly network: Network;
  readonly probe: Probe;
  readonly reference: Reference;
  readonly runtime: Runtime;
  readonly dataset: Dataset;
  /** Calibration samples. */
  readonly indices: readonly number[];
  readonly plan: Plan;
  /** Awaited before each batch; throws to cancel. */
  readonly between: (done: number, total: number) => Promise<void>;
}

export interface Correction {
  readonly biases: Biases;
  /** What part of the correction is in them, 0 to 1. */
  readonly strength: number;
}

/** The layers that a plan gives reason to correct: those whose weights it quantizes. */
export function correctedSites(network: Network, plan: Pick<Plan, "weights">): BiasSite[] {
  return biasSites(network).filter(({ weight }) => plan.weights.has(weight.name));
}

/** Why biases cannot be corrected here, as a sentence; undefined where they can. */
export function uncorrectable(network: Network, { kind }: Pick<Dataset, "kind">): string | undefined {
  if (kind !== "real") return "bias correction: synthetic inputs, expected real samples to take means over";
  if (biasSites(network).length > 0) return undefined;
  return `bias correction: no layer of ${network.name} that can have a bias, expected a Conv, Gemm or MatMul of float32`;
}

/** The correction of a plan. @throws one sentence where no layer of the plan can be corrected */
export async function correctionOf(job: CorrectionJob): Promise<Correction> {
  const { network, probe, reference, plan } = job;
  const sites = correctedSites(network, plan);
  if (sites.length === 0)
    throw new Error(
      `bias correction: no quantized layer of ${network.name} that can have a bias, expected a Conv, Gemm or MatMul`,
    );
  const indices = job.indices.slice(0, CORRECTION_SAMPLES);
  const lacks = await lacksOf({ ...job, indices }, sites);
  const biases = (samples: readonly number[], strength: number) =>
    new Map(
      sites.map((site, at) => {
        const before = network.model.graph.constants.get(site.bias ?? "") as Constant;
        const shifts = shiftsOf(lacks[at] as Lacks, samples);
        const values = Float32Array.from(
          floatsOf(before),
          (value, c) => value + strength * (shifts[c] as number),
        );
        return [before.name, constantOf(before.name, tensor("float32", before.shape, values))] as const;
      }),
    );
  const between = (done: number) => {
    const { length } = indices;
    return job.between(length + Math.min(done, RUNS * length), (1 + RUNS) * length);
  };
  const strength = await strengthOf({ reference, probe, plan, indices, biases, between });
  return { biases: biases([...indices.keys()], strength), strength };
}

/** What the channels of each site lack on each sample, behind layers that are corrected by their own batch. */
export async function lacksOf(
  { network, probe, runtime, dataset, plan, indices, between }: Omit<CorrectionJob, "reference">,
  sites: readonly BiasSite[],
): Promise<Lacks[]> {
  const form = formOf(plan.points.values());
  const [off, on] = [probe.settings(undefined, form), probe.settings(plan, form)];
  const places = placesOf(sites, gatesOf(network, sites));
  const session = await runtime.load(
    encodeModel(correctingModel(network, probeModel(network, form), places)),
  );
  const lacks = places.map(({ site: { channels }, gate }) => ({
    channels,
    lack: [] as Float32Array[],
    seen: gate ? ([] as Float32Array[]) : null,
  }));
  let done = 0;
  try {
    for (const batch of batchesOf(indices, batchSize(network, dataset), fixesBatch(network))) {
      await between(done, (1 + RUNS) * indices.length);
      const samples = await dataset.batch(batch.indices);
      const float = await session.run(
        { ...off, ...samples, ...floatFeeds(network, places) },
        floatNames(places),
      );
      const feeds = { ...on, ...samples, ...quantizedFeeds(places, float) };
      const result = await session.run(feeds, quantizedNames(places));
      for (const [at, place] of places.entries()) gather(lacks[at] as Gathered, place, result, batch);
      done += batch.count;
    }
  } finally {
    await session.release();
  }
  return lacks;
}

interface Gathered {
  readonly lack: Float32Array[];
  readonly seen: Float32Array[] | null;
}

function gather(
  into: Gathered,
  { lack, seen, site: { channels } }: Place,
  result: Parameters<typeof found>[0],
  batch: { readonly indices: readonly number[]; readonly count: number },
): void {
  const size = batch.indices.length;
  into.lack.push(...bySample(found(result, lack), channels, size).slice(0, batch.count));
  if (seen && into.seen) {
    const rows = bySample(found(result, seen), channels, size);
    into.seen.push(...rows.slice(0, batch.count));
  }
}

/** Rows of channels, a sample each: of tokens that lie one after the other their mean, and the same for all where there are fewer. */
function bySample({ data, shape }: Tensor, channels: number, size: number): Float32Array[] {
  const values = toFloat32("float32", data);
  const rows = sizeOf(shape) / channels;
  const each = rows % size === 0 ? rows / size : rows;
  return Array.from({ length: size }, (_, i) => {
    const from = rows % size === 0 ? i * each : 0;
    return Float32Array.from({ length: channels }, (__, c) => {
      let sum = 0;
      for (let row = from; row < from + each; row++) sum += values[row * channels + c] as number;
      return sum / each;
    });
  });
}

/** Stand-ins of the same shapes, where only sizes count. */
export function uncorrected(network: Network, plan: Pick<Plan, "weights">): Biases {
  return new Map(
    correctedSites(network, plan).map(({ bias }) => {
      const constant = network.model.graph.constants.get(bias ?? "") as Constant;
      return [constant.name, constant];
    }),
  );
}
