// The leading directions of the Hessian at the float weights: power iteration on products that are differences of gradients of the
// divergence from the float network's own outputs, which is zero there and has no slope (as in predict/trace.ts).
// Source: Yao et al. 2020, PyHessian, §3; Hv = (g(w + hv) − g(w − hv)) / 2h.

import { gradientGraph } from "@bitscape/grad";
import { build, type Model, prune } from "@bitscape/graph";
import { innerProduct } from "@bitscape/methods";
import { normal, sizeOf, type Tensor, tensor, toFloat32 } from "@bitscape/tensor";
import type { Weight } from "../network/weights.ts";
import { type Batching, batching } from "../predict/batching.ts";
import { withHeads } from "../predict/trace.ts";
import { type Head, headsOf } from "../predict/traceHead.ts";
import { batchesOf, batchSize } from "../runtime/batches.ts";
import { loadModel } from "../runtime/loading.ts";
import type { Feeds, Session } from "../runtime/runtime.ts";
import type { Study } from "../study.ts";

type Values = readonly Float32Array[];

// The two leading eigenvalues of a trained network lie apart: directions settle in a few steps.
const ITERATIONS = 8;
// Samples beyond these change the directions little.
const SAMPLES = 64;
// Of the weights' norm: the step of the trace, which differences in float32 bear.
const STEP = 1e-3;

/**
 * Two leading directions, each as long as all weights together.
 * @throws one sentence where an operator on the way has no gradient
 */
export async function leadingDirections(
  study: Study,
  weights: readonly Weight[],
  float: Values,
  indices: readonly number[],
  random: () => number,
  between: () => Promise<void>,
): Promise<{ labels: readonly string[]; found: readonly [Values, Values] }> {
  const { network, dataset } = study;
  if (weights.some(({ dtype }) => dtype !== "float32")) {
    throw new Error(`${network.name}: float16 weights, expected float32 for directions of the Hessian`);
  }
  const used = indices.slice(0, SAMPLES);
  const most = Math.min(used.length, batchSize(network, dataset));
  const base = [most, batchSize(network, dataset), 1]
    .map((size) => batching(network, size))
    .find((each) => each);
  if (!base) throw new Error(`${network.name}: unknown shapes, expected known ones for a gradient`);
  const slopes = await Slopes.load(study, base, weights, float, used);
  try {
    const length = Math.sqrt(innerProduct(float, float));
    const step = STEP * length;
    const product = async (v: Values) => {
      const [up, down] = [
        await slopes.at(moved(float, v, step), between),
        await slopes.at(moved(float, v, -step), between),
      ];
      return up.map((values, l) =>
        values.map((x, i) => (x - ((down[l] as Float32Array)[i] as number)) / (2 * step)),
      );
    };
    const found: Values[] = [];
    const labels: string[] = [];
    for (let k = 1; k <= 2; k++) {
      let v = unit(
        without(
          float.map((values) => values.map(() => normal(random))),
          found,
        ),
      );
      let value = 0;
      for (let i = 0; i < ITERATIONS; i++) {
        const next = without(await product(v), found);
        value = innerProduct(next, v);
        if (innerProduct(next, next) === 0) break;
        v = unit(next);
      }
      found.push(v);
      labels.push(
        `leading direction ${k} of the Hessian (λ = ${value.toPrecision(3)}; 1: as long as the weights)`,
      );
    }
    const [first, second] = found.map((v) => v.map((values) => values.map((x) => x * length)));
    return { labels, found: [first as Values, second as Values] };
  } finally {
    await slopes.release();
  }
}

const moved = (from: Values, v: Values, by: number): Float32Array[] =>
  from.map((values, l) => values.map((x, i) => x + by * ((v[l] as Float32Array)[i] as number)));

const unit = (v: Values): Values => {
  const norm = Math.sqrt(innerProduct(v, v));
  return v.map((values) => values.map((x) => x / norm));
};

/** A direction less its parts along unit ones. */
function without(v: Values, found: readonly Values[]): Values {
  return found.reduce((rest, each) => moved(rest, each, -innerProduct(rest, each)), v);
}

/** All that a batch is fed but the weights, and its part of all samples. */
interface Fed {
  readonly feeds: Feeds;
  readonly share: number;
}

/** Gradients of the mean divergence with respect to all weights, wherever those are. */
class Slopes {
  readonly #session: Session;
  readonly #weights: readonly Weight[];
  readonly #outputs: readonly (string | undefined)[];
  readonly #batches: readonly Fed[];

  private constructor(
    session: Session,
    weights: readonly Weight[],
    outputs: readonly (string | undefined)[],
    batches: readonly Fed[],
  ) {
    this.#session = session;
    this.#weights = weights;
    this.#outputs = outputs;
    this.#batches = batches;
  }

  static async load(
    { dataset, reference, runtime }: Study,
    base: Batching,
    weights: readonly Weight[],
    float: Values,
    indices: readonly number[],
  ): Promise<Slopes> {
    const heads = headsOf(reference.kind, base, dataset);
    const { model, outputs } = slopeModel(base, weights, heads);
    const session = await loadModel(model, runtime);
    const batches: Fed[] = [];
    for (const batch of batchesOf(indices, base.size, true)) {
      const samples = await dataset.batch(batch.indices);
      const blank = heads.flatMap(({ target, shape, scale, scaleShape }) => [
        [target, zeros(shape)] as const,
        [scale, zeros(scaleShape)] as const,
      ]);
      const still = { ...samples, ...Object.fromEntries(blank), ...fedWeights(weights, float) };
      const own = await session.run(
        still,
        heads.map(({ of }) => of),
      );
      const given: Feeds = Object.assign(
        {},
        ...heads.map((head) => head.given(own[head.of] as Tensor, batch)),
      );
      batches.push({ feeds: { ...samples, ...given }, share: batch.count / indices.length });
    }
    return new Slopes(session, weights, outputs, batches);
  }

  async at(weights: Values, between: () => Promise<void>): Promise<Float32Array[]> {
    const sums = weights.map((values) => new Float32Array(values.length));
    const fed = fedWeights(this.#weights, weights);
    const wanted = this.#outputs.filter((name) => name !== undefined);
    for (const { feeds, share } of this.#batches) {
      await between();
      const found = await this.#session.run({ ...feeds, ...fed }, wanted);
      for (const [l, name] of this.#outputs.entries()) {
        const value = name === undefined ? undefined : found[name];
        if (!value) continue;
        const sum = sums[l] as Float32Array;
        const own = toFloat32(value.dtype, value.data);
        for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + share * (own[i] as number);
      }
    }
    return sums;
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/** The network with its weights as inputs and the gradient of each as an output; none where nothing depends on it. */
function slopeModel(
  base: Batching,
  weights: readonly Weight[],
  heads: readonly Head[],
): { model: Model; outputs: readonly (string | undefined)[] } {
  const { forward, scaled, seeds } = withHeads({ batching: base, weights }, heads);
  const scales = heads.map(({ scale, scaleShape }) => build.value(scale, "float32", scaleShape));
  const { graph, gradients } = gradientGraph({
    ...forward,
    graph: {
      ...forward.graph,
      inputs: [...forward.graph.inputs, ...scales],
      nodes: [...forward.graph.nodes, ...scaled],
    },
    seeds,
    wrt: weights.map(({ name }) => name),
    keep: heads.map(({ of }) => of),
  });
  const outputs = weights.map(({ name }) => gradients.get(name)?.name);
  const shown = [...outputs.filter((name) => name !== undefined), ...heads.map(({ of }) => of)];
  const whole = {
    ...graph,
    outputs: shown.map((name) => build.value(name, "float32")),
    valueInfo: [],
  };
  return { model: { ...base.model, graph: prune(whole) }, outputs };
}

const fedWeights = (weights: readonly Weight[], values: Values): Feeds =>
  Object.fromEntries(
    weights.map(({ name, shape }, l): [string, Tensor] => [
      name,
      { dtype: "float32", shape, data: values[l] as Float32Array },
    ]),
  );

const zeros = (shape: readonly number[]): Tensor => tensor("float32", shape, new Float32Array(sizeOf(shape)));
