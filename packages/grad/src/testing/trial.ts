// A case of a rule as models: forward, and forward with gradients of seeds that are inputs; and the check of one by the
// other in a runtime.

import { build, constantOf, infer, type Model, sinceVersion } from "@bitscape/graph";
import { seededRandom, sizeOf, type Tensor, tensor } from "@bitscape/tensor";
import type { Drawn, GradCase } from "../cases/case.ts";
import { gradientGraph } from "../gradient.ts";
import { isFloat } from "../value.ts";
import { errorOf, numbers, slopeAlong } from "./difference.ts";
import type { Feeds, TestRuntime } from "./runtime.ts";

const isDrawn = (input: GradCase["inputs"][number]): input is Drawn =>
  typeof input === "object" && "low" in input;

export function forwardModel(each: GradCase, opset: number): Model {
  const [, domain = "", op = each.op] = /^(com\.microsoft)\.(.*)$/.exec(each.op) ?? [];
  const names = each.inputs.map((input, i) => (input === "" ? "" : `in${i}`));
  const outputs = Array.from({ length: each.outputs }, (_, i) => `out${i}`);
  const graph = build.graph({
    nodes: [build.node(op, names, outputs, each.attributes, "node", domain)],
    inputs: each.inputs.flatMap((input, i) =>
      isDrawn(input) ? [build.value(`in${i}`, "float32", input.shape)] : [],
    ),
    constants: each.inputs.flatMap((input, i) =>
      input !== "" && !isDrawn(input) ? [constantOf(`in${i}`, input)] : [],
    ),
    outputs: outputs.map(build.untyped),
  });
  const model = build.model(graph, opset);
  return domain === ""
    ? model
    : { ...model, opsets: new Map([...model.opsets, [domain, sinceVersion(each.op)]]) };
}

/** Evenly apart over the range, no value in its middle, shuffled: no two meet within a step of differences. */
export function drawn({ shape, low, high }: Drawn, random: () => number): Tensor {
  const count = sizeOf(shape);
  const even = count + (count % 2);
  const values = Array.from({ length: even }, (_, i) => low + ((i + 0.5) / even) * (high - low));
  for (let i = values.length - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [values[i], values[other]] = [values[other] as number, values[i] as number];
  }
  return tensor("float32", shape, values.slice(0, count));
}

const signed = (random: () => number, count: number) =>
  Float32Array.from({ length: count }, () => (0.3 + 0.7 * random()) * (random() < 0.5 ? -1 : 1));

export interface Finding {
  readonly input: string;
  /** Largest error of a slope over the directions. */
  readonly error: number;
  /** The same with a gradient 5 % too large: what the check must see. */
  readonly control: number;
}

const STEP = 2e-3;
const DIRECTIONS = 5;

/** Tries every drawn input of a case at an opset. */
export async function tryCase(each: GradCase, opset: number, runtime: TestRuntime): Promise<Finding[]> {
  const model = forwardModel(each, opset);
  const { values, missing } = infer(model);
  if (missing.length > 0) throw new Error(`${each.op}: ${missing[0]?.reason}, expected known shapes`);
  const random = seededRandom(7);
  const feeds: Record<string, Tensor> = {};
  each.inputs.forEach((input, i) => {
    if (isDrawn(input)) feeds[`in${i}`] = drawn(input, random);
  });
  const seeds: Record<string, Tensor> = {};
  for (const { name } of model.graph.outputs) {
    const found = values.get(name);
    if (!found) throw new Error(`${each.op}: ${name} of unknown shape, expected a known one`);
    if (!isFloat(found.dtype)) continue;
    seeds[name] = tensor(found.dtype, found.shape, signed(random, sizeOf(found.shape)));
  }
  const wrt = Object.keys(feeds);
  const { graph, gradients } = gradientGraph({
    graph: {
      ...model.graph,
      inputs: [
        ...model.graph.inputs,
        ...Object.entries(seeds).map(([name, { dtype, shape }]) => build.value(`seed_${name}`, dtype, shape)),
      ],
    },
    opset,
    values,
    seeds: new Map(Object.keys(seeds).map((name) => [name, `seed_${name}`])),
    wrt,
    keep: [],
    maxima: each.maxima,
    ...(each.samples && { perSample: { of: wrt.slice(1), samples: each.samples } }),
  });
  if (gradients.size === 0) return [];
  const [forward, backward] = [await runtime.load(model), await runtime.load({ ...model, graph })];
  try {
    const all: Feeds = {
      ...feeds,
      ...Object.fromEntries(Object.entries(seeds).map(([name, seed]) => [`seed_${name}`, seed])),
    };
    const found = await backward.run(all);
    const findings: Finding[] = [];
    for (const input of wrt) {
      const value = gradients.get(input);
      if (!value) continue;
      const gradient = summed(found[value.name] as Tensor, (feeds[input] as Tensor).shape);
      findings.push(await trial((given) => forward.run(given), feeds, seeds, input, gradient, random));
    }
    return findings;
  } finally {
    await forward.release();
    await backward.release();
  }
}

/** A gradient by samples as one of the whole batch; others as they are. */
function summed(value: Tensor, shape: readonly number[]): Float32Array {
  const all = numbers(value);
  const count = sizeOf(shape);
  if (value.shape.length === shape.length) return all;
  const sum = new Float32Array(count);
  all.forEach((each, i) => {
    sum[i % count] = (sum[i % count] as number) + each;
  });
  return sum;
}

async function trial(
  run: (feeds: Feeds) => Promise<Record<string, Tensor>>,
  feeds: Feeds,
  seeds: Feeds,
  input: string,
  gradient: Float32Array,
  random: () => number,
): Promise<Finding> {
  let [error, control] = [0, 0];
  for (let i = 0; i < DIRECTIONS; i++) {
    const direction = signed(random, gradient.length);
    const slope = await slopeAlong(run, feeds, seeds, input, direction, STEP, gradient);
    error = Math.max(error, errorOf(slope, gradient.length));
    control = Math.max(control, errorOf({ ...slope, claimed: 1.05 * slope.claimed }, gradient.length));
  }
  return { input, error, control };
}
