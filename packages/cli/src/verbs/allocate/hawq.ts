// allocate --method hawq: HAWQ-V3's Ω and levels on a network and its data; the joint recipe is measured.

import {
  allocateHawq,
  cellsOf,
  columnScheme,
  type HawqAllocation,
  hawqFixed,
  latencyOf,
  type Study,
  sizeReport,
  type Target,
  type Times,
  Timings,
} from "@bitscape/engine";
import type { HawqLevels, HawqResource, IntegerSolver } from "@bitscape/methods";
import { hawqResources } from "@bitscape/methods";
import { columnOf } from "../../column.ts";
import { integer, list, type Values } from "../../flags.ts";
import { dataReport, openStudy } from "../../opening.ts";
import { bytesText, table } from "../../text.ts";
import { Usage } from "../../usage.ts";
import type { Job, Outcome } from "../../verb.ts";
import { targetsOf } from "./asked.ts";
import { coupledIn } from "./coupled.ts";

// The paper's λ: parts of the way from everything narrow to everything wide.
const words: Readonly<Record<string, number>> = { high: 0.75, medium: 0.5, low: 0.25 };

export async function hawq(job: Job, solver: IntegerSolver): Promise<Outcome> {
  const { values, signal, progress } = job;
  const started = performance.now();
  const levels = levelsOf(values);
  const widths = widthsOf(values);
  const targets = values.targets === undefined ? (["weight", "activation"] as const) : targetsOf(values);
  const study = await openStudy(job.positionals[0] as string, job);
  try {
    const { network } = study;
    const samples = study.samples(integer(values, "samples", 1) ?? 64);
    const between = async (done: number, total: number) => {
      signal.throwIfAborted();
      progress("tracing", Math.round(done), total);
    };
    const keys = cellsOf(network, widths, ["weight"]);
    const traced = await study.predictor.traces({ keys, indices: samples, between });
    const coupled = coupledIn(network, values.couple ?? ["residual"]);
    const times = levels.latency === undefined ? undefined : await timesOf(job, study, widths, targets);
    const found = await allocateHawq(network, traced, {
      ...{ widths, levels, coupled, targets, solver, fixed: hawqFixed(network) },
      ...(times && { times }),
    });
    const own = { seed: integer(values, "seed") ?? 0, model: { name: network.name, sha256: network.sha256 } };
    const recipe = { ...found.recipe, ...own };
    const quiet = async () => signal.throwIfAborted();
    const { bytes } = sizeReport(network, await study.exported(recipe, quiet));
    const score = await study.score(recipe, samples, quiet);
    const json = {
      method: "hawq",
      recipe,
      bytes,
      floatBytes: network.bytes,
      levels,
      widths,
      omega: found.omega,
      taken: found.taken,
      gap: found.gap,
      coupled: found.coupled,
      layers: found.rows,
      without: found.without,
      metric: score.metric,
      measured: score.divergence,
      top1: score.top1,
      traces: { n: samples.length },
      ...dataReport(study),
      seconds: (performance.now() - started) / 1000,
    };
    return {
      json,
      text: textOf(
        found,
        bytes,
        network.bytes,
        `${score.metric} ${score.divergence.value.toExponential(2)} measured on ${score.divergence.n}`,
      ),
    };
  } finally {
    await study.release();
  }
}

/** "medium", "0.6", "bops=low". */
function levelsOf({ level = ["medium"] }: Values): HawqLevels {
  return Object.fromEntries(
    level.map((text): [HawqResource, number] => {
      const [first = "", second] = text.split("=");
      const [name, word] = second === undefined ? ["size", first] : [first, second];
      const value = words[word] ?? Number(word);
      if (!hawqResources.includes(name as HawqResource))
        throw new Usage(`--level: ${text}, expected one of ${hawqResources.join(", ")} before the =`);
      if (!(value >= 0 && value <= 1) || word === "")
        throw new Usage(`--level: ${text}, expected high, medium, low or a number from 0 to 1`);
      return [name as HawqResource, value];
    }),
  );
}

function widthsOf(values: Values): number[] {
  const widths = (list(values, "bits") ?? ["4", "8"]).map((text) => columnOf(text, "bits"));
  const numbers = widths.filter((each) => typeof each === "number");
  if (numbers.length < 2 || numbers.length < widths.length)
    throw new Usage(`--bits: ${widths.join(",")}, expected two or more widths of integers`);
  return numbers;
}

/** Measured on this device, the factor to a whole run in them. */
async function timesOf(
  { signal, progress }: Job,
  { network, runtime }: Study,
  widths: readonly number[],
  targets: readonly Target[],
): Promise<Times> {
  const schemes = network.layers.flatMap(({ id, weights, points }) =>
    targets
      .filter((target) => (target === "weight" ? weights : points).length > 0)
      .flatMap((target) =>
        widths.flatMap((bits) => {
          const scheme = columnScheme(target, bits);
          return scheme === "float" ? [] : [{ layer: id, target, key: String(bits), scheme }];
        }),
      ),
  );
  const report = await latencyOf(
    network,
    new Timings(runtime),
    { schemes, kept: {} },
    {
      between: async (done, total) => {
        signal.throwIfAborted();
        if (total > 0) progress("timing layers", done, total);
      },
    },
  );
  return report.times;
}

function textOf(
  { rows, omega, taken, coupled }: HawqAllocation,
  bytes: number,
  float: number,
  measured: string,
): string {
  const own = table(
    ["layer", "bits", "Tr/n", "Ω"],
    rows.map(({ layer, bits, trace, omega: each, fixed }) => [
      layer,
      fixed ? `${bits} fixed` : String(bits),
      trace.toExponential(2),
      (each[bits] ?? 0).toExponential(2),
    ]),
  );
  const limits = Object.entries(taken).map(
    ([name, { value, limit }]) => `${name} ${((100 * value) / limit).toPrecision(3)} % of its level`,
  );
  const head = `${bytesText(float)} → ${bytesText(bytes)}, ΣΩ ${omega.toExponential(3)}, ${limits.join(", ")}, ${coupled.length} coupled, ${measured}`;
  return `${head}\n\n${own}`;
}
