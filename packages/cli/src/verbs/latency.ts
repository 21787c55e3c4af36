// bitscape latency MODEL: what every layer takes in every scheme on this device, and what a whole run takes beside the sum.
// What it writes is what allocate --latency-table reads.

import {
  type Column,
  columnScheme,
  type LatencyRow,
  latencyOf,
  type Network,
  presets,
  type Timing,
  Timings,
} from "@bitscape/engine";
import { columnOf } from "../column.ts";
import { common, list } from "../flags.ts";
import { checkRunnable, openModel, runtimeFor } from "../opening.ts";
import { table } from "../text.ts";
import { Usage } from "../usage.ts";
import type { Verb } from "../verb.ts";

export const latency: Verb = {
  name: "latency",
  takes: ["MODEL"],
  help: "times every layer on this device in each scheme, and whole runs",
  flags: [...common, "pin", "bits", "preset"],
  async run(job) {
    const { values, progress, signal } = job;
    const started = performance.now();
    const columns = (list(values, "bits") ?? ["8", "4"]).map((text) => columnOf(text, "bits"));
    const preset = presets[values.preset ?? "w8a8"];
    if (!preset)
      throw new Usage(`--preset: ${values.preset}, expected one of ${Object.keys(presets).join(", ")}`);
    const runtime = runtimeFor(values);
    const { network } = await openModel(job.positionals[0] as string, job, runtime);
    checkRunnable(network);
    const schemes = columns.flatMap((column) => schemesOf(network, column, preset.weight));
    const kept = preset.activation === undefined ? {} : { defaults: { activation: preset.activation } };
    const report = await latencyOf(
      network,
      new Timings(runtime),
      { schemes, kept },
      {
        between: async (done, total) => {
          signal.throwIfAborted();
          if (total > 0) progress("timing layers", done, total);
        },
      },
    );
    const json = {
      runtime: report.runtime,
      activations: preset.activation === undefined ? "float" : preset.activation,
      rows: report.rows.map((row) => rowJson(row)),
      endToEnd: report.endToEnd.map(({ name, timing, sum, factor: own }) => ({
        name,
        ...milliseconds(timing),
        sumMs: 1000 * sum,
        factor: own,
      })),
      factor: report.factor,
      seconds: (performance.now() - started) / 1000,
    };
    return { json, text: textOf(report.rows, json) };
  },
};

function schemesOf({ layers }: Network, column: Column, choice: Parameters<typeof columnScheme>[2]) {
  const scheme = columnScheme("weight", column, choice);
  if (scheme === "float") return [];
  return layers
    .filter(({ weights }) => weights.length > 0)
    .map(({ id }) => ({ layer: id, target: "weight" as const, key: String(column), scheme }));
}

const schemeOf = ({ weight, activation }: LatencyRow) =>
  [weight, activation].filter((each) => each !== null).join("/") || "kept";

function milliseconds({ seconds, low, high, n }: Timing) {
  return { ms: 1000 * seconds, low: 1000 * low, high: 1000 * high, n };
}

function rowJson(row: LatencyRow) {
  const { layer, op, timing, failure } = row;
  return {
    layer,
    op,
    scheme: schemeOf(row),
    ...(timing ? milliseconds(timing) : { ms: null, reason: failure }),
  };
}

function textOf(
  rows: readonly LatencyRow[],
  {
    runtime,
    endToEnd,
  }: {
    readonly runtime: string;
    readonly endToEnd: readonly {
      readonly name: string;
      readonly ms: number;
      readonly sumMs: number;
      readonly factor: number;
    }[];
  },
): string {
  const schemes = [...new Set(rows.map(schemeOf))];
  const layers = [...new Map(rows.map((row) => [row.layer, row])).values()];
  const cell = (layer: string, scheme: string) => {
    const found = rows.find((row) => row.layer === layer && schemeOf(row) === scheme);
    return found?.timing ? (1000 * found.timing.seconds).toPrecision(3) : "–";
  };
  const own = table(
    ["layer", "op", ...schemes.map((scheme) => `${scheme} ms`)],
    layers.map(({ layer, op }) => [layer, op, ...schemes.map((scheme) => cell(layer, scheme))]),
  );
  const whole = table(
    ["file", "ms end to end", "ms in sum", "factor"],
    endToEnd.map(({ name, ms, sumMs, factor }) => [
      name,
      ms.toPrecision(3),
      sumMs.toPrecision(3),
      factor.toPrecision(3),
    ]),
  );
  return `${runtime}, medians of layers alone\n${own}\n\n${whole}`;
}
