// The probe is the file, in ONNX Runtime's native build; and which integer kernels it makes of what we write.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  inputsOf,
  openDataset,
  openNetwork,
  preprocessPresets,
  presetRecipe,
  type Recipe,
  type Runtime,
  Study,
} from "@bitscape/engine";
import {
  activationCases,
  attentionNet,
  type Bench,
  benchOf,
  compareExport,
  convNet,
  depthwiseNet,
  faultOf,
  gemmNet,
  matMulNet,
  residualNet,
  type SmallNet,
  smallNets,
  weightCases,
} from "@bitscape/engine/testing";
import { decodeModel, encodeModel } from "@bitscape/graph";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { naiveValues, spearman } from "./naive.ts";
import { openPath } from "./node/files.ts";
import { decodeImage } from "./node/images.ts";
import { nodeRuntime } from "./node/runtime.ts";
import { bitscape, Folder } from "./testing.ts";

let runtime: Runtime;
let folder: Folder;
beforeAll(async () => {
  runtime = await nodeRuntime("native", 1);
  folder = await Folder.make();
});
afterAll(() => folder.remove());

describe.each(smallNets)("$name", (net) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await benchOf(net, runtime);
  });
  afterAll(() => bench.probe.release());

  test("an exported file computes what the probe simulates", async () => {
    const faults: string[] = [];
    // A third of the weights: storage is one code, and WebAssembly runs it all.
    for (const each of [...weightCases.filter((_, i) => i % 3 === 0), ...activationCases]) {
      // Fed weights are not packed as constants are: sums in another order.
      const fault = faultOf(each, await compareExport(bench, each.recipe), 1e-5);
      if (fault !== undefined) faults.push(fault);
    }
    expect(faults).toEqual([]);
  });
});

/** How often each operator is in the graph that the native build runs. */
async function kernelsOf(file: Uint8Array): Promise<Record<string, number>> {
  const optimizedPath = folder.at("optimized.onnx");
  const session = await runtime.load(file, { optimizedPath });
  await session.release();
  const counts: Record<string, number> = {};
  for (const { op } of decodeModel(new Uint8Array(await readFile(optimizedPath))).graph.nodes) {
    counts[op] = (counts[op] ?? 0) + 1;
  }
  return counts;
}

/** Operators that compute in float where an integer kernel exists. */
const floating = /^(Fused)?(Conv|MatMul|Gemm|Add|AveragePool|GlobalAveragePool|Concat)$/;

function floatsAmong(kernels: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(kernels).filter(([op]) => floating.test(op)));
}

describe("w8a8 runs on integers", () => {
  const recipe: Recipe = presetRecipe("w8a8");
  test.each<[SmallNet, Record<string, number>, Record<string, number>]>([
    [convNet, { QLinearConv: 2, QLinearGlobalAveragePool: 1, QGemm: 1 }, {}],
    [depthwiseNet, { QLinearConv: 1 }, { Conv: 1 }],
    [gemmNet, { QGemm: 2 }, {}],
    // A constant on the left stays float, and so does a sum with a constant.
    [matMulNet, { MatMulIntegerToFloat: 2 }, { MatMul: 1, Add: 1 }],
    [residualNet, { QLinearConv: 3, QLinearAdd: 1, QLinearConcat: 1 }, { Conv: 1 }],
    [attentionNet, { QLinearMatMul: 1, MatMulIntegerToFloat: 5 }, { Add: 6 }],
  ])("$name", async (net, integers, floats) => {
    const bench = await benchOf(net, runtime);
    const { file } = await compareExport(bench, recipe);
    const kernels = await kernelsOf(file);
    expect(kernels).toMatchObject(integers);
    expect(floatsAmong(kernels)).toEqual(floats);
    await bench.probe.release();
  });

  test("in WebAssembly's build the same file loads and agrees", async () => {
    const wasm = await nodeRuntime("wasm", 1);
    const bench = await benchOf(residualNet, wasm);
    const { deployed } = await compareExport(bench, recipe);
    expect(deployed.most).toBeLessThan(0.02);
  });
});

const shared = join(import.meta.dirname, "../../../../shared");
const absent = !existsSync(join(shared, "models"));
const why = absent ? " (skipped: ../shared is not there)" : "";

async function studyOf(model: string, data: string): Promise<Study> {
  const file = new Uint8Array(await readFile(join(shared, "models", model)));
  const network = await openNetwork(file, runtime, { name: model });
  const dataset = await openDataset(await openPath(join(shared, "data", data)), inputsOf(network), {
    name: data,
    decode: decodeImage,
    preprocess: preprocessPresets[model.includes("resnet8") ? "raw" : "cifar"],
  });
  return Study.open(network, dataset, runtime, { calibration: 32, evaluation: 64 });
}

describe.skipIf(absent)(`real networks${why}`, () => {
  test.each<[string, Record<string, number>, Record<string, number>]>([
    ["cifar-resnet8.onnx", { QLinearConv: 9, QLinearAdd: 3, QLinearGlobalAveragePool: 1, QGemm: 1 }, {}],
    ["cifar-resnet20.onnx", { QLinearConv: 19, QLinearAdd: 9, QLinearAveragePool: 1, QGemm: 1 }, {}],
  ])("%s at w8a8: integer kernels", async (model, integers, floats) => {
    const study = await studyOf(model, "cifar10-calibration-500.zip");
    const exported = await study.exported(presetRecipe("w8a8"), async () => {});
    const kernels = await kernelsOf(encodeModel(exported.model));
    expect(kernels).toMatchObject(integers);
    expect(floatsAmong(kernels)).toEqual(floats);
    await study.release();
  });

  test("cifar-resnet8: the sweep ranks cells as exporting and running each does", async () => {
    const [model, data] = [
      join(shared, "models/cifar-resnet8.onnx"),
      join(shared, "data/cifar10-calibration-500.zip"),
    ];
    const flags = [
      "--bits",
      "2,3,4,8",
      "--samples",
      "12",
      "--calibration",
      "32",
      "--preprocess",
      "raw",
      "--json",
    ];
    const { code, out } = await bitscape(["sensitivity", model, "--data", data, ...flags]);
    expect(code).toBe(0);
    const found = JSON.parse(out);
    const study = await studyOf("cifar-resnet8.onnx", "cifar10-calibration-500.zip");
    const naive = await naiveValues(
      study,
      new Uint8Array(await readFile(model)),
      found.cells,
      found.sampleIndices,
    );
    await study.release();
    const probed = found.cells.map(({ value }: { value: number }) => value);
    expect(probed.length).toBeGreaterThan(80);
    expect(spearman(probed, naive)).toBeGreaterThanOrEqual(0.999);
  });
});

test("Spearman's correlation, ties sharing their rank", () => {
  expect(spearman([1, 2, 3, 4], [10, 20, 30, 40])).toBeCloseTo(1, 12);
  expect(spearman([1, 2, 3, 4], [4, 3, 2, 1])).toBeCloseTo(-1, 12);
  // scipy.stats.spearmanr([1, 2, 2, 5], [3, 1, 4, 4])
  expect(spearman([1, 2, 2, 5], [3, 1, 4, 4])).toBeCloseTo(0.5, 12);
});
