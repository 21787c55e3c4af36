// bitscape quantize MODEL: writes the file that a recipe or a preset asks for.

import { readFile } from "node:fs/promises";
import { layerOf, type Recipe, wantsActivations } from "@bitscape/engine";
import { encodeChunks, encodedSize } from "@bitscape/graph";
import { common, dataFlags } from "../flags.ts";
import { dataReport, openStudy, recipeOf } from "../opening.ts";
import { bytesText } from "../text.ts";
import { Usage } from "../usage.ts";
import type { Verb } from "../verb.ts";
import { writeWhole } from "../writing.ts";

export const quantize: Verb = {
  name: "quantize",
  takes: ["MODEL"],
  help: "writes the quantized file",
  flags: [...common, ...dataFlags, "recipe", "preset", "unchecked"],
  ownOutput: true,
  async run(job) {
    const { values, signal, progress } = job;
    const { output } = values;
    if (output === undefined) throw new Usage("--output: missing, expected the file to write");
    const asked = await recipeOf(values);
    if (!asked) throw new Usage("--recipe or --preset: missing, expected one of them");
    const study = await openStudy(job.positionals[0] as string, job, defined(asked.preprocess), (of) => {
      for (const layer of Object.keys(asked.layers ?? {})) layerOf(of, layer);
    });
    const { network, dataset } = study;
    const recipe: Recipe = {
      ...asked,
      model: { name: network.name, sha256: network.sha256 },
      ...(study.preprocess && dataset.kind === "real" && { preprocess: mutable(study.preprocess) }),
    };
    const between = async (done: number, total: number) => {
      signal.throwIfAborted();
      progress("calibrating", done, total);
    };
    const exported = await study.exported(asked, between, recipe);
    const { model, opset, plan } = exported;
    if (plan.weights.size + plan.points.size === 0) {
      throw new Usage(
        `${network.name}: nothing to quantize under this recipe, expected a layer with a scheme`,
      );
    }
    const warnings = [...exported.warnings];
    if (dataset.kind === "synthetic" && wantsActivations(recipe)) {
      warnings.push(
        "activation ranges come from synthetic inputs: expect worse accuracy than with real data",
      );
    }
    const { bytes, sha256 } = await writeWhole(output, encodeChunks(model), signal, async (temporary) => {
      if (values.unchecked) return;
      // Written files must load and run: one sample proves it before the file gets its name.
      const file = new Uint8Array(await readFile(temporary));
      const session = await study.runtime.load(file);
      await session.run(await dataset.batch([0]));
      await session.release();
    });
    if (bytes !== encodedSize(model))
      throw new Error(`${output}: ${bytes} bytes written, expected ${encodedSize(model)}`);
    await study.release();
    const json = {
      output,
      bytes,
      sha256,
      floatBytes: network.bytes,
      opset,
      recipe,
      weights: [...plan.weights.values()].map(({ layer, weight, scheme }) => ({
        layer: layer.id,
        weight: weight.name,
        elements: weight.elements,
        scheme,
      })),
      activations: plan.points.size,
      ...dataReport(study),
      warnings,
    };
    const text = [
      `${output}: ${bytesText(network.bytes)} → ${bytesText(bytes)}, opset ${opset}, ${plan.weights.size} weights and ${plan.points.size} activations quantized`,
      ...warnings.map((each) => `warning: ${each}`),
    ];
    return { json, text: text.join("\n") };
  },
};

function mutable<T extends { mean: readonly number[]; std: readonly number[] }>(preprocess: T) {
  return { ...preprocess, mean: [...preprocess.mean], std: [...preprocess.std] };
}

function defined<T extends object>(fields: T | undefined): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields ?? {}).filter(([, value]) => value !== undefined)) as never;
}
