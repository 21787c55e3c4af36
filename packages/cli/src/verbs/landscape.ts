// bitscape landscape MODEL: the loss over two clips, along directions of the weights, or how all clips are coupled.

import { common, dataFlags, integer } from "../flags.ts";
import { dataReport, openStudy, recipeOf } from "../opening.ts";
import { Usage } from "../usage.ts";
import type { Outcome, Verb } from "../verb.ts";
import { checkPlace, writeWhole } from "../writing.ts";
import type { Asked, Shown } from "./landscape/asked.ts";
import { coupling } from "./landscape/coupling.ts";
import { stepSlice } from "./landscape/step.ts";
import { weightSlice } from "./landscape/weight.ts";

const kinds: Readonly<Record<string, (asked: Asked) => Promise<Shown>>> = {
  step: stepSlice,
  weight: weightSlice,
  coupling,
};

export const landscape: Verb = {
  name: "landscape",
  takes: ["MODEL"],
  help: "the loss over two clips, along directions of the weights, or how all clips are coupled",
  flags: [
    ...common,
    ...dataFlags,
    "of",
    "kind",
    "grid",
    "bits",
    "axes",
    "directions",
    "radius",
    "targets",
    "samples",
    "recipe",
    "preset",
    "csv",
  ],
  async run(job): Promise<Outcome> {
    const { values, signal, progress } = job;
    const started = performance.now();
    const kind = values.kind ?? "step";
    const show = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (!show) throw new Usage(`--kind: ${kind}, expected ${Object.keys(kinds).join(", ")}`);
    if (values.csv !== undefined) await checkPlace(values.csv);
    const recipe = await recipeOf(values);
    const study = await openStudy(job.positionals[0] as string, job);
    try {
      const shown = await show({
        job,
        study,
        recipe,
        samples: integer(values, "samples", 1) ?? 128,
        grid: integer(values, "grid", 3) ?? 21,
        between: async (done, total) => {
          await new Promise((resume) => setImmediate(resume));
          signal.throwIfAborted();
          progress("measuring", done, total);
        },
      });
      if (values.csv !== undefined) {
        const text = shown.csv.map((row) => `${row.map(cellText).join(",")}\n`).join("");
        await writeWhole(values.csv, new TextEncoder().encode(text), new AbortController().signal);
      }
      const seconds = (performance.now() - started) / 1000;
      const json = { kind, ...shown.json, complete: shown.done, ...dataReport(study), seconds };
      return { json, text: shown.text, ...(!shown.done && { interrupted: true }) };
    } finally {
      await study.release();
    }
  },
};

/** Quoted where it holds what a table is divided by. */
const cellText = (cell: string | number) =>
  typeof cell === "string" && /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : String(cell);
