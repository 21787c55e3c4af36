// --max-latency: the recipe that loses least among those that run within a time, measured here or read from a table.

import { basename } from "node:path";
import {
  allocateBits,
  allocateWithin,
  type Budgets,
  type Evidence,
  givenTimes,
  type LatencyLimit,
  type LatencyReport,
  latencyOf,
  type Prepared,
  parseLatencyTable,
  type Runtime,
  type Study,
  type TimedAllocation,
  type Timing,
  Timings,
  timedFeeds,
  timedLayers,
  timedModel,
} from "@bitscape/engine";
import type { IntegerSolver } from "@bitscape/methods";
import type { Values } from "../../flags.ts";
import { bytesAt, checkRunnable } from "../../opening.ts";
import { Usage } from "../../usage.ts";
import type { Job } from "../../verb.ts";
import type { Found } from "./found.ts";

export interface LatencyAsked {
  readonly limit: LatencyLimit;
  /** Path of a table to be used instead of measuring. */
  readonly table: string | undefined;
}

/** What --max-latency and --latency-table ask; undefined without the first. */
export function latencyAsked(values: Values): LatencyAsked | undefined {
  const { "max-latency": text, "latency-table": table } = values;
  if (text === undefined) {
    if (table !== undefined) throw new Usage("--latency-table: without --max-latency, expected both");
    return undefined;
  }
  const percent = text.endsWith("%");
  const value = Number(percent ? text.slice(0, -1) : text);
  if (!(value > 0))
    throw new Usage(
      `--max-latency: ${text}, expected milliseconds, or a percentage of the float run such as 60%`,
    );
  return { limit: percent ? { part: value / 100 } : { seconds: value / 1000 }, table };
}

export interface LatencyJob {
  readonly prepared: Prepared;
  readonly evidence: readonly Evidence[];
  readonly budgets: Budgets;
  readonly asked: LatencyAsked;
  readonly job: Job;
  readonly runtime: Runtime;
  readonly study: Study | undefined;
  readonly solver: IntegerSolver;
}

export async function underLatency(given: LatencyJob): Promise<Found> {
  return given.asked.table === undefined ? measuredHere(given) : fromTable(given, given.asked.table);
}

async function fromTable(
  { prepared, evidence, budgets, asked, solver }: LatencyJob,
  path: string,
): Promise<Found> {
  const table = parseLatencyTable(new TextDecoder().decode(await bytesAt(path)), basename(path));
  const { times, factor, float } = givenTimes(timedLayers(prepared.network), table, evidence);
  const { limit } = asked;
  const seconds = "part" in limit ? limit.part * float : limit.seconds;
  const after = { ...prepared, options: { ...prepared.options, times } };
  const allocation = await allocateBits(after, { ...budgets, seconds }, solver);
  const json = {
    budgets: { ...budgets, seconds },
    latency: {
      source: basename(path),
      factor,
      floatMs: 1000 * float,
      predictedMs: 1000 * (allocation.seconds ?? 0),
    },
  };
  return { allocation, after, json, outcome: {} };
}

async function measuredHere({
  prepared,
  evidence,
  budgets,
  asked,
  job,
  runtime,
  study,
  solver,
}: LatencyJob): Promise<Found> {
  const { signal, progress } = job;
  const { network, options } = prepared;
  checkRunnable(network);
  const timings = new Timings(runtime);
  const kept = {
    ...(options.defaults && { defaults: options.defaults }),
    ...(options.layers && { layers: options.layers }),
  };
  const report = await latencyOf(
    network,
    timings,
    { schemes: evidence, kept },
    {
      between: async (done, total) => {
        signal.throwIfAborted();
        if (total > 0) progress("timing layers", done, total);
      },
    },
  );
  const between = async () => signal.throwIfAborted();
  const found = await allocateWithin({
    network,
    prepared,
    timings,
    times: report.times,
    float: report.endToEnd[0]?.timing.seconds ?? 0,
    limit: asked.limit,
    budgets,
    solver,
    model: async (recipe) =>
      study ? (await study.exported(recipe, between)).model : timedModel(network, recipe),
    feeds: await timedFeeds(network),
    between,
  });
  return {
    allocation: found.allocation,
    after: { ...prepared, options: { ...options, times: report.times } },
    json: { budgets: { ...budgets, seconds: found.limit }, latency: latencyJson(report, found, found.trace) },
    outcome: { ...(!found.met && { met: false }) },
  };
}

function latencyJson(report: LatencyReport, found: TimedAllocation, trace: readonly TimedAllocation[]) {
  return {
    source: report.runtime,
    factor: report.factor,
    files: report.endToEnd.map(({ name, timing, sum, factor }) => ({
      name,
      ...ms(timing),
      sumMs: 1000 * sum,
      factor,
    })),
    float: ms(found.float),
    measured: ms(found.measured),
    part: found.part,
    limitMs: 1000 * found.limit,
    met: found.met,
    trace: trace.map(({ allocation, measured, float, part, limit, met }) => ({
      predicted: allocation.predicted.value,
      predictedMs: 1000 * (allocation.seconds ?? 0),
      measured: ms(measured),
      floatMs: 1000 * float.seconds,
      part,
      limitMs: 1000 * limit,
      met,
    })),
  };
}

function ms({ seconds, low, high, n }: Timing) {
  return { ms: 1000 * seconds, low: 1000 * low, high: 1000 * high, n };
}
