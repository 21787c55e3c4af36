// What is sure of every value whatever is fed: sizes that stay when every free dimension of the inputs changes.
// Not a proof by symbols: two inferences are compared, under pins that are far apart.

import type { Model } from "../graph.ts";
import type { Fact, Facts } from "../simplify/noop.ts";
import { infer } from "./infer.ts";
import { symbolicDims } from "./pins.ts";
import type { Inferred } from "./rule.ts";

/** Facts of the main graph's values, those of inner graphs left out. */
export function factsOf(model: Model): Facts {
  const free = symbolicDims(model);
  const first = infer(model).values;
  // More than twice as much: any size that follows from a free one by strides and sums becomes another.
  const pins = Object.fromEntries(free.map(({ name, guess }) => [name, 2 * guess + 3]));
  const second = free.length === 0 ? first : infer(model, pins).values;
  const facts = new Map<string, Fact>();
  const { graph } = model;
  const names = [
    ...graph.inputs.map((input) => input.name),
    ...graph.constants.keys(),
    ...graph.nodes.flatMap((node) => node.outputs),
  ];
  for (const name of names) {
    const fact = common(first.get(name), second.get(name));
    if (fact) facts.set(name, fact);
  }
  return facts;
}

function common(a: Inferred | undefined, b: Inferred | undefined): Fact | undefined {
  if (!a || !b || a.dtype !== b.dtype || a.shape.length !== b.shape.length) return undefined;
  return { dtype: a.dtype, dims: a.shape.map((size, axis) => (size === b.shape[axis] ? size : null)) };
}
