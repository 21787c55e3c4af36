// Gradients of whole networks, where real ones lie beside the repository, against differences of their outputs.

import {
  build,
  decodeModel,
  fixInitializers,
  hoistConstants,
  infer,
  type Model,
  type Node,
  raiseOpset,
  tensorOf,
  trueInputs,
} from "@bitscape/graph";
import { fromNumbers, normal, seededRandom, sizeOf, type Tensor, tensor } from "@bitscape/tensor";
import { expect, test } from "vitest";
import { gradientGraph } from "./gradient.ts";
import { type Forward, type Headed, logitsOf, weightedSum } from "./heads.ts";
import { numbers, slopeAlong } from "./testing/difference.ts";
import { type Feeds, testRuntime } from "./testing/runtime.ts";
import { withInputs } from "./weightInputs.ts";

// The package compiles without Node's types; only this test reads files.
const fs = (await import("node:fs" as string)) as {
  existsSync(path: string): boolean;
  readFileSync(path: string): Uint8Array;
};
const folder = `${(import.meta as unknown as { dirname: string }).dirname}/../../../../shared/models`;

interface Trial {
  /** Integers are fed below this, numbers from a normal distribution. */
  readonly below?: number;
  readonly pins?: Record<string, number>;
  /** Relative; 1e-3 where it is left out. Deep networks of Relu have a kink everywhere: differences are that good. */
  readonly tolerance?: number;
}

// Outside of the repository, every gradient of every weight of these and four others was compared with PyTorch's: equal
// to 1e-5 of its norm, where float32 and float64 of PyTorch agree themselves.
const networks: Readonly<Record<string, Trial>> = {
  "cifar-resnet20": { pins: { N: 2 }, tolerance: 5e-3 },
  "cifar-vit": { pins: { batch_size: 2 } },
  "ddpm-fashion-unet": { below: 1000 },
  "fashion-cnn": { pins: { batch_size: 2 } },
  kwt1: {},
  mnist: {},
  "mobilenetv2-coarse7": { tolerance: 5e-3 },
  "squeezenet1.1": { tolerance: 2e-3 },
  "sst2-tiny": { below: 8000, pins: { N: 2 } },
  stories260k: { below: 512 },
};
const names = Object.keys(networks);
const there = names.filter((name) => fs.existsSync(`${folder}/${name}.onnx`));

test.skip.each(names.filter((name) => !there.includes(name)))(
  "%s: not beside the repository",
  () => undefined,
);

/** Ready for gradients: initializers fixed, Constant nodes hoisted, one opset for all. */
function prepared(name: string): Model {
  const read = decodeModel(new Uint8Array(fs.readFileSync(`${folder}/${name}.onnx`)), { name });
  const raised = raiseOpset(fixInitializers(read), OPSET);
  return { ...raised, graph: hoistConstants(raised.graph) };
}

const weighted = new Set(["Conv", "ConvTranspose", "Gemm", "MatMul", "Gather"]);

/** Some weights: of the first, the last, and layers between. */
function someWeights({ graph }: Model): string[] {
  const found = graph.nodes.filter((node: Node) => weighted.has(node.op)).flatMap(({ inputs }) => inputs);
  const weights = [...new Set(found)].filter((name) => {
    const constant = graph.constants.get(name);
    return constant?.dtype === "float32" && sizeOf(constant.shape) > 8;
  });
  const picked = [0, 0.5, 1].map((part) => weights[Math.round(part * (weights.length - 1))] as string);
  return [...new Set(picked)];
}

const OPSET = 18;
const runtime = await testRuntime("native");

test.each(there)("%s", async (name) => {
  const { below = 2, pins = {}, tolerance = 1e-3 } = networks[name] ?? {};
  const model = prepared(name);
  const { values, missing } = infer(model, pins);
  expect(missing).toEqual([]);
  const random = seededRandom(3);
  const feeds: Record<string, Tensor> = {};
  for (const input of trueInputs(model.graph)) {
    const { dtype, shape } = values.get(input.name) as { dtype: "float32" | "int64"; shape: number[] };
    const draw = dtype === "int64" ? () => Math.floor(random() * below) : () => normal(random);
    feeds[input.name] = {
      dtype,
      shape,
      data: fromNumbers(dtype, Array.from({ length: sizeOf(shape) }, draw)),
    };
  }
  const weights = someWeights(model);
  for (const weight of weights) {
    const constant = model.graph.constants.get(weight);
    if (constant) feeds[weight] = tensorOf(constant);
  }
  const wrt = Object.keys(feeds).filter((input) => feeds[input]?.dtype === "float32");
  const graph = withInputs(model.graph, weights);
  // Behind a Softmax differences drown: what it is made of says more.
  const outputs = [...new Set(graph.outputs.map((output) => logitsOf(graph, output.name).of))];
  let head: Forward | Headed = { graph, opset: OPSET, values };
  const seeds: Record<string, Tensor> = {};
  for (const of of outputs) {
    const shape = values.get(of)?.shape ?? [];
    const draws = Array.from({ length: sizeOf(shape) }, () => normal(random));
    seeds[of] = tensor("float32", shape, draws);
    head = weightedSum(head, { of, against: `seed of ${of}`, reduction: "sum" });
  }
  const { graph: back, gradients } = gradientGraph({ ...(head as Headed), wrt, keep: [] });
  expect([...gradients.keys()]).toEqual(wrt);
  const forward = await runtime.load({ ...model, graph: { ...graph, outputs: outputs.map(build.untyped) } });
  const backward = await runtime.load({ ...model, graph: back });
  const run = (given: Feeds) => forward.run(given);
  try {
    const upstream = Object.entries(seeds).map(([of, seed]) => [`seed of ${of}`, seed]);
    const found = await backward.run({ ...feeds, ...Object.fromEntries(upstream) });
    const wrong: unknown[] = [];
    for (const input of wrt) {
      const gradient = numbers(found[gradients.get(input)?.name ?? ""] as Tensor);
      const { error, control } = await slopeError(run, feeds, seeds, input, gradient, tolerance, random);
      if (!(error < tolerance && control > tolerance)) wrong.push([input, error, control]);
    }
    expect(wrong).toEqual([]);
  } finally {
    await forward.release();
    await backward.release();
  }
});

/**
 * Relative error along a direction near the gradient, at the first of several steps where it is small, else the least:
 * large steps cross kinks of Relu and MaxPool, small ones drown in float32. And the same of a gradient 5 % too large.
 */
async function slopeError(
  run: (feeds: Feeds) => Promise<Record<string, Tensor>>,
  feeds: Feeds,
  seeds: Feeds,
  input: string,
  gradient: Float32Array,
  tolerance: number,
  random: () => number,
): Promise<{ readonly error: number; readonly control: number }> {
  const direction = gradient.map((each) => each * (0.5 + random()));
  const unit = norm(numbers(feeds[input] as Tensor)) / norm(direction);
  let [error, control] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const step of [1e-3, 3e-3, 3e-4, 1e-2, 1e-4, 3e-2, 3e-5]) {
    const { measured, claimed } = await slopeAlong(
      run,
      feeds,
      seeds,
      input,
      direction,
      step * unit,
      gradient,
    );
    error = Math.min(error, Math.abs(measured / claimed - 1));
    control = Math.min(control, Math.abs(measured / claimed / 1.05 - 1));
    if (error < tolerance) break;
  }
  return { error, control };
}

function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, each) => sum + each * each, 0));
}
