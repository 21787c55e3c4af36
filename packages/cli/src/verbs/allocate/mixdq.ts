// allocate --method mixdq: MixDQ's groups, programs and sweep on a network and its data; the best joint recipe is measured
// again on samples that the search did not see.

import { basename } from "node:path";
import {
  allocateMixdq,
  type Groups,
  groupsOf,
  type MixdqAllocation,
  type MixdqTarget,
  metricsOf,
  mixdqWidths,
  parseGroups,
  type Study,
  sizeReport,
  sweeps,
} from "@bitscape/engine";
import { integer, number } from "../../flags.ts";
import { bytesAt, dataReport, openStudy } from "../../opening.ts";
import { bytesText, table } from "../../text.ts";
import { Usage } from "../../usage.ts";
import type { Job, Outcome } from "../../verb.ts";
import { targetsOf } from "./asked.ts";

// Activations do with less freedom: nearly 8 bits, as in the paper's W4A8.
const ACTIVATION_BITS = 7.8;

export async function mixdq(job: Job): Promise<Outcome> {
  const { values, signal, progress } = job;
  const started = performance.now();
  const mean = number(values, "avg-bits");
  if (mean === undefined || !(mean > 2 && mean <= 8))
    throw new Usage(
      `--avg-bits: ${mean ?? "missing"}, expected the mean bits of a weight, above 2 and up to 8`,
    );
  const wanted = targetsOf(values);
  const study = await openStudy(job.positionals[0] as string, job);
  try {
    const { network } = study;
    const groups = await groupsFor(study, values.groups);
    const samples = study.samples(integer(values, "samples", 1) ?? 64);
    if (samples.length < 2)
      throw new Usage(`--samples: ${samples.length}, expected at least 2: half are kept unseen`);
    const half = Math.ceil(samples.length / 2);
    const targets = (["weight", "activation"] as const)
      .filter((target) => wanted.includes(target))
      .map((target): MixdqTarget => {
        const own = target === "weight" ? mean : ACTIVATION_BITS;
        return { target, mean: own, widths: mixdqWidths[target], ks: sweeps[target] };
      });
    let step = 0;
    const found = await allocateMixdq(study, {
      groups,
      targets,
      samples: samples.slice(0, half),
      evaluations: integer(values, "evaluations", 1) ?? 24,
      between: async () => {
        signal.throwIfAborted();
        progress("measuring", ++step, step + 1);
      },
    });
    const own = { seed: integer(values, "seed") ?? 0, model: { name: network.name, sha256: network.sha256 } };
    const recipe = { ...found.recipe, ...own };
    const quiet = async () => signal.throwIfAborted();
    const { bytes } = sizeReport(network, await study.exported(recipe, quiet));
    const unseen = await study.score(recipe, samples.slice(half), quiet);
    const json = {
      method: "mixdq",
      recipe,
      bytes,
      floatBytes: network.bytes,
      averageBits: mean,
      groups,
      layers: found.rows,
      candidates: found.candidates,
      corridor: found.corridor,
      metric: unseen.metric,
      searched: found.divergence,
      measured: unseen.divergence,
      top1: unseen.top1,
      agreement: found.agreement,
      ...dataReport(study),
      seconds: (performance.now() - started) / 1000,
    };
    const measured = `${unseen.metric} ${unseen.divergence.value.toExponential(2)} on ${unseen.divergence.n} samples that the search did not see`;
    return { json, text: textOf(found, groups, bytes, network.bytes, measured) };
  } finally {
    await study.release();
  }
}

async function groupsFor({ network, reference }: Study, path: string | undefined): Promise<Groups> {
  if (path === undefined) return groupsOf(network, metricsOf(network, reference.kind.kind === "classes"));
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(await bytesAt(path)));
  } catch (error) {
    if (error instanceof Usage) throw error;
    throw new Usage(`${path}: not JSON, expected two groups of name, match and metric`);
  }
  return parseGroups(json, network, basename(path));
}

function textOf(
  { rows, candidates, corridor }: MixdqAllocation,
  groups: Groups,
  bytes: number,
  float: number,
  measured: string,
): string {
  const own = table(
    ["layer", "of", "group", "metric", "bits"],
    rows.map(({ layer, target, group, metric, chosen }) => [layer, target, group, metric, String(chosen)]),
  );
  const named = groups
    .map(({ name, metric, layers }) => `${name} (${metric}, ${layers.length} layers)`)
    .join(" and ");
  const band = corridor > 0.02 ? `, means within ±${corridor} bits (±0.02 has no answer)` : "";
  return `${bytesText(float)} → ${bytesText(bytes)}, ${measured}; ${named}; best of ${candidates.length} candidates${band}\n\n${own}`;
}
