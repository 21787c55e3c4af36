// Sensitivity the slow and obvious way, to hold the probe against: each cell's recipe exported to a file, the file run
// in onnxruntime-node as users run it, KL from its definition in float64. For tests only.

import type { Recipe, Study, Target } from "@bitscape/engine";
import { encodeModel } from "@bitscape/graph";
import type { Scheme } from "@bitscape/quant";
import { toFloat32 } from "@bitscape/tensor";
import * as ort from "onnxruntime-node";

export interface NaiveCell {
  readonly layer: string;
  readonly target: Target;
  readonly bits: number;
  /** What the sweep measured. */
  readonly value: number;
  readonly scheme: Scheme;
}

type Run = (feeds: Record<string, ort.Tensor>) => Promise<Float64Array[]>;

async function loaded(file: Uint8Array, output: string, classes: number, softmaxed: boolean): Promise<Run> {
  const session = await ort.InferenceSession.create(file, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  return async (feeds) => {
    const { data } = (await session.run(feeds))[output] as ort.Tensor;
    const scores = Float64Array.from(data as Float32Array);
    const rows = Array.from({ length: scores.length / classes }, (_, i) =>
      scores.slice(i * classes, (i + 1) * classes),
    );
    return rows.map((row) => (softmaxed ? row.map((p) => p / sum(row)) : softmax(row)));
  };
}

const sum = (row: Float64Array) => row.reduce((a, b) => a + b, 0);

function softmax(row: Float64Array): Float64Array {
  const most = row.reduce((a, b) => Math.max(a, b));
  const exps = row.map((x) => Math.exp(x - most));
  return exps.map((x) => x / sum(exps));
}

const TINY = 1e-30;

function kl(p: Float64Array, q: Float64Array): number {
  let total = 0;
  for (const [i, x] of p.entries()) {
    if (x > 0) total += x * Math.log(x / Math.max(q[i] as number, TINY));
  }
  return total;
}

/** The naive value of each cell, over the same samples. @param float the float network's own file */
export async function naiveValues(
  study: Study,
  float: Uint8Array,
  cells: readonly NaiveCell[],
  samples: readonly number[],
): Promise<number[]> {
  const { kind } = study.reference;
  if (kind.kind !== "classes") throw new Error("not a classifier");
  const softmaxed = kind.form === "probabilities";
  const load = (file: Uint8Array) => loaded(file, kind.output, kind.classes, softmaxed);
  const feeds: Record<string, ort.Tensor>[] = [];
  for (const index of samples) {
    const batch = Object.entries(await study.dataset.batch([index]));
    feeds.push(
      Object.fromEntries(
        batch.map(([name, { dtype, shape, data }]) => [
          name,
          dtype === "int64"
            ? new ort.Tensor("int64", data as BigInt64Array, shape)
            : new ort.Tensor("float32", toFloat32(dtype, data), shape),
        ]),
      ),
    );
  }
  const exact: Float64Array[][] = [];
  const run = await load(float);
  for (const each of feeds) exact.push(await run(each));
  const found: number[] = [];
  for (const { layer, target, scheme } of cells) {
    const recipe: Recipe = { schema: "bitscape/recipe/1", layers: { [layer]: { [target]: scheme } } };
    const { model } = await study.exported(recipe, async () => {});
    const quantized = await load(encodeModel(model));
    let total = 0;
    for (const [i, each] of feeds.entries()) {
      const rows = await quantized(each);
      const divergences = rows.map((q, row) => kl(exact[i]?.[row] as Float64Array, q));
      total += divergences.reduce((a, b) => a + b, 0) / divergences.length;
    }
    found.push(total / feeds.length);
  }
  return found;
}

/** Ranks from 1, ties sharing their mean. */
function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number));
  const found = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values[order[to] as number] === values[order[from] as number]) to++;
    for (let i = from; i < to; i++) found[order[i] as number] = (from + 1 + to) / 2;
    from = to;
  }
  return found;
}

/** Spearman's rank correlation. */
export function spearman(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranks(a), ranks(b)];
  const mean = (x.length + 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (const [i, r] of x.entries()) {
    const [dx, dy] = [r - mean, (y[i] as number) - mean];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xy / Math.sqrt(xx * yy);
}
