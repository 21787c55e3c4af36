// What the benchmark measures, each as a ratio against a baseline taken in the same run: absolute times say little on
// a machine that others use too.

import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  type CellKey,
  cellRecipe,
  cellsOf,
  presetRecipe,
  type Recipe,
  type Runtime,
  type Study,
} from "@bitscape/engine";
import { build, encodeChunks, encodeModel, int, lazyConstant } from "@bitscape/graph";
import { seededRandom } from "@bitscape/tensor";

export interface Measure {
  readonly name: string;
  readonly ratio: number;
  readonly unit: string;
  /** The bound we hold ourselves to, where there is one. */
  readonly bound?: number;
  readonly detail: string;
}

export const idle = async () => {};

/** Least of several timings of each, taken in turn, so that a slow moment hits all alike. Milliseconds. */
export async function inTurn(rounds: number, jobs: readonly (() => Promise<unknown>)[]): Promise<number[]> {
  const least = jobs.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round <= rounds; round++) {
    for (const [i, job] of jobs.entries()) {
      const started = performance.now();
      await job();
      // The first round warms up: V8 compiles the WebAssembly in tiers.
      if (round > 0) least[i] = Math.min(least[i] as number, performance.now() - started);
    }
  }
  return least;
}

/** A probe run with every quantizer on against a run of the plain float session. */
export async function probeCost(study: Study, runtime: Runtime): Promise<Measure> {
  const { network, dataset, probe } = study;
  const plain = await runtime.load(encodeModel(network.original));
  const settings = probe.settings(await study.plan(presetRecipe("w8a8"), idle));
  const samples = await dataset.batch([0]);
  const [float, quantized] = (await inTurn(12, [
    () => plain.run(samples),
    () => probe.run(samples, settings),
  ])) as [number, number];
  await plain.release();
  const detail = `${quantized.toFixed(2)} ms against ${float.toFixed(2)} ms, ${network.points.length} activation quantizers`;
  return {
    name: "probe, all quantizers on ÷ float session",
    ratio: quantized / float,
    unit: "×",
    bound: 1.25,
    detail,
  };
}

/** The measured heatmap against exporting, loading and running a file for each cell. */
export async function heatmapCost(study: Study, runtime: Runtime): Promise<Measure> {
  const samples = study.samples(8);
  const all = cellsOf(study.network, [4], ["weight", "activation"]);
  // Evenly over the network: what a cell costs depends on how much of the network follows it.
  const keys = all.filter((_, i) => i % Math.ceil(all.length / 20) === 0);
  await study.ranges(idle);
  await study.cell(keys[0] as CellKey, samples, idle); // the float answers, which both need
  const naive = async () => {
    for (const key of keys) {
      const { model } = await study.exported(cellRecipe(key), idle);
      const session = await runtime.load(encodeModel(model));
      for (const batch of study.reference.batches(samples))
        await session.run(await study.dataset.batch(batch.indices));
      await session.release();
    }
  };
  const ours = async () => {
    for (const key of keys) await study.cell(key, samples, idle);
  };
  const [probe, files] = (await inTurn(1, [ours, naive])) as [number, number];
  const detail = `${(probe / keys.length).toFixed(0)} ms against ${(files / keys.length).toFixed(0)} ms a cell, ${keys.length} cells on ${samples.length} samples`;
  return { name: "measured heatmap ÷ a file a cell", ratio: probe / files, unit: "×", detail };
}

/** Writing the file, for each MB of float weights. */
export async function exportCost(study: Study): Promise<Measure> {
  const recipe: Recipe = presetRecipe("w8a8");
  const write = async () => {
    const { model } = await study.exported(recipe, idle);
    for (const chunk of encodeChunks(model)) if (chunk.byteLength < 0) throw new Error("unreachable");
  };
  const megabytes = study.network.bytes / 1e6;
  const [ms] = (await inTurn(3, [write])) as [number];
  return {
    name: "export (w8a8)",
    ratio: ms / megabytes,
    unit: "ms/MB",
    detail: `${ms.toFixed(0)} ms for ${megabytes.toFixed(1)} MB`,
  };
}

const WIDTH = 2048;

/** Peak memory of `quantize` with weights and activations, beyond that on a tiny model, against the size of the model. */
export async function memoryCost(matrices = 12): Promise<Measure> {
  const write = async (path: string) => {
    await writeFile(path, encodeModel(chain(matrices, WIDTH)));
    return (await stat(path)).size;
  };
  return {
    ...(await quantizeMemory("w8a8", write)),
    name: "peak memory of quantize (w8a8) ÷ model",
    bound: 5,
  };
}

const maker = join(import.meta.dirname, "../../../../scripts/make-big-model.mjs");

/** The same with weights alone, which are streamed from file to file: about 1.1 GB of them, in a file beside the model. */
export async function streamedMemoryCost(matrices = 16): Promise<Measure> {
  const write = async (path: string) => {
    await promisify(execFile)(process.execPath, [maker, path, "--matrices", `${matrices}`, "--rows", "1024"]);
    return (await stat(`${path}.data`)).size;
  };
  return { ...(await quantizeMemory("w8", write)), name: "peak memory of quantize (w8) ÷ model", bound: 0.5 };
}

/** @param write writes the model and gives its size in bytes */
async function quantizeMemory(
  preset: string,
  write: (path: string) => Promise<number>,
): Promise<Omit<Measure, "name">> {
  const folder = await mkdtemp(join(tmpdir(), "bitscape-bench-"));
  try {
    const [tiny, big] = [join(folder, "tiny.onnx"), join(folder, "big.onnx")];
    await writeFile(tiny, encodeModel(chain(1, 64)));
    const size = await write(big);
    const output = join(folder, "out.onnx");
    const quantize = (model: string) => ["quantize", model, "--preset", preset, "--output", output];
    const baseline = await peakBytes(quantize(tiny));
    const peak = await peakBytes(quantize(big));
    const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
    const detail = `${megabytes(peak - baseline)} above an idle ${megabytes(baseline)}, for a model of ${megabytes(size)}`;
    return { ratio: (peak - baseline) / size, unit: "×", detail };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A chain of square matrix products, weights drawn from a seed. */
function chain(count: number, width: number) {
  const nodes = Array.from({ length: count }, (_, i) =>
    build.node("Gemm", [`x${i}`, `w${i}`], [`x${i + 1}`], { transB: int(1) }, `layer${i}`),
  );
  const constants = nodes.map((_, i) =>
    lazyConstant(`w${i}`, "float32", [width, width], () => {
      const random = seededRandom(i);
      return new Uint8Array(Float32Array.from({ length: width * width }, () => random() - 0.5).buffer);
    }),
  );
  const inputs = [build.value("x0", "float32", ["N", width])];
  return build.model(
    build.graph({ nodes, constants, inputs, outputs: [build.value(`x${count}`, "float32", ["N", width])] }),
    17,
  );
}

const PRELOAD = `data:text/javascript,process.on("exit",()=>process.stderr.write("peak "+process.resourceUsage().maxRSS+"\\n"))`;

/** Peak resident memory of one run of the command line, bytes. */
function peakBytes(args: readonly string[]): Promise<number> {
  const main = join(import.meta.dirname, "../main.ts");
  const child = spawn(process.execPath, ["--import", "tsx", "--import", PRELOAD, main, ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let text = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code) => {
      const kilobytes = /peak (\d+)/.exec(text)?.[1];
      if (code === 0 && kilobytes) done(Number(kilobytes) * 1024);
      else fail(new Error(`quantize: exit code ${code} (${text.trim()}), expected 0`));
    });
  });
}
