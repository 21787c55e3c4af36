// Bias correction (DFQ, Nagel et al. 2019, arXiv 1906.04721, §4.2, in its empirical form, appendix D; Banner et al. 2019, §2.3):
// what quantization adds to the mean of a layer's outputs, a channel, is taken off its bias. Sequential: each layer's mean is
// taken behind layers that were corrected already. Runs the probe on calibration samples; the network needs bias sites.
//
// One run of a batch does it for all layers: behind each layer the graph itself adds what its channels' means lack, before the
// next layer reads them. Over several batches corrections are averaged, which leaves what the batches' differences do to one
// another: of shapes-resnet at 4 bits, four batches, at most 1.3 % of what was to be corrected.

import { build, type Constant, constantOf, encodeModel, type Model, opsetOf } from "@bitscape/graph";
import { type Tensor, tensor, toFloat32 } from "@bitscape/tensor";
import { batchesOf, batchSize, fixesBatch } from "../batches.ts";
import type { Dataset } from "../data/index.ts";
import { floatsOf } from "../network/constants.ts";
import type { Network } from "../network/network.ts";
import type { Plan } from "../plan.ts";
import { type Probe, probeModel } from "../probe.ts";
import { formOf } from "../quantizer.ts";
import type { Feeds, Runtime } from "../runtime.ts";
import { channelMeans } from "./channels.ts";
import { type BiasSite, biasSites } from "./sites.ts";

/** Samples whose means are taken, at most: more move them by less than their own noise. */
export const CORRECTION_SAMPLES = 128;

/** Constants in place of a network's biases, by name. */
export type Biases = ReadonlyMap<string, Constant>;

export interface CorrectionJob {
  /** With a bias at every site that is corrected: see {@link withBiasSites}. */
  readonly network: Network;
  readonly probe: Probe;
  readonly runtime: Runtime;
  readonly dataset: Dataset;
  /** Calibration samples. */
  readonly indices: readonly number[];
  readonly plan: Plan;
  /** Awaited before each batch; throws to cancel. */
  readonly between: (done: number, total: number) => Promise<void>;
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

/** Corrected biases of a plan. @throws one sentence where no layer of the plan can be corrected */
export async function correctedBiases(job: CorrectionJob): Promise<Biases> {
  const { network, probe, runtime, dataset, plan, between } = job;
  const sites = correctedSites(network, plan);
  if (sites.length === 0)
    throw new Error(
      `bias correction: no quantized layer of ${network.name} that can have a bias, expected a Conv, Gemm or MatMul`,
    );
  const indices = job.indices.slice(0, CORRECTION_SAMPLES);
  const form = formOf(plan.points.values());
  const [off, on] = [probe.settings(undefined, form), probe.settings(plan, form)];
  const session = await runtime.load(encodeModel(correctingModel(network, probeModel(network, form), sites)));
  const sums = new Map(sites.map(({ layer, channels }) => [layer.id, new Float64Array(channels)]));
  const nothing = Object.fromEntries(
    sites.map((site) => [wantedOf(site), tensor("float32", shapeOf(network, site), zeros(site))]),
  );
  const means = sites.map(meanOf);
  const errors = sites.map(errorOf);
  let done = 0;
  try {
    for (const batch of batchesOf(indices, batchSize(network, dataset), fixesBatch(network))) {
      await between(done, indices.length);
      const samples = await dataset.batch(batch.indices);
      const run = (settings: Feeds, wanted: Feeds, share: number, names: readonly string[]) =>
        session.run({ ...settings, ...samples, ...wanted, [SHARE]: scalar(share) }, names);
      const float = await run(off, nothing, 0, means);
      const wanted = Object.fromEntries(sites.map((site) => [wantedOf(site), found(float, meanOf(site))]));
      const result = await run(on, wanted, 1, errors);
      for (const site of sites) {
        const values = toFloat32("float32", found(result, errorOf(site)).data);
        const sum = sums.get(site.layer.id) as Float64Array;
        for (let c = 0; c < sum.length; c++)
          sum[c] = (sum[c] as number) + batch.count * (values[c] as number);
      }
      done += batch.count;
    }
  } finally {
    await session.release();
  }
  return new Map(
    sites.map((site) => {
      const before = network.model.graph.constants.get(site.bias ?? "") as Constant;
      const sum = sums.get(site.layer.id) as Float64Array;
      const values = Float32Array.from(floatsOf(before), (value, c) => value + (sum[c] as number) / done);
      return [before.name, constantOf(before.name, tensor("float32", before.shape, values))];
    }),
  );
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

const SHARE = "bitscape.share";
const meanOf = ({ output }: BiasSite) => `${output}/bitscape.mean`;
const wantedOf = ({ output }: BiasSite) => `${output}/bitscape.wanted`;
const errorOf = ({ output }: BiasSite) => `${output}/bitscape.error`;
const zeros = ({ channels }: BiasSite) => new Float32Array(channels);
const scalar = (value: number) => tensor("float32", [], [value]);

/** [1, C, 1, …] or [1, …, C]: as a reduction that keeps dimensions leaves it. */
function shapeOf({ values }: Network, { output, channels, axis }: BiasSite): number[] {
  const rank = values.get(output)?.shape.length ?? 1;
  const kept = axis === 1 ? 1 : rank - 1;
  return Array.from({ length: rank }, (_, i) => (i === kept ? channels : 1));
}

function found(outputs: Feeds, name: string): Tensor {
  const value = outputs[name];
  if (!value) throw new Error(`output ${name}: missing, expected the channels of a layer`);
  return value;
}

/** A probe in which each site adds what the mean of its channels lacks, times a share that is fed. */
export function correctingModel(network: Network, probe: Model, sites: readonly BiasSite[]): Model {
  const { graph } = probe;
  const opset = opsetOf(probe);
  const by = new Map(sites.map((site) => [site.output, site]));
  const constants = new Map(graph.constants);
  const inputs = [...graph.inputs, build.value(SHARE, "float32", [])];
  const outputs: { name: string; dtype: "float32" }[] = [];
  const nodes = graph.nodes.flatMap((node) => {
    const [output = ""] = node.outputs;
    const site = by.get(output);
    if (!site) return [node];
    const [raw, lack] = [`${output}/bitscape.raw`, `${output}/bitscape.lack`];
    const shape = shapeOf(network, site);
    const place = { input: raw, output: meanOf(site), rank: shape.length, axis: site.axis };
    const mean = channelMeans(opset, place);
    for (const constant of mean.constants) constants.set(constant.name, constant);
    inputs.push(build.value(wantedOf(site), "float32", shape));
    outputs.push({ name: meanOf(site), dtype: "float32" }, { name: errorOf(site), dtype: "float32" });
    return [
      { ...node, outputs: [raw] },
      ...mean.nodes,
      build.node("Sub", [wantedOf(site), meanOf(site)], [lack]),
      build.node("Mul", [lack, SHARE], [errorOf(site)]),
      build.node("Add", [raw, errorOf(site)], [output], {}, `${output}/bitscape.corrected`),
    ];
  });
  return { ...probe, graph: { ...graph, nodes, constants, inputs, outputs } };
}
