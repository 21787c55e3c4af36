// bitscape sensitivity MODEL: the heatmap, cell by cell: measured, predicted from gradients, or both.

import {
  baseSchemes,
  type Cell,
  type Column,
  cellName,
  cellsOf,
  columnScheme,
  type Estimator,
  formatFacts,
  type PredictReport,
  type Study,
  type Target,
} from "@bitscape/engine";
import { columnOf } from "../column.ts";
import { common, dataFlags, integer, list, number } from "../flags.ts";
import { dataReport, openStudy } from "../opening.ts";
import { table } from "../text.ts";
import { Usage } from "../usage.ts";
import type { Job, Verb } from "../verb.ts";

const targetNames: readonly Target[] = ["weight", "activation"];
const estimators: readonly Estimator[] = ["gauss-newton", "fisher", "hawq"];

/** What a mode finds. */
interface Found {
  readonly cells: readonly Cell[];
  readonly forwardPasses: number;
  readonly report?: PredictReport;
  /** Nothing is left to do. */
  readonly complete: boolean;
}

interface Asked {
  readonly study: Study;
  readonly job: Job;
  readonly bits: readonly Column[];
  readonly targets: readonly Target[];
  readonly samples: number;
  readonly estimator: Estimator;
  readonly pairs: Column | undefined;
}

interface Mode {
  readonly samples: number;
  readonly find: (asked: Asked) => Promise<Found>;
}

const modes: Readonly<Record<string, Mode>> = {
  measured: { samples: 64, find: measured },
  predicted: { samples: 256, find: predicted },
  anytime: { samples: 256, find: anytime },
};

async function measured({ study, job, bits, targets, samples }: Asked): Promise<Found> {
  const { signal, progress } = job;
  const keys = cellsOf(study.network, bits, targets);
  const indices = study.samples(samples);
  const cells: Cell[] = [];
  for (const [done, key] of keys.entries()) {
    if (signal.aborted) break;
    progress("measuring", done, keys.length);
    try {
      cells.push(await study.cell(key, indices, async () => signal.throwIfAborted()));
    } catch (error) {
      if (signal.aborted) break;
      const none = {
        value: Number.NaN,
        low: Number.NaN,
        high: Number.NaN,
        n: 0,
        source: "measured",
      } as const;
      const failure = (error as Error).message;
      cells.push({ ...key, finding: { ...none, of: cellName(key) }, drop: null, failure });
    }
  }
  progress("measuring", keys.length, keys.length);
  const finished = cells.filter(({ failure }) => failure === undefined).length;
  return { cells, forwardPasses: finished * indices.length, complete: !signal.aborted };
}

async function predicted({ study, job, ...request }: Asked): Promise<Found> {
  const { signal, progress } = job;
  const cells: Cell[] = [];
  const { pairs, bits, targets, samples, estimator } = request;
  try {
    const report = await study.predict(
      { bits, targets, samples, estimator, ...(pairs !== undefined && { pairs }) },
      (found) => cells.push(...found),
      async (done, total) => {
        progress("predicting", Math.round(done), total);
        signal.throwIfAborted();
      },
    );
    return { cells, report, forwardPasses: report.forwardPasses, complete: true };
  } catch (error) {
    if (!signal.aborted) throw error;
    return { cells, forwardPasses: 0, complete: false };
  }
}

async function anytime(asked: Asked): Promise<Found> {
  const { study, job, bits, targets, samples } = asked;
  const { signal, progress, values } = job;
  const budget = number(values, "budget");
  const deadline = budget === undefined ? Number.POSITIVE_INFINITY : performance.now() + 1000 * budget;
  const first = await predicted(asked);
  const known = new Map(first.cells.map((cell) => [cellName(cell), cell]));
  let passes = 0;
  const over = new DOMException("The budget is spent.", "AbortError");
  const onCell = (cell: Cell) => known.set(cellName(cell), cell);
  try {
    await study.anytime({ bits, targets, samples, anytime: true }, onCell, async (done, total) => {
      progress("measuring", done, total);
      passes = done;
      signal.throwIfAborted();
      if (performance.now() > deadline) throw over;
    });
  } catch (error) {
    if (!signal.aborted && error !== over) throw error;
    return {
      ...first,
      cells: [...known.values()],
      forwardPasses: first.forwardPasses + passes,
      complete: false,
    };
  }
  return { ...first, cells: [...known.values()], forwardPasses: first.forwardPasses + passes };
}

export const sensitivity: Verb = {
  name: "sensitivity",
  takes: ["MODEL"],
  help: "what each layer's weights and activations cost in each format: measured, or predicted from gradients",
  flags: [...common, ...dataFlags, "bits", "mode", "estimator", "pairs", "budget", "samples", "targets"],
  async run(job) {
    const { values, signal, say } = job;
    const started = performance.now();
    const name = values.mode ?? "measured";
    const mode = Object.hasOwn(modes, name) ? modes[name] : undefined;
    if (!mode) throw new Usage(`--mode: ${name}, expected ${Object.keys(modes).join(", ")}`);
    const bits = (list(values, "bits") ?? ["2", "3", "4", "6", "8"]).map((text) => columnOf(text, "bits"));
    const targets = (list(values, "targets") ?? targetNames).map((text) => {
      if (!targetNames.includes(text as Target))
        throw new Usage(`--targets: ${text}, expected weight, activation or both`);
      return text as Target;
    });
    const estimator = (values.estimator ?? "gauss-newton") as Estimator;
    if (!estimators.includes(estimator))
      throw new Usage(`--estimator: ${estimator}, expected ${estimators.join(", ")}`);
    const pairs = values.pairs === undefined ? undefined : columnOf(values.pairs, "pairs");
    for (const flag of ["estimator", "pairs"] as const) {
      if (values[flag] !== undefined && name === "measured")
        throw new Usage(`--${flag}: given with --mode measured, expected it with predicted or anytime`);
    }
    const wanted = integer(values, "samples", 1) ?? mode.samples;
    const study = await openStudy(job.positionals[0] as string, job);
    const samples = study.samples(wanted);
    const asked = { study, job, bits, targets, samples: samples.length, estimator, pairs };
    const { cells, report, forwardPasses, complete } = await mode.find(asked);
    const failed = cells.filter(({ failure }) => failure !== undefined);
    const found = cells.filter(({ failure }) => failure === undefined);
    const interrupted = signal.aborted;
    const without = report?.without ?? [];
    // Where nothing could be measured, what was given is to blame, not a cell.
    if (found.length === 0 && failed[0] && !interrupted) throw new Error(failed[0].failure);
    for (const { layer, reason } of without) say(`not predicted: ${layer}: ${reason}`);
    const { dataset } = study;
    const json = {
      metric: study.reference.metric,
      n: samples.length,
      mode: name,
      ...(report && { estimator: report.estimator, without }),
      ...dataReport(study),
      sampleIndices: samples,
      ...(dataset.sampleNames && { sampleNames: samples.map((index) => dataset.sampleNames?.[index]) }),
      schemes: Object.fromEntries(targets.map((target) => [target, baseSchemes[target]])),
      cells: found.map(cellReport),
      failed: failed.map(({ layer, target, bits: column, failure }) => ({
        layer,
        target,
        ...columnReport(target, column),
        reason: failure,
      })),
      ...(report?.pairs && {
        pairs: { ...columnReport("weight", report.pairs.bits), ...matrixReport(report.pairs) },
      }),
      forwardPasses,
      runtime: study.runtime.name,
      complete: complete && failed.length === 0,
      seconds: (performance.now() - started) / 1000,
    };
    await study.release();
    return { json, text: textOf(found, bits, targets, json), interrupted };
  },
};

/** Bits that a value takes in the file, and the format. */
function columnReport(target: Target, column: Column): { bits: number; format: string } {
  const scheme = columnScheme(target, column);
  const format = scheme === "float" ? "float32" : (scheme.format ?? "");
  return { bits: typeof column === "number" ? column : formatFacts(format).bits, format };
}

function cellReport({ layer, target, bits, finding, drop }: Cell) {
  const { value, low, high, n, source } = finding;
  const { bits: width, format } = columnReport(target, bits);
  return {
    layer,
    bits: width,
    format,
    target,
    value,
    low,
    high: Number.isFinite(high) ? high : null,
    n,
    source,
    scheme: columnScheme(target, bits),
    drop: drop?.value ?? null,
  };
}

function matrixReport({ layers, matrix }: NonNullable<PredictReport["pairs"]>) {
  const count = layers.length;
  return { layers, matrix: layers.map((_, i) => [...matrix.subarray(i * count, (i + 1) * count)]) };
}

function textOf(
  cells: readonly Cell[],
  bits: readonly Column[],
  targets: readonly Target[],
  { metric, n, mode }: { readonly metric: string; readonly n: number; readonly mode: string },
): string {
  const byName = new Map(cells.map((cell) => [cellName(cell), cell]));
  const head = (column: Column) => (typeof column === "number" ? `${column} bits` : column);
  return targets
    .map((target) => {
      const layers = [...new Set(cells.filter((cell) => cell.target === target).map(({ layer }) => layer))];
      const shown = (layer: string, column: Column) => {
        const cell = byName.get(cellName({ layer, target, bits: column }));
        if (!cell) return "–";
        const text = cell.finding.value.toExponential(2);
        return mode === "anytime" && cell.finding.source === "predicted" ? `~${text}` : text;
      };
      const rows = layers.map((layer) => [layer, ...bits.map((column) => shown(layer, column))]);
      const how = mode === "anytime" ? "measured (~ predicted)" : mode;
      return `${target}: ${metric} to the float network, ${how}, ${n} samples\n${table(["layer", ...bits.map(head)], rows)}`;
    })
    .join("\n\n");
}
