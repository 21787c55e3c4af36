// Reverse-mode differentiation of a graph into a graph: the rules of rules/ applied from the seeds back. Shapes are
// concrete (a graph for each batch size). Writes nodes only: nothing is computed here.
// Source: Griewank & Walther, Evaluating Derivatives (2nd ed., 2008), ch. 3.2, reverse accumulation.

import {
  build,
  type Graph,
  type Inferred,
  inferRules,
  linksOf,
  type Node,
  namesBeside,
  opTypeOf,
  prune,
} from "@bitscape/graph";
import { activityOf, type Rules, ruleOf } from "./activity.ts";
import { NoRule } from "./error.ts";
import type { GradSite, PerSample } from "./site.ts";
import { sameShape, type Value } from "./value.ts";
import { Writer } from "./writer.ts";

export interface GradRequest extends Rules {
  readonly graph: Graph;
  /** The ai.onnx opset of its model: 13 or later. */
  readonly opset: number;
  /** Type and concrete shape of every value, as `infer` gives them under the pins of one batch size. */
  readonly values: ReadonlyMap<string, Inferred>;
  /** By value, the value of the graph that holds its gradient: of the same shape, an input or computed (heads.ts). */
  readonly seeds: ReadonlyMap<string, string>;
  /** Names of values whose gradient is asked for: inputs, weights (inputs or constants), activations. */
  readonly wrt: readonly string[];
  /** Values that the new graph gives beside the gradients; the outputs of the graph where it is left out. */
  readonly keep?: readonly string[];
  /**
   * Gradients of weights apart for each sample, [samples, ...shape]: what the diagonal of the Fisher matrix needs.
   * Holds where the leading axis of what meets the weight runs over samples (samples first: [N, …] or [N·T, …]).
   */
  readonly perSample?: {
    /** Names out of `wrt`. */
    readonly of: readonly string[];
    /** N. */
    readonly samples: number;
    /** Give Σ over samples of the squares, in the shape of the weight. */
    readonly squared?: boolean;
  };
  /** As {@link GradSite.maxima}; "comparison" for WebGPU, whose MaxPool has no Indices. */
  readonly maxima?: GradSite["maxima"];
}

export interface Gradients {
  /** Forward and backward nodes, without those that nothing needs; its outputs are `keep` and the gradients. */
  readonly graph: Graph;
  /** By name of `wrt`: its gradient. Absent where nothing that is seeded depends on it: a gradient of zero. */
  readonly gradients: ReadonlyMap<string, Value>;
}

/**
 * The gradients of Σ ⟨seed, value⟩ with respect to values.
 * @throws NoRule for an operator without a rule on the way; an Error of one sentence where a node has a form that its
 * rule does not know, or a shape is not known
 */
export function gradientGraph(request: GradRequest): Gradients {
  return new Backward(request).run();
}

class Backward {
  readonly #request: GradRequest;
  readonly #write: Writer;
  readonly #names: ReturnType<typeof namesBeside>;
  /** Contributions to the gradient of each value; one once they are added. */
  readonly #parts = new Map<string, Value[]>();
  /** Outputs that rules asked nodes to give besides, by node id. */
  readonly #extended = new Map<string, readonly string[]>();

  constructor(request: GradRequest) {
    this.#request = request;
    this.#names = namesBeside(request.graph);
    this.#write = new Writer(request.opset, this.#names);
  }

  run(): Gradients {
    const { graph, values, seeds, wrt } = this.#request;
    const active = activityOf(graph, values, seeds.keys(), wrt, this.#request);
    for (const [name, seed] of seeds) {
      if (active.values.has(name)) this.#parts.set(name, [this.#seed(name, seed)]);
    }
    for (const node of active.nodes.toReversed()) this.#back(node, active.values);
    const gradients = new Map<string, Value>();
    for (const name of wrt) {
      const found = this.#total(name);
      if (found) gradients.set(name, this.#given(this.#squares(name, found)));
    }
    return { graph: this.#graph(gradients), gradients };
  }

  #seed(name: string, seed: string): Value {
    const { shape, dtype } = this.#value(name);
    return { name: seed, shape, dtype };
  }

  #value(name: string): Value {
    const found = this.#request.values.get(name);
    if (!found) throw new Error(`value ${name}: of unknown shape, expected a known one`);
    return { ...found, name };
  }

  /** The sum of what came for a value. */
  #total(name: string): Value | undefined {
    const parts = this.#parts.get(name);
    if (!parts || parts.length < 2) return parts?.[0];
    const total = parts.length === 2 ? this.#write.op("Add", parts) : this.#write.op("Sum", parts);
    this.#parts.set(name, [total]);
    return total;
  }

  #back(node: Node, active: ReadonlySet<string>): void {
    this.#write.scope = `${node.id}_gradient`;
    const upstream = node.outputs.map((name) => (name === "" ? undefined : this.#total(name)));
    if (upstream.every((each) => !each)) return;
    const rule = ruleOf(node, this.#request);
    if (!rule) throw new NoRule(node);
    const optional = (name: string) => (name === "" ? undefined : this.#value(name));
    const site: GradSite = {
      node,
      inputs: node.inputs.map(optional),
      outputs: node.outputs.map(optional),
      upstream,
      wants: (input) => active.has(node.inputs[input] ?? ""),
      perSample: (input) => this.#perSample(node.inputs[input] as string),
      output: (index) => this.#output(node, index),
      maxima: this.#request.maxima ?? "indices",
      write: this.#write,
    };
    rule(site).forEach((gradient, i) => {
      const name = node.inputs[i] ?? "";
      if (!gradient || !active.has(name)) return;
      this.#check(site, i, gradient);
      const parts = this.#parts.get(name);
      if (parts) parts.push(gradient);
      else this.#parts.set(name, [gradient]);
    });
  }

  #perSample(name: string): PerSample | undefined {
    const asked = this.#request.perSample;
    if (!asked?.of.includes(name)) return undefined;
    const readers = linksOf(this.#request.graph).consumers.get(name) ?? [];
    const reads = readers.flatMap((node) => node.inputs.filter((each) => each === name));
    return { samples: asked.samples, squared: asked.squared === true && reads.length === 1 };
  }

  #check(site: GradSite, index: number, gradient: Value): void {
    const { shape } = site.inputs[index] as Value;
    const apart = site.perSample(index);
    const fits = apart
      ? sameShape(gradient.shape, [apart.samples, ...shape]) ||
        (apart.squared && sameShape(gradient.shape, shape))
      : sameShape(gradient.shape, shape);
    if (fits) return;
    throw new NoRule(
      site.node,
      apart && sameShape(gradient.shape, shape)
        ? `the gradient of input ${index} summed over samples, expected a rule that keeps samples apart`
        : `gradient [${gradient.shape.join(", ")}] of input ${index}, expected [${shape.join(", ")}]`,
    );
  }

  #output(node: Node, index: number): Value {
    const present = (this.#extended.get(node.id) ?? node.outputs)[index];
    const names = [...(this.#extended.get(node.id) ?? node.outputs)];
    while (names.length <= index) names.push("");
    if (!present) {
      names[index] = this.#names(`${node.id}_output_${index}`);
      this.#extended.set(node.id, names);
    }
    const op = opTypeOf(node);
    const inputs = node.inputs.map((name) => (name === "" ? undefined : this.#value(name)));
    const rule = op && inferRules[op];
    const found = rule?.({ node, opset: this.#request.opset, inputs, run: () => [] })[index];
    if (!found) throw new NoRule(node, `output ${index} of unknown shape, expected a known one`);
    return { ...found, name: names[index] as string };
  }

  #squares(name: string, gradient: Value): Value {
    const asked = this.#request.perSample;
    if (!asked?.squared || !asked.of.includes(name)) return gradient;
    const { shape } = this.#value(name);
    return sameShape(gradient.shape, shape)
      ? gradient
      : this.#write.reduce("SumSquare", gradient, [0], false);
  }

  /** A gradient as an output may have it: made by a node. */
  #given(gradient: Value): Value {
    const { graph } = this.#request;
    const made = (nodes: readonly Node[]) => nodes.some((node) => node.outputs.includes(gradient.name));
    return made(this.#write.nodes) || made(graph.nodes) ? gradient : this.#write.op("Identity", [gradient]);
  }

  #graph(gradients: ReadonlyMap<string, Value>): Graph {
    const { graph, keep } = this.#request;
    const infos = new Map([...graph.valueInfo, ...graph.outputs].map((info) => [info.name, info]));
    const kept = (keep ?? graph.outputs.map((output) => output.name)).map((name) => {
      const known = this.#request.values.get(name);
      return known ? build.value(name, known.dtype, known.shape) : (infos.get(name) ?? build.untyped(name));
    });
    const added = new Map([...gradients.values()].map((value) => [value.name, value]));
    for (const { name } of kept) added.delete(name);
    const nodes = graph.nodes.map((node) => {
      const outputs = this.#extended.get(node.id);
      return outputs ? { ...node, outputs } : node;
    });
    return prune({
      ...graph,
      nodes: [...nodes, ...this.#write.nodes],
      constants: new Map([...graph.constants, ...this.#write.constants]),
      outputs: [
        ...kept,
        ...[...added.values()].map(({ name, dtype, shape }) => build.value(name, dtype, shape)),
      ],
    });
  }
}
