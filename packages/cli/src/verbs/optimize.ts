// bitscape optimize MODEL: clips of all quantized tensors chosen together by the network's loss. Ctrl-C keeps the best so far.

import {
  asBefore,
  ClipSearch,
  type LossName,
  type Optimized,
  type Study,
  wantsActivations,
  withoutCorrection,
} from "@bitscape/engine";
import { common, dataFlags, integer } from "../flags.ts";
import { dataReport, openStudy, recipeOf } from "../opening.ts";
import { table } from "../text.ts";
import { Usage } from "../usage.ts";
import type { Verb } from "../verb.ts";

const methods = ["lapq", "coordinates"] as const;
const losses: readonly LossName[] = ["kl", "cross-entropy"];

interface Tried {
  readonly evaluation: number;
  readonly loss: number;
}

export const optimize: Verb = {
  name: "optimize",
  takes: ["MODEL"],
  help: "chooses the clips of a recipe's tensors together, by the network's loss on calibration samples",
  flags: [...common, ...dataFlags, "recipe", "preset", "method", "sweeps", "loss", "samples"],
  async run(job) {
    const { values, signal, progress } = job;
    const method = oneOf(values.method ?? "lapq", methods, "method");
    const loss = oneOf(values.loss ?? "kl", losses, "loss");
    const sweeps = integer(values, "sweeps", 1) ?? 2;
    const asked = await recipeOf(values);
    if (!asked) throw new Usage("--recipe or --preset: missing, expected one of them");
    const opened = await openStudy(job.positionals[0] as string, job);
    try {
      const calibrating = async (done: number, total: number) => {
        signal.throwIfAborted();
        progress("calibrating", done, total);
      };
      const { study, recipe } = await withoutCorrection(opened, asked, calibrating);
      const ranges = wantsActivations(recipe) ? await study.ranges(calibrating) : undefined;
      const trace: Tried[] = [];
      const search = new ClipSearch({
        study,
        ranges,
        request: {
          recipe,
          method,
          loss,
          sweeps,
          samples: integer(values, "samples", 1) ?? study.split.calibration.length,
        },
        finish: signal,
        compare: true,
        hurried: () => signal.aborted,
        between: async (done, total) => {
          // Gives way, so that Ctrl-C is heard between two batches.
          await new Promise((resume) => setImmediate(resume));
          progress("choosing clips", done, total);
        },
        onStep: ({ evaluation, loss: each }) => trace.push({ evaluation, loss: each }),
      });
      const best = await search.run();
      const found = { ...best, recipe: asBefore(best.recipe, asked) };
      return {
        json: jsonOf(found, trace, study, method),
        text: textOf(found),
        ...(found.stopped && { interrupted: true }),
      };
    } finally {
      await opened.release();
    }
  },
};

function oneOf<T extends string>(text: string, known: readonly T[], flag: string): T {
  if (!known.includes(text as T)) throw new Usage(`--${flag}: ${text}, expected ${known.join(" or ")}`);
  return text as T;
}

function jsonOf(found: Optimized, trace: readonly Tried[], study: Study, method: string) {
  const { loss, heldOut, tallies, compared } = found;
  const top1 = (of: "before" | "after") => tallies?.[of].top1(of) ?? null;
  const floats = tallies?.after.sum("labelled") ? tallies.after : undefined;
  return {
    recipe: found.recipe,
    before: loss.before,
    after: loss.after,
    metric: loss.metric,
    method,
    n: loss.n,
    source: "measured",
    trace,
    starts: found.starts,
    evaluations: found.evaluations,
    sweeps: found.sweeps,
    heldOut: heldOut && { ...heldOut, starts: compared },
    top1: floats && {
      before: top1("before"),
      after: top1("after"),
      float: floats.sum("floatCorrect") / floats.sum("labelled"),
    },
    clips: found.of.map((of, i) => ({ ...of, before: found.before[i], after: found.after[i] })),
    complete: !found.stopped,
    ...dataReport(study),
    seconds: found.seconds,
  };
}

function textOf({ loss, heldOut, starts, evaluations, compared, tallies, stopped }: Optimized): string {
  const number = (value: number) => value.toPrecision(4);
  const head = `${loss.metric} ${number(loss.before)} → ${number(loss.after)} on ${loss.n} calibration samples, ${evaluations} evaluations${stopped ? " (interrupted: the best so far)" : ""}`;
  const percent = (value: number | null | undefined) =>
    typeof value === "number" ? (100 * value).toFixed(2) : "–";
  const known = new Map(compared.map((each) => [each.name, each]));
  const rows = starts.map(({ name, loss: each }) => {
    const held = known.get(name);
    return [name, number(each), held ? number(held.loss) : "–", percent(held?.top1)];
  });
  const ends = (["before", "after"] as const).map((of) => [
    of,
    number(loss[of]),
    heldOut ? number(heldOut[of]) : "–",
    percent(tallies?.[of].top1(of)?.value),
  ]);
  return `${head}\n\n${table(["clips", loss.metric, "held out", "top-1 %"], [...rows, ...ends])}`;
}
