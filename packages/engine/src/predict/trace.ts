// Trace: the mean curvature of the divergence along each weight, by Hutchinson's estimator with central differences of
// gradients. A graph with the weights as inputs, and the loop that probes it.
//
// The divergence from the float network's own outputs is zero there and has no slope; its Hessian H is what counts. For
// signs v, E[vᵀHv] = Tr H (Hutchinson 1989), and Hv = (g(w + hv) − g(w − hv)) / 2h. Signs over all weights at once give
// each weight its own trace, (Hv)_l · v_l, as products of different weights average out. Step h = 1e-4 · ‖w_l‖ / ‖v_l‖, where
// differences in float32 were within 1 % (design note "autodiff", §4); each weight its own, as weights of pixels from 0 to
// 255 are far smaller than others.
// Source: Dong et al. 2020, HAWQ-V2, eq. 5 and Algorithm 1: Ω = Tr(H)/n · ‖ΔW‖²; half of it is the divergence.

import { type Forward, gradientGraph, type Headed, withInputs } from "@bitscape/grad";
import { build, constantOf, int, type Model, type Node, namesBeside, opsetOf, prune } from "@bitscape/graph";
import { seededRandom, sizeOf, type Tensor, tensor, toFloat32 } from "@bitscape/tensor";
import type { Dataset } from "../data/index.ts";
import { floatsOf } from "../network/constants.ts";
import type { Network } from "../network/network.ts";
import type { Weight } from "../network/weights.ts";
import { batchesOf } from "../runtime/batches.ts";
import { loadModel } from "../runtime/loading.ts";
import type { Feeds, Runtime } from "../runtime/runtime.ts";
import type { OutputKind } from "../score/output.ts";
import type { Batching } from "./batching.ts";
import { type Head, headsOf } from "./traceHead.ts";

/** A weight's trace over its elements, from several probes. */
export interface Trace {
  /** Tr(H) / n. */
  readonly mean: number;
  /** Standard error over the probes. */
  readonly error: number;
  readonly probes: number;
}

export interface TraceJob {
  readonly network: Network;
  readonly batching: Batching;
  readonly kind: OutputKind;
  readonly dataset: Dataset;
  readonly runtime: Runtime;
  readonly weights: readonly Weight[];
  readonly indices: readonly number[];
  readonly between: (done: number, total: number) => Promise<void>;
}

// Enough for a standard error of a quarter where single probes scatter by their own size.
const PROBES = 16;
const STEP = 1e-4;

const inner = (name: string) => `bitscape.trace.${name}`;
const PRODUCTS = inner("products");
const signsOf = (weight: string) => inner(`signs:${weight}`);

/** Traces by weight. Throws NoRule for an operator without a gradient on the way. */
export async function traces(job: TraceJob): Promise<Map<string, Trace>> {
  const { network, batching, dataset, runtime, weights, indices, between } = job;
  const heads = headsOf(job.kind, batching, dataset);
  const exact = weights.map(({ name }) => weightOf(network, name));
  const session = await loadModel(traceModel(job, heads), runtime);
  const found = weights.map((): number[] => []);
  try {
    const batches = [...batchesOf(indices, batching.size, true)];
    const each = Math.max(1, Math.ceil(PROBES / batches.length));
    const steps = exact.map((values) => STEP * Math.sqrt(squares(values) / values.length));
    const random = seededRandom(1);
    let done = 0;
    for (const batch of batches) {
      const samples = await dataset.batch(batch.indices);
      const none = weights.map(({ elements: count }) => new Float32Array(count));
      const blank = heads.map(({ target, shape }) => [target, zeros(shape)] as const);
      const unscaled = heads.map(({ scale, scaleShape }) => [scale, zeros(scaleShape)] as const);
      const still = {
        ...samples,
        ...Object.fromEntries([...blank, ...unscaled]),
        ...fed(weights, exact, none, steps),
      };
      const own = await session.run(
        still,
        heads.map(({ of }) => of),
      );
      const given: Feeds = Object.assign(
        {},
        ...heads.map((head) => head.given(own[head.of] as Tensor, batch)),
      );
      for (let probe = 0; probe < each; probe++) {
        await between(done + (batch.count * probe) / each, indices.length);
        const signs = none.map((array) => array.map(() => (random() < 0.5 ? -1 : 1)));
        const slopes: Float32Array[] = [];
        for (const way of [1, -1]) {
          const feeds = {
            ...samples,
            ...given,
            ...fed(
              weights,
              exact,
              signs,
              steps.map((h) => way * h),
            ),
          };
          const { dtype, data } = (await session.run(feeds, [PRODUCTS]))[PRODUCTS] as Tensor;
          slopes.push(toFloat32(dtype, data));
        }
        const [up, down] = slopes as [Float32Array, Float32Array];
        for (const [l, values] of found.entries())
          values.push(((up[l] as number) - (down[l] as number)) / (2 * (steps[l] as number)));
      }
      done += batch.count;
    }
  } finally {
    await session.release();
  }
  return new Map(weights.map(({ name, elements }, l) => [name, traceOf(found[l] as number[], elements)]));
}

function traceOf(probes: readonly number[], elements: number): Trace {
  const mean = probes.reduce((a, b) => a + b, 0) / probes.length;
  const spread = squares(probes.map((each) => each - mean)) / Math.max(1, probes.length - 1);
  return {
    mean: mean / elements,
    error: Math.sqrt(spread / probes.length) / elements,
    probes: probes.length,
  };
}

/** The network with its weights as inputs and the loss of each head, whose seeds are weighted by each row's share of the mean. */
export function withHeads(
  { batching, weights }: Pick<TraceJob, "batching" | "weights">,
  heads: readonly Head[],
): { forward: Forward | Headed; scaled: readonly Node[]; seeds: ReadonlyMap<string, string> } {
  const { model, values } = batching;
  const known = new Map(values);
  for (const { of, shape } of heads) known.set(of, { dtype: "float32", shape });
  const open = withInputs(
    model.graph,
    weights.map(({ name }) => name),
  );
  let forward: Forward | Headed = {
    graph: { ...open, nodes: [...open.nodes, ...heads.flatMap(({ nodes }) => nodes)] },
    opset: opsetOf(model),
    values: known,
  };
  const scaled: Node[] = [];
  const seeds = new Map<string, string>();
  for (const { of, target, scale, put } of heads) {
    const head: Headed = put(forward, { of, against: target, reduction: "sum" });
    const seed = `${scale}.seed`;
    scaled.push(build.node("Mul", [head.seeds.get(of) as string, scale], [seed], {}, seed));
    seeds.set(of, seed);
    forward = head;
  }
  return { forward, scaled, seeds };
}

/** The same with signs beside the weights, and the products of signs with the gradient. */
function traceModel(job: TraceJob, heads: readonly Head[]): Model {
  const { weights } = job;
  const { model } = job.batching;
  const { forward, scaled, seeds } = withHeads(job, heads);
  const beside = namesBeside(forward.graph);
  const inputs = [
    ...forward.graph.inputs,
    ...heads.map(({ scale, scaleShape }) => build.value(scale, "float32", scaleShape)),
    ...weights.map(({ name, elements }) => build.value(signsOf(name), "float32", [1, elements])),
  ];
  const { graph, gradients } = gradientGraph({
    ...forward,
    graph: { ...forward.graph, inputs, nodes: [...forward.graph.nodes, ...scaled] },
    seeds,
    wrt: weights.map(({ name }) => name),
    keep: heads.map(({ of }) => of),
  });
  const flat = constantOf(beside(inner("flat")), tensor("int64", [2], [1, -1]));
  const zero = constantOf(beside(inner("zero")), tensor("float32", [1, 1], [0]));
  const nodes: Node[] = [];
  const parts = weights.map(({ name }) => {
    const gradient = gradients.get(name)?.name;
    if (gradient === undefined) return zero.name;
    const [row, product] = [beside(inner("row")), beside(inner("product"))];
    nodes.push(build.node("Reshape", [gradient, flat.name], [row]));
    nodes.push(build.node("Gemm", [row, signsOf(name)], [product], { transB: int(1) }));
    return product;
  });
  nodes.push(build.node("Concat", parts, [PRODUCTS], { axis: int(1) }));
  const whole = {
    ...graph,
    nodes: [...graph.nodes, ...nodes],
    constants: new Map([...graph.constants, [flat.name, flat], [zero.name, zero]]),
    outputs: [build.value(PRODUCTS, "float32"), ...heads.map(({ of }) => build.value(of, "float32"))],
    valueInfo: [],
  };
  return { ...model, graph: prune(whole) };
}

/** Weights moved along their signs, and the signs. */
function fed(
  weights: readonly Weight[],
  exact: readonly Float32Array[],
  signs: readonly Float32Array[],
  steps: readonly number[],
): Feeds {
  return Object.fromEntries(
    weights.flatMap(({ name, shape, elements }, l): [string, Tensor][] => {
      const own = signs[l] as Float32Array;
      const data = (exact[l] as Float32Array).map((x, i) => x + (steps[l] as number) * (own[i] as number));
      return [
        [name, { dtype: "float32", shape, data }],
        [signsOf(name), { dtype: "float32", shape: [1, elements], data: own }],
      ];
    }),
  );
}

function weightOf(network: Network, name: string): Float32Array {
  const constant = network.model.graph.constants.get(name);
  if (!constant) throw new Error(`weight ${name}: not in ${network.name}, expected an initializer`);
  return floatsOf(constant);
}

const zeros = (shape: readonly number[]): Tensor => tensor("float32", shape, new Float32Array(sizeOf(shape)));

const squares = (values: ArrayLike<number>) => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) ** 2;
  return sum;
};
