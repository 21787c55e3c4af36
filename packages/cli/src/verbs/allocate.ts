// bitscape allocate MODEL: bits for every layer under budgets, from a sensitivity report.

import { basename } from "node:path";
import {
  type AllocationOptions,
  allocateBits,
  type Budgets,
  evidenceOf,
  exportNetwork,
  frontOf,
  highsSolver,
  layerOf,
  type Network,
  type Placed,
  type Prepared,
  parseSensitivity,
  place,
  planRecipe,
  prepare,
  type Recipe,
  type SizeOf,
  Study,
  sizeReport,
  uniformOf,
} from "@bitscape/engine";
import { common, dataFlags, integer } from "../flags.ts";
import { bytesAt, dataReport, openData, openModel, recipeOf, runtimeFor, splitOf } from "../opening.ts";
import { bytesText, table } from "../text.ts";
import { Usage } from "../usage.ts";
import type { Job, Verb } from "../verb.ts";
import { type Asked, askedOf } from "./allocate/asked.ts";
import { underDrop } from "./allocate/drop.ts";
import type { Found } from "./allocate/found.ts";

const solver = highsSolver(async () => (await import("highs")).default());

export const allocate: Verb = {
  name: "allocate",
  takes: ["MODEL"],
  help: "finds bits for every layer under budgets",
  flags: [
    ...common,
    ...dataFlags,
    "sensitivity",
    "size",
    "avg-bits",
    "max-bops",
    "max-drop",
    "evaluations",
    "samples",
    "lock",
    "rule",
    "couple",
    "targets",
    "preset",
    "recipe",
  ],
  async run(job) {
    const { values } = job;
    const started = performance.now();
    const asked = askedOf(values);
    const report = parseSensitivity(await jsonAt(values.sensitivity), basename(values.sensitivity as string));
    // --recipe is a configuration to place beside the front; --preset says how the chosen widths are stored.
    const own = await recipeOf({ ...(values.recipe !== undefined && { recipe: values.recipe }) });
    const opened = await open(job, asked);
    try {
      const { network, size, inside } = opened;
      const evidence = evidenceOf(network, report.cells, asked.targets, asked.defaults);
      const { pairs } = report;
      const options: AllocationOptions = {
        inside,
        rules: asked.rules,
        locks: asked.locks,
        coupled: asked.coupled,
        ...(Object.keys(asked.rest).length > 0 && { defaults: asked.rest }),
        ...(pairs && { pairs }),
      };
      const prepared = await prepare(network, evidence, size, options);
      const found =
        asked.drop === undefined
          ? await underBudgets(prepared, asked.budgets(network))
          : await underDrop(prepared, job, opened.study, asked.drop);
      const { allocation, after } = found;
      const front = frontOf(after);
      const uniform = uniformOf(after, front);
      const placed = own ? await place(after, "own", own, front) : undefined;
      const json = {
        recipe: allocation.recipe,
        bytes: allocation.bytes,
        floatBytes: network.bytes,
        averageBits: allocation.bits ?? null,
        bops: allocation.bops ?? null,
        metric: report.metric,
        predicted: allocation.predicted,
        gap: allocation.gap ?? null,
        by: allocation.by ?? "measured",
        interactions: pairs !== undefined,
        front,
        uniform: uniform.map(placeJson),
        ...(placed && { own: placeJson(placed) }),
        ...found.json,
        ...(opened.study && dataReport(opened.study)),
        seconds: (performance.now() - started) / 1000,
      };
      return { json, text: textOf(network, allocation, uniform, placed, report.metric), ...found.outcome };
    } finally {
      await opened.study?.release();
    }
  },
};

async function jsonAt(path = ""): Promise<unknown> {
  try {
    return JSON.parse(new TextDecoder().decode(await bytesAt(path)));
  } catch (error) {
    if (error instanceof Usage) throw error;
    throw new Usage(`${path}: not JSON, expected what bitscape sensitivity --json wrote`);
  }
}

interface Opened {
  readonly network: Network;
  readonly study: Study | undefined;
  readonly size: SizeOf;
  /** What every file carries besides the decision. */
  readonly inside: Partial<Recipe>;
}

/** Weights alone need no data: sizes follow from the network. Activations need their ranges, and a drop needs samples. */
async function open(job: Job, asked: Asked): Promise<Opened> {
  const { values, signal, progress } = job;
  const runtime = runtimeFor(values);
  const { network } = await openModel(job.positionals[0] as string, job, runtime);
  for (const id of [...Object.keys(asked.locks), ...asked.coupled.flat()]) layerOf(network, id);
  const inside = {
    seed: integer(values, "seed") ?? 0,
    model: { name: network.name, sha256: network.sha256 },
  };
  const wants =
    asked.drop !== undefined || asked.targets.includes("activation") || asked.rest.activation !== undefined;
  if (!wants && values.data === undefined) {
    const size: SizeOf = async (recipe) =>
      sizeReport(network, exportNetwork(network, planRecipe(network, recipe), recipe));
    return { network, study: undefined, size, inside };
  }
  const { dataset, preprocess } = await openData(network, job);
  const study = await Study.open(network, dataset, runtime, splitOf(values));
  const between = async (done: number, total: number) => {
    signal.throwIfAborted();
    if (total > 1) progress("calibrating", done, total);
  };
  const images = preprocess && dataset.kind === "real" ? preprocess : undefined;
  return {
    network,
    study,
    size: async (recipe) => sizeReport(network, await study.exported(recipe, between)),
    inside: {
      ...inside,
      ...(images && { preprocess: { ...images, mean: [...images.mean], std: [...images.std] } }),
    },
  };
}

async function underBudgets(prepared: Prepared, budgets: Budgets): Promise<Found> {
  const allocation = await allocateBits(prepared, budgets, solver);
  return { allocation, after: prepared, json: { budgets }, outcome: {} };
}

function placeJson({ name, bytes, predicted, dominatedBy }: Placed) {
  return { name, bytes, value: predicted?.value ?? null, predicted, dominatedBy };
}

function textOf(
  network: Network,
  { bytes, predicted, gap, bits }: Found["allocation"],
  uniform: readonly Placed[],
  own: Placed | undefined,
  metric: string,
): string {
  const rows = [...uniform, ...(own ? [own] : [])].map(
    ({ name, bytes: size, predicted: loss, dominatedBy }) => [
      name,
      size,
      loss ? loss.value.toExponential(2) : "–",
      dominatedBy ? `${dominatedBy.value.toExponential(2)} in ${Math.ceil(dominatedBy.bytes)} bytes` : "–",
    ],
  );
  const percent = ((100 * bytes) / network.bytes).toPrecision(3);
  const interval = `${predicted.low.toExponential(2)} to ${predicted.high.toExponential(2)}`;
  const head = `${bytesText(network.bytes)} → ${bytesText(bytes)} (${percent} %), ${metric} ${predicted.value.toExponential(2)} predicted (95 %: ${interval})`;
  const more = [
    bits !== undefined && `${bits.toPrecision(3)} bits on average`,
    gap !== undefined &&
      (gap === 0 ? "proven optimal" : `within ${(100 * gap).toPrecision(2)} % of the optimum`),
  ].filter((each) => each !== false);
  const tail = rows.length > 0 ? `\n\n${table(["recipe", "bytes", metric, "dominated by"], rows)}` : "";
  return `${[head, ...more].join(", ")}${tail}`;
}
