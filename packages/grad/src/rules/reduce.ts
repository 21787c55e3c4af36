// Gradients of reductions and of what normalizes by one: Softmax and its logarithm. Source: ONNX Reduce* 13 and 18,
// Softmax 13. Elements that share a maximum share its gradient evenly.

import { intOf, type OpType } from "@bitscape/graph";
import { normalizeAxis, sizeOf } from "@bitscape/tensor";
import { axisOf, type GradRule, type GradSite, gradientOf, inputOf, intsFrom, outputOf } from "../site.ts";
import type { Value } from "../value.ts";
import type { Writer } from "../writer.ts";

interface Reduced {
  readonly w: Writer;
  readonly x: Value;
  /** Upstream gradient and result, with the reduced axes as ones. */
  readonly g: Value;
  readonly y: Value;
  readonly axes: readonly number[];
}

function axesOf(site: GradSite): number[] {
  const rank = inputOf(site, 0).shape.length;
  const axes = intsFrom(site, "axes", 1) ?? [];
  if (axes.length > 0) return axes.map((axis) => normalizeAxis(axis, rank, "axes"));
  return intOf(site.node, "noop_with_empty_axes", 0) === 1 ? [] : Array.from({ length: rank }, (_, i) => i);
}

const reduced =
  (gradient: (found: Reduced) => Value): GradRule =>
  (site) => {
    const x = inputOf(site, 0);
    const axes = axesOf(site);
    const ones = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const g = site.write.reshape(gradientOf(site), ones);
    const y = site.write.reshape(outputOf(site), ones);
    return [site.write.expand(gradient({ w: site.write, x, g, y, axes }), x.shape)];
  };

const extreme = reduced(({ w, x, g, y, axes }) => {
  const hits = w.cast(w.test("Equal", x, y), x.dtype);
  return w.mul(w.div(g, w.reduce("Sum", hits, axes)), hits);
});

export const reductions = {
  ReduceSum: reduced(({ g }) => g),
  ReduceMean: reduced(({ w, x, g, axes }) => {
    const count = sizeOf(axes.map((axis) => x.shape[axis] as number));
    return w.mul(g, 1 / count);
  }),
  ReduceMax: extreme,
  ReduceMin: extreme,
  // Zero where the norm is: one of the subgradients.
  ReduceL2: reduced(({ w, x, g, y }) => {
    const length = w.where(w.test("Equal", y, 0), 1, y);
    return w.mul(w.div(g, length), x);
  }),
  ReduceL1: reduced(({ w, x, g }) => w.mul(g, w.op("Sign", [x]))),
  ReduceSumSquare: reduced(({ w, x, g }) => w.mul(w.mul(2, g), x)),
  ReduceLogSum: reduced(({ w, g, y }) => w.mul(g, w.op("Exp", [w.mul(-1, y)]))),
  ReduceLogSumExp: reduced(({ w, x, g, y }) => w.mul(g, w.op("Exp", [w.sub(x, y)]))),
  // Only where no element is zero.
  ReduceProd: reduced(({ w, x, g, y }) => w.div(w.mul(g, y), x)),
  Softmax: (site) => {
    const { write } = site;
    const [y, g] = [outputOf(site), gradientOf(site)];
    const mean = write.reduce("Sum", write.mul(y, g), [axisOf(site, -1)]);
    return [write.mul(y, write.sub(g, mean))];
  },
  LogSoftmax: (site) => {
    const { write } = site;
    const g = gradientOf(site);
    const total = write.reduce("Sum", g, [axisOf(site, -1)]);
    return [write.sub(g, write.mul(write.op("Exp", [outputOf(site)]), total))];
  },
} satisfies Partial<Record<OpType, GradRule>>;
