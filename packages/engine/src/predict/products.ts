// Products: the nodes of a part that turn changes into derivatives: forward values of changes, which values need a gradient,
// and, once gradients are known, the inner products of both. Writes nodes; part.ts puts them in a graph.

import { build, type Constant, constantOf, int, type Model, type Node, namesBeside } from "@bitscape/graph";
import { type Tensor, tensor } from "@bitscape/tensor";
import { roundingNodes, roundingOf } from "../quantizer.ts";
import { type Formulation, operators } from "./formulation.ts";
import type { PartRequest, PointChanges, WeightChanges } from "./part.ts";
import { readersOf } from "./terms.ts";

/** A product to be made once gradients are known: of one term's columns. */
interface Product {
  readonly term: string;
  readonly columns: number;
  /** Nodes that give [samples, columns], and its name; undefined where the gradient is zero. */
  readonly make: (
    gradient: (name: string) => string | undefined,
  ) => { nodes: Node[]; value: string } | undefined;
}

export class Products {
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
  write(gradient: (name: string) => string | undefined): {
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
