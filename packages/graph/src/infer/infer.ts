// Shape and type inference over a whole model under pinned dimensions, with constant propagation of small tensors.
// Not ONNX's own inference: shapes are concrete numbers, and a shape in the file is only a fallback for a rule.

import { subgraphsOf } from "../attribute.ts";
import { type Graph, type Model, type Node, opsetOf, type ValueInfo } from "../graph.ts";
import { opName, opTypeOf } from "../ops/names.ts";
import { evaluated } from "./evaluate.ts";
import { knownConstant } from "./known.ts";
import { tensorFrom } from "./numbers.ts";
import { type Pins, pinOf, resolve, resolver } from "./pins.ts";
import { agree, type Inferred, type Site } from "./rule.ts";
import { inferRules } from "./table.ts";

export interface Inference {
  /** By value name: the main graph's, and those of subgraphs whose name means one shape everywhere. */
  readonly values: ReadonlyMap<string, Inferred>;
  /** Nodes with an output that is not known, in order. */
  readonly missing: readonly Missing[];
  /** Values that are no tensors (sequences, optionals, maps): they have no shape to know. */
  readonly others: ReadonlySet<string>;
}

export interface Missing {
  /** The node's id. */
  readonly node: string;
  readonly op: string;
  readonly reason: string;
  /** The If, Loop or Scan whose subgraph the node is in; absent in the main graph. */
  readonly within?: string;
}

/**
 * Infers every value of a model.
 * @param pins a number for each symbolic dimension (by name, or `input:axis` where it has none), and for one-element
 * inputs by name where shapes depend on them; what is left out takes {@link symbolicDims}'s guess
 * @param known values that are known already (measured by a run): they win over rules and the file
 */
export function infer(
  model: Model,
  pins: Pins = {},
  known: ReadonlyMap<string, Inferred> = new Map(),
): Inference {
  const walk = new Walk(model, pins, known);
  const inputs = model.graph.inputs.map((input) => walk.input(input));
  walk.graph(model.graph, new Map(), inputs);
  return {
    values: new Map([...walk.inner, ...walk.values]),
    missing: [...walk.missing.values()],
    others: walk.others,
  };
}

/** Names that a graph sees: its own and those it captures. */
type Scope = Map<string, Inferred>;

class Walk {
  /** The main graph's values, and those of subgraphs: a name of the main graph hides the same one inside. */
  readonly values = new Map<string, Inferred>();
  readonly inner = new Map<string, Inferred>();
  /** By node id: a loop's body may be inferred twice. */
  readonly missing = new Map<string, Missing>();
  readonly others = new Set<string>();
  readonly #ambiguous = new Set<string>();
  readonly #resolve: (name: string) => number | undefined;
  readonly #pin: (name: string) => number | undefined;
  readonly #opset: number;
  readonly #functions: ReadonlySet<string>;
  readonly #known: ReadonlyMap<string, Inferred>;

  constructor(model: Model, pins: Pins, known: ReadonlyMap<string, Inferred>) {
    this.#resolve = resolver(model, pins);
    this.#pin = (name) => pinOf(pins, name);
    this.#opset = opsetOf(model);
    this.#functions = new Set(
      (model.source?.functions ?? []).map(({ domain, name }) => opName({ domain, op: name })),
    );
    this.#known = known;
  }

  /** A main graph's input: measured, or as the file says under the pins. */
  input(input: ValueInfo): Inferred | undefined {
    const measured = this.#known.get(input.name);
    if (measured) return measured;
    if (!input.dtype || !input.shape) return undefined;
    const { dtype, name } = input;
    const shape = input.shape.map(
      (size, axis) => resolve(size, this.#resolve) ?? this.#resolve(`${name}:${axis}`),
    );
    if (!shape.every((size) => size !== undefined)) return undefined;
    const pinned = shape.every((size) => size === 1) ? this.#pin(name) : undefined;
    const value = pinned === undefined ? undefined : tensorFrom(dtype, shape, [pinned]);
    return value ? { dtype, shape, value } : { dtype, shape };
  }

  graph(
    graph: Graph,
    outer: Scope,
    feeds: readonly (Inferred | undefined)[],
    within?: string,
  ): (Inferred | undefined)[] {
    const scope: Scope = new Map(outer);
    const set = (name: string, value: Inferred | undefined) => {
      // A name of its own hides one that is captured, known or not.
      if (value) scope.set(name, value);
      else scope.delete(name);
      if (within === undefined && value) this.values.set(name, value);
      else if (within !== undefined) this.#record(name, value);
    };
    for (const { name, dtype, source } of graph.inputs) {
      if (!dtype && source?.type && source.type.value.case !== "tensorType") this.others.add(name);
    }
    graph.inputs.forEach((input, i) => {
      // IR 3 lists initializers as inputs, with shapes that need not be theirs.
      if (!graph.constants.has(input.name)) set(input.name, feeds[i]);
    });
    for (const constant of graph.constants.values()) set(constant.name, knownConstant(constant));
    const declared = new Map([...graph.valueInfo, ...graph.outputs].map((info) => [info.name, info]));
    for (const node of graph.nodes) this.#node(node, scope, declared, set, within);
    return graph.outputs.map((output) => scope.get(output.name));
  }

  #node(
    node: Node,
    scope: Scope,
    declared: ReadonlyMap<string, ValueInfo>,
    set: (name: string, value: Inferred | undefined) => void,
    within: string | undefined,
  ): void {
    let found: readonly (Inferred | undefined)[] = [];
    let reason = "its outputs cannot be inferred";
    try {
      found = this.#apply(node, scope);
    } catch (error) {
      reason = (error as Error).message;
    }
    const lost: string[] = [];
    node.outputs.forEach((name, i) => {
      if (name === "") return;
      const inferred = found[i];
      const measured = this.#known.get(name);
      const value = measured ? merged(measured, inferred) : (inferred ?? this.#fromFile(declared.get(name)));
      if (!value && isOther(node, i, this.others)) this.others.add(name);
      else if (!value) lost.push(name);
      set(name, value);
    });
    if (lost.length === 0) return;
    this.missing.set(node.id, {
      node: node.id,
      op: opName(node),
      reason,
      ...(within !== undefined && { within }),
    });
  }

  #apply(node: Node, scope: Scope): readonly (Inferred | undefined)[] {
    if (this.#functions.has(opName(node))) throw new Error("a model-local function, expected an operator");
    const op = opTypeOf(node);
    if (!op) throw new Error("an unknown operator, expected one of ONNX or ONNX Runtime");
    const rule = inferRules[op];
    const unknown = node.inputs.find((name) => name !== "" && !scope.has(name));
    if (!rule) throw new Error("no shape rule, expected to be measured by a run");
    // A loop may carry sequences; its body is inferred all the same.
    if (unknown !== undefined && !controls.has(op)) throw new Error(`input "${unknown}" is unknown`);
    const site: Site = {
      node,
      opset: this.#opset,
      inputs: node.inputs.map((name) => (name === "" ? undefined : scope.get(name))),
      run: (graph, feeds) => this.graph(graph, scope, feeds, node.id),
    };
    return rule(site).map((output, i) => output && evaluated(op, site, output, i));
  }

  /** What the file declares, where it is concrete under the pins. */
  #fromFile(info: ValueInfo | undefined): Inferred | undefined {
    if (!info?.dtype || !info.shape) return undefined;
    const shape = info.shape.map((size) => resolve(size, this.#resolve));
    return shape.every((size) => size !== undefined) ? { dtype: info.dtype, shape } : undefined;
  }

  /** A name that means two things in two subgraphs, or in two turns of a loop, is not given at all. */
  #record(name: string, value: Inferred | undefined): void {
    if (this.#ambiguous.has(name)) return;
    const earlier = this.inner.get(name);
    if (earlier && !(value && agree(earlier, value))) {
      this.#ambiguous.add(name);
      this.inner.delete(name);
    } else if (value) {
      this.inner.set(name, value);
    }
  }
}

const controls: ReadonlySet<string> = new Set(["If", "Loop", "Scan"]);

/** Operators whose outputs are never tensors. */
const makesOthers: ReadonlySet<string> = new Set([
  ..."Optional SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceMap SplitToSequence".split(
    " ",
  ),
  ..."CastMap ZipMap".split(" ").map((op) => `ai.onnx.ml.${op}`),
]);

/** Whether an output is a sequence or the like: what a node makes, passes on, or carries round a loop. */
function isOther(node: Node, output: number, others: ReadonlySet<string>): boolean {
  const op = opName(node);
  if (makesOthers.has(op)) return true;
  if (op === "Identity") return others.has(node.inputs[0] ?? "");
  if (op === "Loop") return others.has(node.inputs[output + 2] ?? "");
  const branches = op === "If" ? subgraphsOf(node) : [];
  return branches.some(([, body]) => others.has(body.outputs[output]?.name ?? ""));
}

/** A measured value with the elements that a rule found, where the two agree. */
function merged(measured: Inferred, inferred: Inferred | undefined): Inferred {
  return inferred?.value && !measured.value && agree(measured, inferred) ? inferred : measured;
}
