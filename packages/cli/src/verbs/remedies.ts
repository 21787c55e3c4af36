// bitscape remedies MODEL --of LAYER: why one tensor is fragile under a recipe, and what every other treatment of it gains.

import {
  type Diagnosis,
  diagnoseActivation,
  diagnoseWeight,
  type Recipe,
  type RemediesReport,
  type StepOf,
  type Study,
  schemeFor,
  sizeReport,
  type TriedRemedy,
  tryRemedies,
  verdictOf,
} from "@bitscape/engine";
import { common, dataFlags, integer, list } from "../flags.ts";
import { dataReport, openStudy, recipeOf } from "../opening.ts";
import { bytesText, table } from "../text.ts";
import { Usage } from "../usage.ts";
import type { Verb } from "../verb.ts";
import { untilStopped } from "./landscape/asked.ts";
import { stepOf } from "./landscape/step.ts";

export const remedies: Verb = {
  name: "remedies",
  takes: ["MODEL"],
  help: "why a layer's tensor is fragile under a recipe, and what every other treatment of it gains, measured",
  flags: [...common, ...dataFlags, "of", "recipe", "preset", "samples"],
  async run(job) {
    const { values, signal, progress } = job;
    const recipe = await recipeOf(values);
    if (!recipe) throw new Usage("--recipe or --preset: missing, expected one of them");
    const [asked, ...more] = list(values, "of") ?? [];
    if (asked === undefined || more.length > 0)
      throw new Usage("--of: expected one layer, with :weight or :activation");
    const study = await openStudy(job.positionals[0] as string, job);
    try {
      const of = stepOf(asked, study);
      const between = async (done: number, total: number) => {
        // Gives way, so that Ctrl-C is heard between two batches.
        await new Promise((resume) => setImmediate(resume));
        signal.throwIfAborted();
        progress("trying remedies", done, total);
      };
      const request = { recipe, ...of, samples: integer(values, "samples", 1) ?? 512 };
      const bytes = async (each: Recipe) =>
        sizeReport(study.network, await study.exported(each, between, each, true)).bytes;
      const diagnosis = await diagnose(study, of, recipe, between);
      const report = await untilStopped<RemediesReport>(signal, (onReport) =>
        tryRemedies({ study, request, bytes, between, onReport }),
      );
      return {
        json: jsonOf(study, of, diagnosis, report),
        text: textOf(of, diagnosis, report),
        ...(!report.done && { interrupted: true }),
      };
    } finally {
      await study.release();
    }
  },
};

async function diagnose(
  study: Study,
  { layer, target }: StepOf,
  recipe: Recipe,
  between: (done: number, total: number) => Promise<void>,
): Promise<Diagnosis> {
  const scheme = schemeFor(recipe, layer, target);
  if (!scheme) throw new Usage(`--of: ${layer}:${target}, expected a tensor that the recipe quantizes`);
  if (target === "weight") return diagnoseWeight(study.network, layer, scheme);
  return diagnoseActivation(study.network, layer, await study.ranges(between), scheme);
}

function jsonOf(study: Study, of: StepOf, { sqnrDb, troubles }: Diagnosis, report: RemediesReport) {
  return {
    ...of,
    sqnrDb,
    troubles: troubles.map(({ kind, sentence }) => ({ kind, sentence })),
    metric: report.metric,
    present: report.present,
    remedies: report.tried.map(({ remedy: { kind, title, scheme }, bytes, gain, failure }) => ({
      ...{ kind, title, scheme, bytes, gain },
      ...(gain && { verdict: verdictOf(gain) }),
      ...(failure !== undefined && { failure }),
    })),
    ...dataReport(study),
    runtime: study.runtime.name,
    complete: report.done,
  };
}

function textOf({ layer, target }: StepOf, { sqnrDb, troubles }: Diagnosis, report: RemediesReport): string {
  const { loss, bytes } = report.present;
  const lost = loss ? `${loss.value.toExponential(2)} ${report.metric} (n = ${loss.n})` : "not measured";
  return [
    `${layer}:${target}: SQNR ${sqnrDb?.toFixed(1) ?? "?"} dB; the recipe loses ${lost}, ${bytesText(bytes)}`,
    ...(troubles.length > 0 ? troubles.map(({ sentence }) => `  ${sentence}`) : ["  Nothing stands out."]),
    "",
    table(
      ["remedy", "saves", "95 %", "n", "", "bytes"],
      report.tried.map((each) => rowOf(each, bytes)),
    ),
  ].join("\n");
}

function rowOf(
  { remedy: { title }, gain, bytes, failure }: TriedRemedy,
  present: number,
): (string | number)[] {
  if (failure !== undefined) return [title, "–", failure, 0, "", ""];
  if (!gain || bytes === null) return [title, "–", "not measured", 0, "", ""];
  const words = { better: "better", worse: "worse", noise: "within noise" };
  const [low, high] = [gain.low, gain.high].map((end) => end.toExponential(1));
  const change = bytes - present;
  return [
    title,
    gain.value.toExponential(2),
    `${low} to ${high}`,
    gain.n,
    words[verdictOf(gain)],
    change === 0 ? "same" : `${change > 0 ? "+" : ""}${change}`,
  ];
}
