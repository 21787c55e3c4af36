// bitscape verify FLOAT QUANTIZED: opens the quantized file, runs it, compares.

import { common, dataFlags, number } from "../flags.ts";
import { bytesAt, dataReport, openStudy } from "../opening.ts";
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
    const file = await bytesAt(quantizedPath);
    const study = await openStudy(floatPath, job);
    const between = async (done: number, total: number) => {
      signal.throwIfAborted();
      progress("verifying", done, total);
    };
    const found = await study.verify(file, undefined, "file", study.samples(), between);
    const float = await study.score(undefined, study.samples(), between);
    await study.release();
    const drop = found.score.top1 && float.top1 ? 100 * (float.top1.value - found.score.top1.value) : null;
    const gates = [
      ...(found.ok ? [] : [found.sentence]),
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
      bytes: file.byteLength,
      ...dataReport(study),
    };
    return { json, text: [found.sentence, ...gates].join("\n"), met: gates.length === 0 };
  },
};
