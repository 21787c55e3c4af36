// bitscape quantize MODEL: writes the file that a recipe or a preset asks for. Recipes of weights alone are written
// tensor by tensor, from file to file: no session, and memory that the largest tensor bounds.

import { basename } from "node:path";
import {
  type Dataset,
  type Exported,
  exportNetwork,
  layerOf,
  leastBatch,
  type Network,
  needsRunning,
  oneLabelEach,
  type Plan,
  type Preprocess,
  planRecipe,
  type Recipe,
  type Runtime,
  repairsOf,
  type Split,
  Study,
  splitData,
  wantsActivations,
} from "@bitscape/engine";
import { encodedSize, encodedSizes, encodeFiles, LARGEST_MESSAGE, type Model } from "@bitscape/graph";
import { common, dataFlags } from "../flags.ts";
import { modelAt } from "../node/model.ts";
import {
  checkRunnable,
  dataReport,
  openData,
  openModel,
  recipeOf,
  runtimeFor,
  splitOf,
  turn,
} from "../opening.ts";
import { bytesText } from "../text.ts";
import { Usage } from "../usage.ts";
import type { Job, Verb } from "../verb.ts";
import { type Written, writeFiles } from "../writing.ts";
import { integerFlags, integerText, withArithmetic } from "./integer.ts";
import { repairText, withRepairs } from "./repairs.ts";
import { withTokens } from "./tokens.ts";

// A larger file is not opened again unasked: a session takes more memory than all the writing.
const CHECKED_BYTES = 2 ** 28;
// Without data, a larger network's samples are made up only where it is run.
const SAMPLED_BYTES = 2 ** 30;

export const quantize: Verb = {
  name: "quantize",
  takes: ["MODEL"],
  help: "writes the quantized file",
  flags: [
    ...common,
    ...dataFlags,
    "recipe",
    "preset",
    "external-data",
    "checked",
    "unchecked",
    "fold-tokens",
    "repair",
    ...integerFlags,
  ],
  ownOutput: true,
  async run(job) {
    const { values } = job;
    const started = performance.now();
    const { output } = values;
    if (output === undefined) throw new Usage("--output: missing, expected the file to write");
    if (values.checked && values.unchecked) {
      throw new Usage("--checked and --unchecked: both given, expected one of them");
    }
    const named = await recipeOf(values);
    if (!named) throw new Usage("--recipe or --preset: missing, expected one of them");
    const wanted = withRepairs(withArithmetic(named, values), values);
    const runtime = runtimeFor(values);
    const { network: opened } = await openModel(job.positionals[0] as string, job, runtime);
    for (const layer of Object.keys(wanted.layers ?? {})) layerOf(opened, layer);
    const data = await dataOf(opened, wanted, job);
    const tokens = await withTokens({ network: opened, recipe: wanted, data, runtime }, job);
    const { network, recipe: asked } = tokens;
    const recipe: Recipe = {
      ...asked,
      model: { name: network.name, sha256: network.sha256 },
      ...(data?.preprocess && data.dataset.kind === "real" && { preprocess: mutable(data.preprocess) }),
    };
    const exported = await exportedOf(network, data, runtime, asked, recipe, job);
    const { model, opset, plan } = exported;
    if (plan.weights.size + plan.points.size === 0) {
      throw new Usage(
        `${network.name}: nothing to quantize under this recipe, expected a layer with a scheme`,
      );
    }
    const warnings = [...exported.warnings, ...(tokens.sentence === undefined ? [] : [tokens.sentence])];
    if (data?.dataset.kind === "synthetic" && wantsActivations(recipe)) {
      warnings.push(
        "activation ranges come from synthetic inputs: expect worse accuracy than with real data",
      );
    }
    const { written, unchecked } = await write(model, output, job, data?.dataset, runtime);
    if (unchecked !== undefined) warnings.push(unchecked);
    const [file, beside] = written as readonly [Written, Written?];
    const bytes = written.reduce((sum, each) => sum + each.bytes, 0);
    const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
    const seconds = (performance.now() - started) / 1000;
    const json = {
      output,
      bytes,
      sha256: file.sha256,
      ...(beside && { externalData: beside }),
      floatBytes: network.bytes,
      opset,
      recipe,
      weights: [...plan.weights.values()].map(({ layer, weight, scheme }) => ({
        layer: layer.id,
        weight: weight.name,
        elements: weight.elements,
        scheme,
      })),
      tensors: exported.tensors,
      ...(exported.integer && { integer: exported.integer }),
      ...(wanted.repairs && { repairs: repairsOf({ model }) }),
      activations: plan.points.size,
      ...(data ? dataReport(data) : { data: null }),
      warnings,
      peakMemoryBytes,
      seconds,
    };
    const text = [
      `${output}: ${bytesText(network.bytes)} → ${bytesText(bytes)}, opset ${opset}, ${plan.weights.size} weights and ${plan.points.size} activations quantized`,
      ...(beside ? [`external data: ${beside.path}, ${bytesText(beside.bytes)}`] : []),
      ...(exported.integer ? integerText(exported.integer) : []),
      ...repairText(model),
      `peak resident memory ${bytesText(peakMemoryBytes)}, ${seconds.toFixed(1)} s`,
      ...warnings.map((each) => `warning: ${each}`),
    ];
    return { json, text: text.join("\n") };
  },
};

interface Data {
  readonly dataset: Dataset;
  readonly split: Split;
  readonly preprocess: Preprocess | undefined;
}

/** The data to calibrate and check with; none where nothing needs them and the network is too large to run by the way. */
async function dataOf(network: Network, asked: Recipe, job: Job): Promise<Data | undefined> {
  const { values } = job;
  const idle = values.data === undefined && !needsRunning(asked) && !values.checked;
  if (idle && network.bytes > SAMPLED_BYTES) return undefined;
  const { dataset, preprocess } = await openData(network, job, defined(asked.preprocess));
  return { dataset, preprocess, split: splitData(dataset.size, splitOf(values), oneLabelEach(dataset)) };
}

async function exportedOf(
  network: Network,
  data: Data | undefined,
  runtime: Runtime,
  asked: Recipe,
  inside: Recipe,
  { values, signal, progress }: Job,
): Promise<Exported & { plan: Plan }> {
  if (!data || !needsRunning(asked)) {
    const plan = planRecipe(network, asked);
    return { ...exportNetwork(network, plan, inside), plan };
  }
  checkRunnable(network);
  const study = await Study.open(network, data.dataset, runtime, splitOf(values));
  const between = async (done: number, total: number) => {
    signal.throwIfAborted();
    progress("calibrating", done, total);
  };
  const exported = await study.exported(asked, between, inside);
  await study.release();
  return exported;
}

/** Writes the model's file and, where it must or was asked for, one of external data; `unchecked` says why it was not run. */
async function write(
  model: Model,
  output: string,
  { values, signal, progress }: Job,
  dataset: Dataset | undefined,
  runtime: Runtime,
): Promise<{ written: readonly Written[]; unchecked?: string }> {
  const split = values["external-data"] || encodedSize(model) > LARGEST_MESSAGE;
  const location = split ? `${basename(output)}.data` : undefined;
  const sizes = encodedSizes(model, location);
  const total = sizes.model + sizes.data;
  // External data are named first, so that the model is never there without them.
  const paths = split ? [`${output}.data`, output] : [output];
  const at = { data: 0, model: paths.length - 1 };
  async function* chunks() {
    let done = 0;
    const between = () => turn(signal);
    for await (const { to, bytes } of encodeFiles(model, { ...(location && { location }), between })) {
      yield { at: at[to], bytes };
      done += bytes.byteLength;
      progress("writing", done, total);
    }
  }
  const large = total > CHECKED_BYTES && !values.checked;
  const written = await writeFiles(paths, chunks(), signal, async (temporary) => {
    if (values.unchecked || large || !dataset) return;
    // Written files must load and run: one sample proves it before the file gets its name.
    const session = await runtime.load(modelAt(temporary.at(-1) as string));
    try {
      await session.run(await dataset.batch(leastBatch({ model })));
    } finally {
      await session.release();
    }
  });
  for (const { path, bytes } of written) {
    const expected = sizes[path === output ? "model" : "data"];
    if (bytes !== expected) throw new Error(`${path}: ${bytes} bytes written, expected ${expected}`);
  }
  const unchecked = `${output}: ${bytesText(total)}, written but not run, expected under ${bytesText(CHECKED_BYTES)} to be run unasked (--checked runs it)`;
  return { written: written.toReversed(), ...(large && !values.unchecked && { unchecked }) };
}

function mutable<T extends { mean: readonly number[]; std: readonly number[] }>(preprocess: T) {
  return { ...preprocess, mean: [...preprocess.mean], std: [...preprocess.std] };
}

function defined<T extends object>(fields: T | undefined): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields ?? {}).filter(([, value]) => value !== undefined)) as never;
}
