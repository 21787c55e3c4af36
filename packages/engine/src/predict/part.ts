// Part: a graph that gives directional derivatives: for each sample and each change of a weight or activation, the inner
// product of the gradient (from the seed at the output) with the change. Forward and backward once for all changes of a part.
// Pure: gives a model; predictor.ts runs it.
//
// A weight's change ΔW in two equal ways: the gradient of each sample, ⟨∂L_n/∂W, ΔW⟩ (one backward for all columns, but
// samples × weight numbers), or the operator itself on the change, ⟨∂L_n/∂Y, op(X_n, ΔW)⟩ (an operator a column).
// Source: design note "autodiff", §5; Singh & Alistarh 2020, "WoodFisher", eq. 4, for the per-sample form.

import { gradientGraph } from "@bitscape/grad";
import {
  build,
  type Constant,
  constantOf,
  int,
  type Model,
  macsOf,
  type Node,
  namesBeside,
  opsetOf,
  prune,
  raiseOpset,
} from "@bitscape/graph";
import { sizeOf, type Tensor, tensor } from "@bitscape/tensor";
import type { Network } from "../network/network.ts";
import type { Weight } from "../network/weights.ts";
import type { PointPlan } from "../plan.ts";
import { roundingNodes, roundingOf } from "../quantizer.ts";
import type { Batching } from "./batching.ts";
import type { Seeding } from "./seed.ts";
import { readersOf } from "./terms.ts";

/** A weight with its changes in memory. */
export interface WeightChanges {
  readonly weight: Weight;
  readonly changes: readonly Float32Array[];
}

export interface PointChanges {
  readonly tensor: string;
  readonly plans: readonly PointPlan[];
}

export interface Part {
  readonly model: Model;
  /** Its one output, [samples, width]. */
  readonly output: string;
  readonly width: number;
  /** Where the columns of a term begin. Those of a term that nothing depends on are absent: they are zero. */
  readonly offsets: ReadonlyMap<string, number>;
}

export type Formulation = "gradient" | "operator";

export interface PartRequest {
  readonly network: Network;
  readonly batching: Batching;
  readonly seeding: Seeding;
  readonly weights: readonly WeightChanges[];
  readonly points: readonly PointChanges[];
  /** Instead of what costs less, for tests. */
  readonly formulation?: Formulation | undefined;
  readonly form: Form;
}

/**
 * What a part gives for each sample: ⟨gradient, change⟩, or, of the Fisher matrix's diagonal alone, Σ gradient² · change².
 */
export type Form = "directional" | "diagonal";

interface OperatorRow {
  /** Inputs that may be the weight. */
  readonly weights: readonly number[];
  /** Those of them whose gradient can be had apart for each of several samples, at most of so many dimensions. */
  readonly apart: readonly number[];
  readonly most?: number;
  /** Where the bias is, which has no part in a change. */
  readonly bias?: number;
}

const operators: Readonly<Record<string, OperatorRow>> = {
  Conv: { weights: [1], apart: [1], bias: 2 },
  ConvTranspose: { weights: [1], apart: [1], bias: 2 },
  Gemm: { weights: [0, 1], apart: [1], bias: 2 },
  MatMul: { weights: [0, 1], apart: [1], most: 2 },
  Gather: { weights: [0], apart: [] },
};

/** Whether the operator itself can be run on changes of its weight: linear, and of the weight alone. */
export function isLinearIn(node: Node, weight: string): boolean {
  const row = node.domain === "" ? operators[node.op] : undefined;
  const at = node.inputs.flatMap((name, i) => (name === weight ? [i] : []));
  return at.length === 1 && row?.weights.includes(at[0] as number) === true;
}

function isGivenApart(node: Node, weight: Weight): boolean {
  const row = operators[node.op];
  const at = node.inputs.indexOf(weight.name);
  return row?.apart.includes(at) === true && weight.shape.length <= (row.most ?? Number.POSITIVE_INFINITY);
}

// Gradients of a weight for each sample are kept under this.
const GRADIENT_BYTES = 32 * 2 ** 20;

/** The way that costs less, of those that tell samples apart; undefined where none does. */
export function formulationOf(
  { network, batching, form }: Pick<PartRequest, "network" | "batching" | "form">,
  weight: Weight,
  columns: number,
): Formulation | undefined {
  const readers = readersOf(network, weight.name);
  const axis = (node: Node) => (batching.size === 1 ? 0 : batching.axisOf(node.outputs[0] as string));
  const runs = readers.every((node) => isLinearIn(node, weight.name) && axis(node) !== undefined);
  const apart = readers.every((node) => isGivenApart(node, weight) && axis(node) === 0);
  const gives = batching.size === 1 || (runs && apart);
  // A diagonal needs the gradient of each number of a weight.
  if (!runs || form === "diagonal") return gives ? "gradient" : undefined;
  if (!gives || readers.some((node) => node.op === "Gather")) return "operator";
  const macs = readers.reduce((sum, node) => sum + (macsOf(node, batching.values) ?? 0), 0) / batching.size;
  // A gradient costs about as much as the operator, and a product of all its numbers a column.
  const gradient = macs * GRADIENT_COST + columns * weight.elements;
  const fits = 4 * batching.size * weight.elements <= GRADIENT_BYTES;
  return fits && gradient < columns * macs ? "gradient" : "operator";
}

const GRADIENT_COST = 1.3;

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
  const model = least > opsetOf(batching.model) ? raiseOpset(batching.model, least) : batching.model;
  const writing = new Writing(request, model);
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
  for (const each of weights) writing.weight(each, way(each));
  for (const each of points) writing.point(each);
  const { graph, gradients } = gradientGraph({
    graph: {
      ...forward,
      nodes: [...forward.nodes, ...writing.forward],
      constants: writing.with(forward.constants),
    },
    opset: opsetOf(model),
    values: batching.values,
    seeds: seeding.seeds,
    wrt: [...writing.wrt],
    keep: writing.kept,
    ...(batching.size > 1 && { perSample: { of: [...writing.apart], samples: batching.size } }),
  });
  const { nodes, output, width, offsets } = writing.products((name) => gradients.get(name)?.name);
  const outputs = [build.value(output, "float32")];
  const whole = {
    ...graph,
    nodes: [...graph.nodes, ...nodes],
    constants: writing.with(graph.constants),
    outputs,
    valueInfo: [],
  };
  return { model: { ...model, graph: prune(whole) }, output, width, offsets };
}

/** A product to be made once gradients are known: of one term's columns. */
interface Product {
  readonly term: string;
  readonly columns: number;
  /** Nodes that give [samples, columns], and its name; undefined where the gradient is zero. */
  readonly make: (
    gradient: (name: string) => string | undefined,
  ) => { nodes: Node[]; value: string } | undefined;
}

class Writing {
  readonly #request: PartRequest;
  readonly #names: (wanted: string) => string;
  readonly #constants: Constant[] = [];
  readonly #products: Product[] = [];
  readonly #samples: string;
  /** Nodes of forward values alone. */
  readonly forward: Node[] = [];
  readonly kept: string[] = [];
  readonly wrt = new Set<string>();
  /** Those of `wrt` whose gradients are kept apart by samples. */
  readonly apart = new Set<string>();

  constructor(request: PartRequest, model: Model) {
    this.#request = request;
    const beside = namesBeside(model.graph);
    this.#names = (wanted) => beside(`bitscape.part.${wanted}`);
    this.#samples = this.#ints("rows", [request.batching.size, -1]);
  }

  with(constants: ReadonlyMap<string, Constant>): Map<string, Constant> {
    return new Map([...constants, ...this.#constants.map((each) => [each.name, each] as const)]);
  }

  weight(each: WeightChanges, formulation: Formulation): void {
    if (formulation === "gradient") this.#byGradient(each);
    else this.#byOperator(each);
  }

  #byGradient({ weight, changes }: WeightChanges): void {
    this.wrt.add(weight.name);
    this.apart.add(weight.name);
    const table = new Float32Array(changes.length * weight.elements);
    for (const [column, change] of changes.entries()) table.set(change, column * weight.elements);
    const squared = this.#request.form === "diagonal";
    if (squared) for (let i = 0; i < table.length; i++) table[i] = (table[i] as number) ** 2;
    const constant = this.#constant("changes", {
      dtype: "float32",
      shape: [changes.length, weight.elements],
      data: table,
    });
    const [rows, squares, value] = [this.#names("gradient"), this.#names("squares"), this.#names("product")];
    this.#products.push({
      term: weight.name,
      columns: changes.length,
      make: (gradientOf) => {
        const gradient = gradientOf(weight.name);
        if (gradient === undefined) return undefined;
        const nodes = [
          build.node("Reshape", [gradient, this.#samples], [rows]),
          ...(squared ? [build.node("Mul", [rows, rows], [squares])] : []),
          build.node("Gemm", [squared ? squares : rows, constant], [value], { transB: int(1) }),
        ];
        return { nodes, value };
      },
    });
  }

  #byOperator({ weight, changes }: WeightChanges): void {
    const constants = changes.map((data) =>
      this.#constant("change", { dtype: "float32", shape: weight.shape, data }),
    );
    const readers = readersOf(this.#request.network, weight.name);
    const made = readers.map((node) => {
      const output = node.outputs[0] as string;
      this.wrt.add(output);
      const changed = constants.map((constant) => {
        const bias = operators[node.op]?.bias;
        const inputs = node.inputs.slice(0, bias).map((name) => (name === weight.name ? constant : name));
        return this.#forward(node.op, inputs, Object.fromEntries(node.attributes));
      });
      return { output, changed };
    });
    this.#products.push({
      term: weight.name,
      columns: changes.length,
      make: (gradientOf) => {
        const nodes: Node[] = [];
        const columns = changes.map((_, column) => {
          const parts = made.flatMap(({ output, changed }) => {
            const gradient = gradientOf(output);
            return gradient === undefined
              ? []
              : [this.#dot(nodes, gradient, changed[column] as string, output)];
          });
          return this.#sum(nodes, parts);
        });
        return this.#join(nodes, columns);
      },
    });
  }

  point({ tensor: name, plans }: PointChanges): void {
    this.wrt.add(name);
    const changes = plans.map((plan) => {
      const { dtype, zero, low, high } = roundingOf(plan);
      const scalar = (what: string, type: Tensor["dtype"], value: number) =>
        this.#constant(what, tensor(type, [], [value]));
      const rounded = this.#names("rounded");
      this.forward.push(
        ...roundingNodes(name, rounded, {
          scale: scalar("scale", "float32", plan.scale),
          // Zero of a float is all bits clear, in every type.
          zero: this.#constant("zero", { dtype, shape: [], data: codeOf(dtype, zero) }),
          ...(low !== undefined && { low: scalar("low", "float32", low) }),
          ...(high !== undefined && { high: scalar("high", "float32", high) }),
        }),
      );
      return this.#forward("Sub", [rounded, name]);
    });
    this.#products.push({
      term: name,
      columns: plans.length,
      make: (gradientOf) => {
        const gradient = gradientOf(name);
        if (gradient === undefined) return undefined;
        const nodes: Node[] = [];
        return this.#join(
          nodes,
          changes.map((change) => this.#dot(nodes, gradient, change, name)),
        );
      },
    });
  }

  /** All products side by side. */
  products(gradient: (name: string) => string | undefined): {
    nodes: Node[];
    output: string;
    width: number;
    offsets: Map<string, number>;
  } {
    const nodes: Node[] = [];
    const parts: string[] = [];
    const offsets = new Map<string, number>();
    let width = 0;
    for (const { term, columns, make } of this.#products) {
      const made = make(gradient);
      if (!made) continue;
      nodes.push(...made.nodes);
      parts.push(made.value);
      offsets.set(term, width);
      width += columns;
    }
    const output = this.#names("derivatives");
    nodes.push(build.node("Concat", parts, [output], { axis: int(1) }));
    return { nodes, output, width, offsets };
  }

  /** What the form says of a gradient and a change for each sample, [samples, 1]; `like` is the value they are of. */
  #dot(nodes: Node[], gradient: string, change: string, like: string): string {
    const { batching, form } = this.#request;
    const [first, rows, sum] = [this.#names("product"), this.#names("rows"), this.#names("dot")];
    nodes.push(build.node("Mul", [gradient, change], [first]));
    const product = form === "diagonal" ? this.#names("squares") : first;
    if (form === "diagonal") nodes.push(build.node("Mul", [first, first], [product]));
    const axis = batching.size === 1 ? 0 : batching.axisOf(like);
    if (axis === undefined)
      throw new Error(`value ${like}: samples without an axis of their own, expected one`);
    if (axis === 0) {
      nodes.push(build.node("Reshape", [product, this.#samples], [rows]));
      nodes.push(build.node("ReduceSum", [rows, this.#ints("last", [1])], [sum]));
    } else {
      const rank = batching.values.get(like)?.shape.length ?? 0;
      const others = Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis);
      nodes.push(build.node("ReduceSum", [product, this.#ints("others", others)], [rows]));
      nodes.push(build.node("Reshape", [rows, this.#samples], [sum]));
    }
    return sum;
  }

  #sum(nodes: Node[], parts: readonly string[]): string | undefined {
    if (parts.length < 2) return parts[0];
    const sum = this.#names("sum");
    nodes.push(build.node("Sum", parts, [sum]));
    return sum;
  }

  #join(
    nodes: Node[],
    columns: readonly (string | undefined)[],
  ): { nodes: Node[]; value: string } | undefined {
    const present = columns.filter((each) => each !== undefined);
    if (present.length === 0) return undefined;
    const value = this.#names("columns");
    nodes.push(build.node("Concat", present, [value], { axis: int(1) }));
    return { nodes, value };
  }

  #forward(op: string, inputs: readonly string[], attributes: Parameters<typeof build.node>[3] = {}): string {
    const output = this.#names(op.toLowerCase());
    this.forward.push(build.node(op, inputs, [output], attributes));
    this.kept.push(output);
    return output;
  }

  readonly #shared = new Map<string, string>();

  #ints(what: string, values: readonly number[]): string {
    const key = values.join();
    const known = this.#shared.get(key);
    if (known) return known;
    const name = this.#constant(what, tensor("int64", [values.length], values));
    this.#shared.set(key, name);
    return name;
  }

  #constant(what: string, value: Tensor): string {
    const name = this.#names(what);
    this.#constants.push(constantOf(name, value));
    return name;
  }
}

function codeOf(dtype: Tensor["dtype"], code: number): Tensor["data"] {
  return dtype === "uint16" ? Uint16Array.of(code) : Uint8Array.of(code);
}

/** Numbers that a weight's changes take, for parts of bounded size. */
export function changeBytes({ weight, changes }: { weight: Weight; changes: readonly unknown[] }): number {
  return 4 * sizeOf(weight.shape) * changes.length;
}
