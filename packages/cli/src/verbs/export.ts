// bitscape export RECIPE --model MODEL --for TOOL: the same decision in another tool's words. What that tool cannot be told is
// said, in its file and here. Files that belong to it are written beside it.

import { dirname, join } from "node:path";
import { configurationFor, elsewhere, wantsActivations } from "@bitscape/engine";
import { common, dataFlags } from "../flags.ts";
import { openStudy, recipeOf, sensitivityAt } from "../opening.ts";
import { Usage } from "../usage.ts";
import type { Verb } from "../verb.ts";
import { writeWhole } from "../writing.ts";

const ids = elsewhere.map(({ id }) => id).join(", ");

export const exportElsewhere: Verb = {
  name: "export",
  takes: ["RECIPE"],
  help: "the same decision in another tool's words",
  flags: [...common, ...dataFlags, "model", "for", "sensitivity"],
  ownOutput: true,
  async run(job) {
    const { values, signal, progress } = job;
    const tool = elsewhere.find(({ id }) => id === values.for);
    if (!tool) throw new Usage(`--for: ${values.for ?? "missing"}, expected ${ids}`);
    if (values.model === undefined)
      throw new Usage("--model: missing, expected the float network of the recipe");
    const recipe = await recipeOf({ ...values, recipe: job.positionals[0] as string });
    if (!recipe) throw new Usage("recipe: missing, expected a file");
    if (wantsActivations(recipe) && values.data === undefined)
      throw new Usage("--data: missing, expected samples to calibrate the recipe's activations on");
    const { sensitivity } = values;
    const known = sensitivity === undefined ? undefined : await sensitivityAt(sensitivity);
    const study = await openStudy(values.model, job);
    try {
      const between = async (done: number, total: number) => {
        signal.throwIfAborted();
        progress("calibrating", done, total);
      };
      const { name, text, beside, left } = await configurationFor(
        tool.id,
        study.network,
        recipe,
        (plain) => study.plan(plain, between),
        known,
      );
      const output = values.output ?? name;
      const files = [
        { output, text },
        ...(beside ?? []).map((each) => ({ output: join(dirname(output), each.name), text: each.text })),
      ];
      for (const each of files) await writeWhole(each.output, new TextEncoder().encode(each.text), signal);
      return {
        json: {
          output,
          ...(beside && { beside: files.slice(1).map((each) => each.output) }),
          for: tool.id,
          left,
        },
        text: [
          `${files.map((each) => each.output).join(", ")}: for ${tool.title}`,
          ...left.map((each) => `not in it: ${each}`),
        ].join("\n"),
      };
    } finally {
      await study.release();
    }
  },
};
