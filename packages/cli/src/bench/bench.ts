// pnpm bench: ratios of this run, on a shared real network where there is one beside the checkout, else on the sample.

import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  inputsOf,
  openNetwork,
  type Runtime,
  Study,
  sampleDataset,
  syntheticDataset,
} from "@bitscape/engine";
import { nodeRuntime } from "../node/runtime.ts";
import { bytesAt } from "../opening.ts";
import { sliderCost } from "./allocation.ts";
import { depthCost } from "./depth.ts";
import { backwardCost, predictionCost } from "./gradients.ts";
import {
  exportCost,
  heatmapCost,
  type Measure,
  memoryCost,
  probeCost,
  streamedMemoryCost,
} from "./measures.ts";

const root = join(import.meta.dirname, "../../../..");
const real = join(root, "../shared/models/squeezenet1.1.onnx");
const sample = join(root, "public/samples/shapes-resnet.onnx");

async function open(path: string, runtime: Runtime): Promise<Study> {
  const network = await openNetwork(await bytesAt(path), runtime, { name: path.split("/").at(-1) as string });
  const inputs = inputsOf(network);
  const dataset =
    path === sample
      ? await sampleDataset("shapes-resnet", inputs)
      : await syntheticDataset(inputs, { pins: network.pins });
  return Study.open(network, dataset, runtime, { calibration: 8 });
}

const runtime = await nodeRuntime("wasm", 1);
const path = existsSync(real) ? real : sample;
if (path === sample) console.log("no real networks beside this checkout: the sample is measured");
const study = await open(path, runtime);
console.log(`${study.network.name}, ${runtime.name}, one thread; ratios within this run\n`);
const measures: Measure[] = [
  await probeCost(study, runtime),
  await heatmapCost(study, runtime),
  await predictionCost(path === sample ? study : await open(sample, runtime)),
  await depthCost(runtime),
  ...(await backwardCost(runtime)),
  ...(await sliderCost()),
  await exportCost(study),
  await memoryCost(),
  await streamedMemoryCost(),
];
for (const { name, ratio, unit, bound, detail } of measures) {
  const goal =
    bound === undefined ? "" : ratio <= bound ? ` (goal ≤ ${bound}: met)` : ` (goal ≤ ${bound}: MISSED)`;
  console.log(
    `${name.padEnd(44)} ${ratio.toFixed(2).padStart(7)} ${unit}${goal}\n${"".padEnd(44)} ${detail}`,
  );
}
process.exit(0);
