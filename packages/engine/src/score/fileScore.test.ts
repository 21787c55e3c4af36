import { encodeModel } from "@bitscape/graph";
import { type Tensor, tensor } from "@bitscape/tensor";
import { describe, expect, test } from "vitest";
import type { Dataset } from "../data/index.ts";
import { memoryDataset, openSmall } from "../testing/data.ts";
import { gemmNet, matMulNet, normals, type SmallNet, samplesOf, transposedNet } from "../testing/nets.ts";
import { wasmRuntime } from "../testing/wasm.ts";
import { evaluateFile, type MetricName, metricNames } from "./fileScore.ts";

const count = 40;

/** The same network with its weights a little off. */
function shaken(net: SmallNet): Uint8Array {
  const { graph } = net.model;
  const constants = new Map(
    [...graph.constants].map(([name, each]) => {
      const values = new Float32Array(Uint8Array.from(each.bytes()).buffer);
      const bytes = () => new Uint8Array(values.map((x, i) => x * (1 + 0.1 * Math.sin(i))).buffer);
      return [name, each.dtype === "float32" ? { ...each, bytes } : each];
    }),
  );
  return encodeModel({ ...net.model, graph: { ...graph, constants } });
}

async function score(net: SmallNet, metric: MetricName, more: Partial<Dataset> = {}, reference?: Uint8Array) {
  const network = await openSmall(net, wasmRuntime);
  const { finding } = await evaluateFile(shaken(net), wasmRuntime, {
    network,
    dataset: memoryDataset(samplesOf(net, count), more),
    indices: Array.from({ length: count }, (_, i) => i),
    metric,
    ...(reference && { reference }),
    between: async () => {},
  });
  return finding;
}

/** Rows of outputs of the shaken and the exact network, sample by sample. */
async function rowsOf(net: SmallNet) {
  const run = async (file: Uint8Array) => {
    const session = await wasmRuntime.load(file);
    const { y } = await session.run(samplesOf(net, count));
    await session.release();
    const { data } = y as Tensor;
    const size = data.length / count;
    return Array.from({ length: count }, (_, i) => Array.from(data.slice(i * size, (i + 1) * size), Number));
  };
  return [await run(shaken(net)), await run(encodeModel(net.model))] as const;
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const mean = (values: readonly number[]) => sum(values) / values.length;
const softmax = (row: readonly number[]) =>
  row.map((x) => Math.exp(x) / sum(row.map((each) => Math.exp(each))));

describe("against another network's outputs", () => {
  const distances: Record<string, (y: readonly number[], x: readonly number[]) => number> = {
    mse: (y, x) => mean(x.map((each, i) => (each - (y[i] as number)) ** 2)),
    mae: (y, x) => mean(x.map((each, i) => Math.abs(each - (y[i] as number)))),
    sqnr: (y, x) =>
      10 * Math.log10(sum(x.map((a) => a * a)) / sum(x.map((a, i) => (a - (y[i] as number)) ** 2))),
    cosine: (y, x) =>
      sum(x.map((a, i) => a * (y[i] as number))) /
      Math.sqrt(sum(x.map((a) => a * a)) * sum(y.map((a) => a * a))),
    kl: (y, x) => {
      const [p, q] = [softmax(x), softmax(y)];
      return sum(p.map((a, i) => a * Math.log(a / (q[i] as number))));
    },
  };
  test.each(Object.keys(distances) as MetricName[])("%s", async (metric) => {
    const [found, exact] = await rowsOf(gemmNet);
    const formula = distances[metric] as (y: readonly number[], x: readonly number[]) => number;
    const expected = mean(found.map((y, i) => formula(y, exact[i] as number[])));
    const { value, low, high, n } = await score(gemmNet, metric, {}, encodeModel(gemmNet.model));
    expect(value).toBeCloseTo(expected, 5);
    expect([n, low < value, value < high]).toEqual([count, true, true]);
  });

  test("ssim of images: 1 for the same, less for others", async () => {
    const { value } = await score(transposedNet, "ssim", {}, encodeModel(transposedNet.model));
    expect(value).toBeGreaterThan(0.5);
    expect(value).toBeLessThan(0.999);
    const same = await score(transposedNet, "ssim", {}, shaken(transposedNet));
    expect(same.value).toBeCloseTo(1, 9);
  });

  test("targets in the data take the place of a network", async () => {
    const targets = tensor("float32", [count, 10], normals(9, [count, 10]));
    const [found] = await rowsOf(gemmNet);
    const expected = mean(
      found.map((y, i) => mean(y.map((each, k) => (each - Number(targets.data[i * 10 + k])) ** 2))),
    );
    expect((await score(gemmNet, "mse", { targets })).value).toBeCloseTo(expected, 5);
  });
});

describe("against labels", () => {
  const labels = Int32Array.from({ length: count }, (_, i) => (i * 3) % 10);

  test("top-1, top-5, perplexity", async () => {
    const [found] = await rowsOf(gemmNet);
    const above = found.map((y, i) => y.filter((each) => each > (y[labels[i] as number] as number)).length);
    const own = { labels, labelShape: [] };
    expect((await score(gemmNet, "top1", own)).value).toBe(above.filter((each) => each < 1).length / count);
    expect((await score(gemmNet, "top5", own)).value).toBe(above.filter((each) => each < 5).length / count);
    const surprise = mean(found.map((y, i) => -Math.log(softmax(y)[labels[i] as number] as number)));
    expect((await score(gemmNet, "perplexity", own)).value).toBeCloseTo(Math.exp(surprise), 4);
  });

  test("a label for each position, −1 left out", async () => {
    const each = new Int32Array(count * 7).fill(-1);
    each.fill(2, 0, 3);
    const finding = await score(matMulNet, "top1", { labels: each, labelShape: [7] });
    expect(finding.n).toBe(3);
  });
});

describe("what is missing is a sentence", () => {
  test.each<[MetricName, SmallNet, Partial<Dataset>, boolean, string]>([
    ["top1", gemmNet, {}, false, "metric top1: no labels in memory, expected one a sample"],
    [
      "mse",
      gemmNet,
      {},
      false,
      "metric mse: nothing to compare with, expected a reference network or targets in the data",
    ],
    ["kl", transposedNet, {}, true, "metric kl: conv transpose.onnx gives values, expected class scores"],
    [
      "top1",
      gemmNet,
      { labels: new Int32Array(count).fill(10), labelShape: [] },
      false,
      "labels: found class 10 in sample 0, expected below the network's 10 classes",
    ],
  ])("%s of $name", async (metric, net, more, compared, sentence) => {
    const reference = compared ? encodeModel(net.model) : undefined;
    await expect(score(net, metric, more, reference)).rejects.toThrow(sentence);
  });

  test("every metric has a name", () => {
    expect(metricNames).toHaveLength(9);
  });
});
