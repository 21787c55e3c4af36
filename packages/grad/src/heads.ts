// Heads: losses on outputs of a graph, each as nodes for its value and for its gradient, which seeds the backward pass.
// The gradient of a loss over logits is written in closed form, p − target. Heads chain: losses add up.

import { build, type Graph, type Inferred, int, intOf, linksOf, namesBeside } from "@bitscape/graph";
import { type DType, normalizeAxis, sizeOf } from "@bitscape/tensor";
import { sameShape, type Value } from "./value.ts";
import { Writer } from "./writer.ts";

/** A graph whose shapes are known. */
export interface Forward {
  readonly graph: Graph;
  readonly opset: number;
  /** As `infer` gives them. */
  readonly values: ReadonlyMap<string, Inferred>;
}

/** A graph with a loss: what `gradientGraph` takes but for `wrt`. */
export interface Headed extends Forward {
  readonly seeds: ReadonlyMap<string, string>;
  /** The value that holds the loss, a scalar. */
  readonly loss: string;
}

export interface HeadOptions {
  /** What the head is put on: a value of the graph. */
  readonly of: string;
  /** The graph's value that it is held against; an input of that name is added where there is none. */
  readonly against: string;
  /** The mean over positions (elements for squares and sums; labels that count for cross-entropy), or the sum. */
  readonly reduction?: "mean" | "sum";
  /** The axis of classes of logits; the last where it is left out. */
  readonly axis?: number;
}

/**
 * Cross-entropy against int64 labels, in the shape of the logits without their class axis; a label below zero does not
 * count. Labels may be drawn outside from the network's own answer (the Fisher matrix).
 */
export function crossEntropy(forward: Forward | Headed, options: HeadOptions): Headed {
  return headed(forward, options, (found) => {
    const { w, of, axis, input, reduction } = found;
    const labels = input("int64", of.shape.toSpliced(axis, 1));
    const column = labels.shape.toSpliced(axis, 0, 1);
    const counted = w.cast(w.test("GreaterOrEqual", labels, 0), of.dtype);
    const known = w.op("Max", [labels, w.scalar("int64", 0)]);
    const depth = w.constant("int64", [1], [of.shape[axis] as number]);
    const hit = w.op("OneHot", [known, depth, w.constant(of.dtype, [2], [0, 1])], { axis: int(axis) });
    const total = w.op("Max", [summed(w, counted), w.scalar(of.dtype, 1)]);
    const share = w.reshape(reduction === "mean" ? w.div(counted, total) : counted, column);
    const chances = w.op("Softmax", [of], { axis: int(axis) });
    const logs = w.op("LogSoftmax", [of], { axis: int(axis) });
    return {
      loss: w.mul(-1, summed(w, w.mul(share, w.mul(hit, logs)))),
      seed: w.mul(w.sub(chances, hit), share),
    };
  });
}

/** Kullback–Leibler divergence of the distribution of the logits from one given by its logarithms, of the logits' shape. */
export function divergence(forward: Forward | Headed, options: HeadOptions): Headed {
  return headed(forward, options, ({ w, of, axis, input, reduction }) => {
    const target = input(of.dtype, of.shape);
    const positions = sizeOf(of.shape) / (of.shape[axis] as number);
    const scale = reduction === "mean" ? 1 / positions : 1;
    const given = w.op("Exp", [target]);
    const chances = w.op("Softmax", [of], { axis: int(axis) });
    const logs = w.op("LogSoftmax", [of], { axis: int(axis) });
    return {
      loss: w.mul(summed(w, w.mul(given, w.sub(target, logs))), scale),
      seed: w.mul(w.sub(chances, given), scale),
    };
  });
}

/** Squared error against targets of the value's shape. */
export function squaredError(forward: Forward | Headed, options: HeadOptions): Headed {
  return headed(forward, options, ({ w, of, input, reduction }) => {
    const error = w.sub(of, input(of.dtype, of.shape));
    const scale = reduction === "mean" ? 1 / sizeOf(of.shape) : 1;
    return { loss: w.mul(summed(w, w.mul(error, error)), scale), seed: w.mul(error, 2 * scale) };
  });
}

/** The sum of a value's elements by weights of its shape. */
export function weightedSum(forward: Forward | Headed, options: HeadOptions): Headed {
  return headed(forward, options, ({ w, of, input, reduction }) => {
    const weights = input(of.dtype, of.shape);
    const seed = reduction === "mean" ? w.div(weights, sizeOf(of.shape)) : weights;
    return { loss: summed(w, w.mul(seed, of)), seed };
  });
}

/**
 * The logits behind an output that a Softmax or LogSoftmax makes of them: their name and their axis of classes.
 * Another output is its own logits.
 */
export function logitsOf(graph: Graph, output: string): { readonly of: string; readonly axis: number } {
  const node = linksOf(graph).producer.get(output);
  const [source = output] = node?.inputs ?? [];
  if (node?.op === "Identity" && node.domain === "") return logitsOf(graph, source);
  const normalizes = node?.domain === "" && (node.op === "Softmax" || node.op === "LogSoftmax");
  return normalizes ? { of: source, axis: intOf(node, "axis", -1) } : { of: output, axis: -1 };
}

interface Parts {
  readonly w: Writer;
  readonly of: Value;
  /** In [0, rank). */
  readonly axis: number;
  readonly reduction: "mean" | "sum";
  readonly input: (dtype: DType, shape: readonly number[]) => Value;
}

const summed = (w: Writer, x: Value) => w.reduce("Sum", x, [...x.shape.keys()], false);

function headed(
  forward: Forward | Headed,
  { of: name, against, reduction = "mean", axis = -1 }: HeadOptions,
  parts: (found: Parts) => { readonly loss: Value; readonly seed: Value },
): Headed {
  const { graph, opset } = forward;
  const inferred = forward.values.get(name);
  if (!inferred) throw new Error(`value ${name}: of unknown shape, expected a known one`);
  const w = new Writer(opset, namesBeside(graph));
  w.scope = `${name}_loss`;
  const of = { ...inferred, name };
  const values = new Map(forward.values);
  const inputs = [...graph.inputs];
  const input = (dtype: DType, shape: readonly number[]): Value => {
    const present = values.get(against);
    if (!present) {
      inputs.push(build.value(against, dtype, shape));
      values.set(against, { dtype, shape });
    } else if (present.dtype !== dtype || !sameShape(present.shape, shape)) {
      const found = `${present.dtype}[${present.shape.join(", ")}]`;
      throw new Error(`value ${against}: ${found}, expected ${dtype}[${shape.join(", ")}]`);
    }
    return { name: against, dtype, shape };
  };
  const rank = Math.max(1, of.shape.length);
  const made = parts({ w, of, axis: normalizeAxis(axis, rank), reduction, input });
  const before = "loss" in forward ? forward : undefined;
  const earlier = before?.seeds.get(name);
  const seed = earlier === undefined ? made.seed : w.add({ ...made.seed, name: earlier }, made.seed);
  const loss = before ? w.add({ ...made.loss, name: before.loss }, made.loss) : made.loss;
  for (const { name: each, dtype, shape } of w.written) values.set(each, { dtype, shape });
  return {
    graph: {
      ...graph,
      inputs,
      nodes: [...graph.nodes, ...w.nodes],
      constants: new Map([...graph.constants, ...w.constants]),
    },
    opset,
    values,
    seeds: new Map([...(before?.seeds ?? []), [name, seed.name]]),
    loss: loss.name,
  };
}
