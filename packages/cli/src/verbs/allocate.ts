// bitscape allocate MODEL: bits for every layer under budgets, from a sensitivity report.

import {
  type AllocationOptions,
  allocateBits,
  type Budgets,
  evidenceInStyle,
  evidenceOf,
  exportNetwork,
  frontOf,
  highsSolver,
  layerOf,
  type Network,
  type Prepared,
  planRecipe,
  prepare,
  type Recipe,
  type Runtime,
  type SizeOf,
  STYLE_DOUBT,
  Study,
  sizeReport,
  styles,
  uniformOf,
} from "@bitscape/engine";
import { common, dataFlags, integer } from "../flags.ts";
import { dataReport, openData, openModel, recipeOf, runtimeFor, sensitivityAt, splitOf } from "../opening.ts";
import type { Job, Verb } from "../verb.ts";
import { type Asked, askedOf } from "./allocate/asked.ts";
import { underDrop } from "./allocate/drop.ts";
import type { Found } from "./allocate/found.ts";
import { underLatency } from "./allocate/latency.ts";
import { byMethod } from "./allocate/method.ts";
import { ownBeside } from "./allocate/own.ts";
import { underSearch } from "./allocate/search.ts";
import { ownJson, placeJson, textOf } from "./allocate/told.ts";

const solver = highsSolver(async () => (await import("highs")).default());
// Its schemes are as the report, or a preset, says.
const REPORTED = "reported";

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
    "method",
    "level",
    "groups",
    "bits",
    "max-latency",
    "latency-table",
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
    if (values.method !== undefined) return byMethod(job, values.method, solver);
    const started = performance.now();
    const asked = askedOf(values);
    const report = await sensitivityAt(values.sensitivity as string);
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
        coupled: asked.coupled(network),
        ...(Object.keys(asked.rest).length > 0 && { defaults: asked.rest }),
        ...(pairs && { pairs }),
      };
      const prepared = await prepare(network, evidence, size, options);
      const styled = async () => {
        // A preset says how widths are stored; without one, that is to be found too.
        const names = values.preset === undefined ? Object.keys(styles) : [];
        const found = new Map([[REPORTED, prepared]]);
        for (const name of names) {
          const own = evidenceInStyle(report.cells, asked.targets, name);
          // The report may be in this style already.
          if (JSON.stringify(own) === JSON.stringify(evidence)) continue;
          found.set(name, await prepare(network, own, size, { ...options, doubt: STYLE_DOUBT }));
        }
        return found;
      };
      const found = await (asked.drop !== undefined
        ? underDrop(await styled(), job, opened.study, asked.drop)
        : asked.latency
          ? underLatency({
              ...{ prepared, evidence, job, solver, runtime: opened.runtime, study: opened.study },
              budgets: asked.budgets(network),
              asked: asked.latency,
            })
          : opened.study && values.data !== undefined
            ? underSearch(await styled(), asked.budgets(network), job, opened.study, solver)
            : underBudgets(prepared, asked.budgets(network)));
      const { allocation, after } = found;
      const front = frontOf(after);
      const uniform = uniformOf(after, front);
      const measuring = values.data === undefined ? undefined : opened.study;
      const beside = own && (await ownBeside(found.tables ?? [after], own, front, job, measuring));
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
        interactions: [],
        front,
        uniform: uniform.map(placeJson),
        ...(beside && { own: ownJson(beside) }),
        ...found.json,
        ...(opened.study && dataReport(opened.study)),
        seconds: (performance.now() - started) / 1000,
      };
      const text = textOf(network, allocation, uniform, beside?.placed, report.metric, found.notes);
      return { json, text, ...found.outcome };
    } finally {
      await opened.study?.release();
    }
  },
};

interface Opened {
  readonly network: Network;
  readonly runtime: Runtime;
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
  for (const id of Object.keys(asked.locks)) layerOf(network, id);
  // A layer there is not is said before anything long is done.
  asked.coupled(network);
  const inside = {
    seed: integer(values, "seed") ?? 0,
    model: { name: network.name, sha256: network.sha256 },
  };
  const wants =
    asked.drop !== undefined || asked.targets.includes("activation") || asked.rest.activation !== undefined;
  if (!wants && values.data === undefined) {
    const size: SizeOf = async (recipe) =>
      sizeReport(network, exportNetwork(network, planRecipe(network, recipe), recipe));
    return { network, runtime, study: undefined, size, inside };
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
    runtime,
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
