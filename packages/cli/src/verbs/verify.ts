// bitscape verify FLOAT QUANTIZED: opens the quantized file, runs it, compares.

import { basename } from "node:path";
import { carriedPlan, parseRecipe, RECIPE_KEY, type Recipe, type Study } from "@bitscape/engine";
import { decodeModel, type Graph, type Model, trueInputs } from "@bitscape/graph";
import { common, dataFlags, number } from "../flags.ts";
import { modelAt } from "../node/model.ts";
import { dataReport, openStudy } from "../opening.ts";
import type { Verb } from "../verb.ts";

export const verify: Verb = {
  name: "verify",
  takes: ["FLOAT", "QUANTIZED"],
  help: "runs a quantized file beside its float network; exit code 1 where it does not hold",
  flags: [...common, ...dataFlags, "min-sqnr", "max-drop"],
  async run(job) {
    const { values, signal, progress } = job;
    const [floatPath, quantizedPath] = job.positionals as [string, string];
    const least = number(values, "min-sqnr");
    const mostDrop = number(values, "max-drop");
    const file = modelAt(quantizedPath);
    const name = basename(quantizedPath);
    const beside = new Map<string, number>();
    const quantized = decodeModel(file.source, {
      name,
      external: (location) => {
        const found = file.external(location);
        if (found) beside.set(location, found.byteLength);
        return found;
      },
    });
    const bytes = [...beside.values()].reduce((sum, length) => sum + length, file.source.byteLength);
    const study = await openStudy(floatPath, job);
    const strange = strangeness(quantized, name, study);
    if (strange !== undefined) {
      await study.release();
      const json = { ...nothing, gates: [strange], runtime: study.runtime.name, bytes };
      return { json: { ...json, ...dataReport(study) }, text: strange, met: false };
    }
    const between = async (done: number, total: number) => {
      signal.throwIfAborted();
      progress("verifying", done, total);
    };
    // Integer-only files promise more than their own arithmetic: what the QDQ export of the same plan computes.
    const plan = carriedPlan(quantized, study.network);
    const found = await study.verify(file, plan, "file", study.samples(), between);
    const float = await study.score(undefined, study.samples(), between);
    await study.release();
    const drop = found.score.top1 && float.top1 ? 100 * (float.top1.value - found.score.top1.value) : null;
    const origin = originOf(quantized);
    const foreign = origin !== undefined && origin.sha256 !== study.network.sha256;
    const gates = [
      ...(found.ok ? [] : [found.sentence]),
      ...(foreign
        ? [
            `${name}: made from ${origin.name}, another network by its fingerprint, expected ${study.network.name}`,
          ]
        : []),
      // Quantization that is worse than no answer at all: two networks that have nothing to do with one another.
      ...(origin === undefined && !(found.sqnrDb > 0)
        ? [
            `${name}: outputs unlike ${study.network.name}'s (SQNR ${found.sqnrDb.toFixed(1)} dB), expected above 0`,
          ]
        : []),
      ...(least !== undefined && !(found.sqnrDb >= least)
        ? [`SQNR ${found.sqnrDb.toFixed(2)} dB, expected at least ${least}`]
        : []),
      ...(mostDrop !== undefined && !(drop !== null && drop <= mostDrop)
        ? [`top-1 drop ${drop?.toFixed(2) ?? "unknown (no labels)"}, expected at most ${mostDrop} points`]
        : []),
    ];
    const { score, ...rest } = found;
    const json = {
      ...rest,
      ok: gates.length === 0,
      gates,
      metric: score.metric,
      divergence: score.divergence,
      top1: score.top1,
      floatTop1: float.top1,
      drop,
      bytes,
      ...dataReport(study),
    };
    return { json, text: [found.sentence, ...gates].join("\n"), met: gates.length === 0 };
  },
};

const nothing = {
  ok: false,
  n: 0,
  sqnrDb: null,
  maxAbsDiff: null,
  agreement: null,
  simulated: { maxAbsDiff: null, sqnrDb: null, agreement: null },
};

/** Why the two files cannot be of one network: what they take or give differs. */
function strangeness({ graph }: Model, name: string, { network }: Study): string | undefined {
  const list = (names: readonly string[]) => [...names].sort().join(", ");
  const ports = (of: Graph) => {
    const inputs = trueInputs(of).map((input) => `${input.name}${"[]".repeat(input.shape?.length ?? 0)}`);
    return `${list(inputs)} → ${list(of.outputs.map((output) => output.name))}`;
  };
  const [found, expected] = [ports(graph), ports(network.model.graph)];
  return found === expected ? undefined : `${name}: ${found}, expected ${expected} as ${network.name} has`;
}

/** The network that a file says it was made from, in the recipe it carries. */
function originOf({ metadata }: Model): Recipe["model"] {
  const carried = metadata.get(RECIPE_KEY);
  if (carried === undefined) return undefined;
  try {
    return parseRecipe(JSON.parse(carried)).model;
  } catch {
    return undefined; // another version's
  }
}
