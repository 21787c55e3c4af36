// Part: a graph that gives directional derivatives: for each sample and each change of a weight or activation, the inner
// product of the gradient (from the seed at the output) with the change. Forward and backward once for all changes of a part.
// Pure: gives a model; running.ts runs it. Source: design note "autodiff", §5.

import { gradientGraph } from "@bitscape/grad";
import { build, infer, type Model, opsetOf, prune, raiseOpset } from "@bitscape/graph";
import { sizeOf } from "@bitscape/tensor";
import type { Weight } from "../network/weights.ts";
import { roundingOf } from "../probe/quantizer.ts";
import { formulationOf } from "./formulation.ts";
import { Products } from "./products.ts";
import type { PartRequest, WeightChanges } from "./request.ts";

export interface Part {
  readonly model: Model;
  /** The output with the derivatives, [samples, width]; undefined where there are none. */
  readonly output: string | undefined;
  readonly width: number;
  /** Where the columns of a term begin. Those of a term that nothing depends on are absent: they are zero. */
  readonly offsets: ReadonlyMap<string, number>;
  /** The outputs with the gradients of `back`, by value; those that are zero are absent. */
  readonly back: ReadonlyMap<string, string>;
}

/** The opset that a rounding's codes need. */
const codesOpset: Readonly<Record<string, number>> = {
  uint8: 13,
  float8e4m3fn: 19,
  float8e5m2: 19,
  uint16: 21,
};

/** The graph of a part. Throws NoRule for an operator without a gradient on the way. */
export function partOf(request: PartRequest): Part {
  const { batching, seeding, weights, points } = request;
  const least = Math.max(
    opsetOf(batching.model),
    ...points.flatMap(({ plans }) => plans.map((plan) => codesOpset[roundingOf(plan).dtype] as number)),
  );
  const raised = least > opsetOf(batching.model);
  const model = raised ? raiseOpset(batching.model, least) : batching.model;
  // A step from one opset to the next may have written new values.
  const values = raised ? new Map([...infer(model).values, ...batching.values]) : batching.values;
  const products = new Products(request, model);
  const forward = {
    ...model.graph,
    nodes: [...model.graph.nodes, ...seeding.nodes],
    inputs: [...model.graph.inputs, ...seeding.inputs],
    constants: new Map([
      ...model.graph.constants,
      ...seeding.constants.map((each) => [each.name, each] as const),
    ]),
  };
  const way = ({ weight, changes }: WeightChanges) =>
    request.formulation ?? formulationOf(request, weight, changes.length) ?? "gradient";
  for (const each of weights) products.weight(each, way(each));
  for (const each of points) products.point(each);
  const { graph, gradients } = gradientGraph({
    graph: {
      ...forward,
      nodes: [...forward.nodes, ...products.forward],
      constants: products.with(forward.constants),
    },
    opset: opsetOf(model),
    values,
    seeds: seeding.seeds,
    wrt: [...new Set([...products.wrt, ...(request.back ?? [])])],
    keep: products.kept,
    ...(batching.size > 1 && { perSample: { of: [...products.apart], samples: batching.size } }),
  });
  const { nodes, output, width, offsets } = products.write((name) => gradients.get(name)?.name);
  const back = new Map(
    (request.back ?? []).flatMap((name) => {
      const gradient = gradients.get(name);
      return gradient ? [[name, gradient.name] as const] : [];
    }),
  );
  const outputs = [...new Set([...(output === undefined ? [] : [output]), ...back.values()])].map((name) =>
    build.value(name, "float32"),
  );
  const whole = {
    ...graph,
    nodes: [...graph.nodes, ...nodes],
    constants: products.with(graph.constants),
    outputs,
    valueInfo: [],
  };
  return { model: { ...model, graph: prune(whole) }, output, width, offsets, back };
}

/** Numbers that a weight's changes take, for parts of bounded size. */
export function changeBytes({ weight, changes }: { weight: Weight; changes: readonly unknown[] }): number {
  return 4 * sizeOf(weight.shape) * changes.length;
}
