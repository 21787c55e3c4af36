// Learned rounding: layer after layer, to which of its two neighbours on the grid each weight goes, so that what the layer computes
// behind layers that are rounded already is as near as can be to the float network's (asymmetric reconstruction, AdaRound, Nagel et
// al. 2020, arXiv 2004.10568, §3.4). Over a plan whose scales are chosen; gives codes. Who solves a layer is rounding/layer.ts. The
// function that follows a layer is left out: the error is then one quadratic form a row, and no pass over samples is needed.

import { decode, type Encoded, ladderOf } from "@bitscape/quant";
import { seededRandom } from "@bitscape/tensor";
import type { Dataset } from "../../data/index.ts";
import { floatsOf } from "../../network/constants.ts";
import type { Network } from "../../network/network.ts";
import type { Plan, WeightPlan } from "../../plan/plan.ts";
import { encodeWeight, weightTensor } from "../../plan/weight.ts";
import { formOf } from "../../probe/quantizer.ts";
import type { Between } from "../../progress.ts";
import type { Study } from "../../study.ts";
import type { LearnedName } from "../names.ts";
import { evidenceOf } from "./gram.ts";
import { roundLayer } from "./layer.ts";
import { loadProduct } from "./products.ts";
import { type RoundingSite, roundingSites } from "./sites.ts";
import { RoundingWalk } from "./walk.ts";

/** Samples that rounding is learned from, at most; a quarter of them judge what was learned from the others. */
export const ROUNDING_SAMPLES = 128;

export interface RoundingJob {
  readonly study: Pick<Study, "network" | "probe" | "runtime" | "dataset" | "split">;
  /** Of weights and points, as they are rounded without this. */
  readonly plan: Plan;
  readonly by: LearnedName;
  readonly seed: number;
  /** Awaited between steps; throws to cancel. */
  readonly between: Between;
}

/** Layers of a plan whose weights can be rounded otherwise. */
export function roundedSites(network: Network, plan: Pick<Plan, "weights">): RoundingSite[] {
  return roundingSites(network).filter(({ weight }) => plan.weights.has(weight.name));
}

/** Why rounding cannot be learned here, as a sentence; undefined where it can. */
export function unroundable(network: Network, { kind }: Pick<Dataset, "kind">): string | undefined {
  if (kind !== "real") return "learned rounding: synthetic inputs, expected real samples to learn from";
  if (roundingSites(network).length > 0) return undefined;
  return `learned rounding: no layer of ${network.name} whose weights can be, expected a Conv, Gemm or MatMul of float32`;
}

/**
 * Learned codes by weight; absent where those of the plan stayed.
 * @throws one sentence where no weight of the plan can have any
 */
export async function learnedRounding(job: RoundingJob): Promise<ReadonlyMap<string, Encoded>> {
  const { study, plan, by, seed } = job;
  const { network, probe, runtime, dataset, split } = study;
  const refusal = unroundable(network, dataset);
  if (refusal !== undefined) throw new Error(refusal);
  const sites = roundedSites(network, plan);
  if (sites.length === 0)
    throw new Error(
      `learned rounding: no quantized layer of ${network.name} that can have it, expected a Conv, Gemm or MatMul`,
    );
  const indices = split.calibration.slice(0, ROUNDING_SAMPLES);
  const form = formOf(plan.points.values());
  const feeds = { ...probe.settings(plan, form) };
  let done = 0;
  const between = () => job.between(done, sites.length);
  const float = probe.settings(undefined, form);
  const walk = new RoundingWalk({
    ...{ network, runtime, dataset, indices, form, between, float, quantized: () => feeds },
  });
  const { product, release } = await loadProduct(runtime);
  const random = seededRandom(seed);
  const codes = new Map<string, Encoded>();
  try {
    for (const site of sites) {
      await between();
      const { name } = site.weight;
      const before = encodeWeight(network, plan.weights.get(name) as WeightPlan);
      const ladder = ladderOf(before);
      const constant = network.model.graph.constants.get(name);
      if (ladder && constant) {
        const values = floatsOf(constant);
        const seen = walk.at(site.layer.node.outputs[0] ?? "");
        const shared = { site, values, product, random, between };
        const evidence = await evidenceOf({ ...shared, seen, samples: indices.length });
        const learned = await roundLayer({ ...shared, by, before, ladder, evidence });
        if (learned) {
          codes.set(name, learned);
          feeds[name] = weightTensor(site.weight, decode(learned));
        }
      }
      done++;
    }
  } finally {
    await release();
  }
  await between();
  return codes;
}
