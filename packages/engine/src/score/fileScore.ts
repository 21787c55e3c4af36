// Scores of a file as it is, float or quantized: any metric of the contracts, against labels, targets or a reference
// network's outputs. Recipes are scored by reference.ts; this is for files that other tools made too.

import { type Tensor, toFloat32 } from "@bitscape/tensor";
import { checkLabels, type Dataset } from "../data/index.ts";
import type { Network } from "../network/network.ts";
import { batchesOf, batchSize, fixesBatch, rowOf } from "../runtime/batches.ts";
import type { Feeds, ModelFile, Runtime } from "../runtime/runtime.ts";
import { type Finding, meanFinding, proportionFinding } from "./finding.ts";
import { argMax, inTopK, klDivergence, logProbabilities, ssim } from "./metric.ts";
import { type OutputKind, outputKind } from "./output.ts";

export const metricNames = [
  "kl",
  "top1",
  "top5",
  "mse",
  "sqnr",
  "cosine",
  "mae",
  "ssim",
  "perplexity",
] as const;
export type MetricName = (typeof metricNames)[number];

/** One sample's outputs and what they are compared with. */
interface Row {
  readonly outputs: readonly Float32Array[];
  /** Outputs of the reference network, or the data's targets. */
  readonly exact: readonly Float32Array[] | undefined;
  readonly shape: readonly number[];
  readonly labels: ArrayLike<number> | undefined;
  readonly kind: OutputKind;
}

interface Metric {
  readonly needs: "labels" | "exact";
  /** Classes only. */
  readonly classes?: boolean;
  /** Values to average: one a sample, or one a labelled position. */
  readonly values: (row: Row) => number[];
  /** Values are 0 or 1: the interval is Wilson's. */
  readonly proportion?: boolean;
  /** From the mean of the values to the metric. */
  readonly finish?: (mean: number) => number;
}

type Classes = Extract<OutputKind, { kind: "classes" }>;

function labelled(
  row: Row,
  value: (scores: Float64Array, at: number, label: number, classes: number) => number,
): number[] {
  const { classes } = row.kind as Classes;
  const logP = logProbabilities(row.outputs[0] as Float32Array, row.kind as Classes);
  const found: number[] = [];
  for (let position = 0; position * classes < logP.length; position++) {
    const label = row.labels?.[position] ?? -1;
    if (label >= 0) found.push(value(logP, position * classes, label, classes));
  }
  return found;
}

/** A mean over every element of every output. */
function elementwise(row: Row, value: (x: number, y: number) => number): number {
  let sum = 0;
  let count = 0;
  row.outputs.forEach((output, k) => {
    const exact = row.exact?.[k] as Float32Array;
    for (let i = 0; i < output.length; i++) sum += value(exact[i] as number, output[i] as number);
    count += output.length;
  });
  return sum / count;
}

const metrics: Readonly<Record<MetricName, Metric>> = {
  top1: {
    needs: "labels",
    classes: true,
    proportion: true,
    values: (row) => labelled(row, (p, at, label, n) => (argMax(p, at, n) === label ? 1 : 0)),
  },
  top5: {
    needs: "labels",
    classes: true,
    proportion: true,
    values: (row) => labelled(row, (p, at, label, n) => (inTopK(p, at, n, label, 5) ? 1 : 0)),
  },
  perplexity: {
    needs: "labels",
    classes: true,
    values: (row) => labelled(row, (p, at, label) => -(p[at + label] as number)),
    finish: Math.exp,
  },
  kl: {
    needs: "exact",
    classes: true,
    values: ({ exact, outputs, kind }) => {
      const [p, q] = [exact?.[0] as Float32Array, outputs[0] as Float32Array].map((each) =>
        logProbabilities(each, kind as Classes),
      );
      return [klDivergence(p as Float64Array, q as Float64Array, (kind as Classes).classes)];
    },
  },
  mse: { needs: "exact", values: (row) => [elementwise(row, (x, y) => (x - y) ** 2)] },
  mae: { needs: "exact", values: (row) => [elementwise(row, (x, y) => Math.abs(x - y))] },
  sqnr: {
    needs: "exact",
    values: (row) => [
      10 * Math.log10(elementwise(row, (x) => x * x) / elementwise(row, (x, y) => (x - y) ** 2)),
    ],
  },
  cosine: {
    needs: "exact",
    values: (row) => [
      elementwise(row, (x, y) => x * y) /
        Math.sqrt(elementwise(row, (x) => x * x) * elementwise(row, (_, y) => y * y)),
    ],
  },
  ssim: {
    needs: "exact",
    values: ({ outputs, exact, shape }) => {
      const [width, height] = [shape.at(-1) ?? 1, shape.at(-2) ?? 1];
      const [a, b] = [exact?.[0] as Float32Array, outputs[0] as Float32Array];
      const range =
        a.reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY) -
        a.reduce((least, x) => Math.min(least, x), Number.POSITIVE_INFINITY);
      const planes: number[] = [];
      for (let at = 0; at < a.length; at += width * height) {
        planes.push(
          ssim(
            a.subarray(at, at + width * height),
            b.subarray(at, at + width * height),
            width,
            height,
            range || 1,
          ),
        );
      }
      return [planes.reduce((sum, each) => sum + each, 0) / planes.length];
    },
  },
};

export interface FileScoreJob {
  readonly network: Network;
  readonly dataset: Dataset;
  readonly indices: readonly number[];
  readonly metric: MetricName;
  /** A float network's file to compare with; the data's targets otherwise. */
  readonly reference?: ModelFile;
  readonly between: (done: number, total: number) => Promise<void>;
}

/**
 * Runs a file over samples and scores it.
 * @throws a sentence where the metric needs labels, targets or a reference that are not there
 */
export async function evaluateFile(
  file: ModelFile,
  runtime: Runtime,
  job: FileScoreJob,
): Promise<{ metric: MetricName; finding: Finding }> {
  const { network, dataset, indices, between } = job;
  const metric = metrics[job.metric];
  const kind = kindFor(job, metric);
  const session = await runtime.load(file);
  const reference = job.reference && (await runtime.load(job.reference));
  const values: number[] = [];
  const fixed = fixesBatch(network);
  const names = kind.kind === "classes" ? [kind.output] : kind.outputs;
  const perSample = dataset.labels ? dataset.labels.length / dataset.size : 0;
  let done = 0;
  try {
    for (const batch of batchesOf(indices, batchSize(network, dataset), fixed)) {
      await between(done, indices.length);
      const samples = await dataset.batch(batch.indices);
      const outputs = await session.run(samples);
      const exact = reference && (await reference.run(samples));
      const size = batch.indices.length;
      for (let i = 0; i < batch.count; i++) {
        const index = batch.indices[i] as number;
        values.push(
          ...metric.values({
            kind,
            shape: named(outputs, names[0] as string).shape,
            outputs: names.map((name) => rowOf(named(outputs, name), i, size)),
            exact: exact
              ? names.map((name) => rowOf(named(exact, name), i, size))
              : targetRow(dataset, index),
            labels: dataset.labels?.subarray(index * perSample, (index + 1) * perSample),
          }),
        );
      }
      done += batch.count;
    }
  } finally {
    await session.release();
    await reference?.release();
  }
  await between(done, indices.length);
  return { metric: job.metric, finding: findingOf(values, metric) };
}

function kindFor({ network, dataset, metric: name, reference }: FileScoreJob, metric: Metric): OutputKind {
  const kind = outputKind(network, dataset.labels !== undefined);
  if (metric.needs === "labels") {
    if (!dataset.labels)
      throw new Error(`metric ${name}: no labels in ${dataset.name}, expected one a sample`);
    if (kind.kind === "classes") {
      const fault = checkLabels(dataset, kind.classes);
      if (fault) throw new Error(fault);
    }
  } else if (!reference && !dataset.targets) {
    throw new Error(
      `metric ${name}: nothing to compare with, expected a reference network or targets in the data`,
    );
  }
  if (metric.classes && kind.kind !== "classes")
    throw new Error(`metric ${name}: ${network.name} gives values, expected class scores`);
  if (metric.classes) return kind;
  return kind.kind === "values" ? kind : { kind: "values", outputs: [kind.output] };
}

function named(outputs: Feeds, name: string): Tensor {
  const found = outputs[name];
  if (!found) throw new Error(`output ${name}: missing, expected it in both networks`);
  return found;
}

function targetRow({ targets, size }: Dataset, index: number): readonly Float32Array[] | undefined {
  if (!targets) return undefined;
  const all = toFloat32(targets.dtype, targets.data);
  const stride = all.length / size;
  return [all.subarray(index * stride, (index + 1) * stride)];
}

function findingOf(values: readonly number[], metric: Metric): Finding {
  if (metric.proportion)
    return proportionFinding(
      values.reduce((a, b) => a + b, 0),
      values.length,
      "file",
    );
  const mean = meanFinding(values, "file");
  const { finish } = metric;
  return finish
    ? { ...mean, value: finish(mean.value), low: finish(mean.low), high: finish(mean.high) }
    : mean;
}
