// Products: the nodes of a part that turn changes into derivatives: forward values of changes, which values need a gradient,
// and, once gradients are known, the inner products of both. Writes nodes; part.ts puts them in a graph.

import {
  build,
  type Constant,
  constantOf,
  int,
  ints,
  type Model,
  type Node,
  namesBeside,
} from "@bitscape/graph";
import { sizeOf, type Tensor, tensor } from "@bitscape/tensor";
import { stackedRoundingNodes } from "../probe/quantizer.ts";
import { type Formulation, operators } from "./formulation.ts";
import type { PartRequest, PointChanges, WeightChanges } from "./request.ts";
import {
  inStacks,
  numbersOf,
  ofOneType,
  type PointNumbers,
  type Stacking,
  stacked,
  stackingFor,
} from "./stacks.ts";
import { readersOf } from "./terms.ts";

/** Changes that lie beside each other in one value: of each sample [blocks, columns, the rest]. */
interface Stack {
  readonly value: string;
  readonly columns: number;
  readonly blocks: number;
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
    const { network, batching } = this.#request;
    const made = readersOf(network, weight.name).map((node) => {
      const output = node.outputs[0] as string;
      this.wrt.add(output);
      const { bias } = operators[node.op] as (typeof operators)[string];
      const shape = batching.values.get(output)?.shape ?? [];
      const at = node.inputs.indexOf(weight.name);
      const stacking = stackingFor({ node, at, shape: weight.shape, rank: shape.length });
      const axis = stacking && (stacking.outputAxis + shape.length) % shape.length;
      // Samples lie before what is stacked, or there is but one.
      const apart = batching.size === 1 || (batching.axisOf(output) === 0 && axis !== 0);
      const cut = stacking && axis !== undefined && apart ? { ...stacking, axis } : undefined;
      const blocks = cut ? (sizeOf(shape.slice(0, cut.axis)) * cut.groups) / batching.size : 1;
      const stacks = inStacks(changes, cut ? sizeOf(shape) : Number.POSITIVE_INFINITY).map(
        (columns): Stack => {
          const tensor = cut
            ? stacked(columns, weight.shape, stacking as Stacking)
            : { dtype: "float32" as const, shape: weight.shape, data: columns[0] as Float32Array };
          const changed = this.#constant("change", tensor);
          const inputs = node.inputs.slice(0, bias).map((name) => (name === weight.name ? changed : name));
          const value = this.#forward(node.op, inputs, Object.fromEntries(node.attributes));
          // As wide as the output is only where nothing is stacked.
          const rows = cut ? value : this.#first(this.forward, value, output);
          return { value: rows, columns: columns.length, blocks };
        },
      );
      return { output, stacks };
    });
    this.#products.push({
      term: weight.name,
      columns: changes.length,
      make: (gradientOf) => {
        const nodes: Node[] = [];
        const parts = made.flatMap(({ output, stacks }) => {
          const gradient = gradientOf(output);
          return gradient === undefined ? [] : [this.#dots(nodes, gradient, output, stacks)];
        });
        const value = this.#sum(nodes, parts);
        return value === undefined ? undefined : { nodes, value };
      },
    });
  }

  point({ tensor: name, plans }: PointChanges): void {
    this.wrt.add(name);
    const { size, values } = this.#request.batching;
    const elements = sizeOf(values.get(name)?.shape ?? []);
    const rows = this.#names("rows");
    const first = this.#first(this.forward, name, name);
    this.forward.push(build.node("Reshape", [first, this.#ints("shape", [size, 1, -1])], [rows]));
    const stacks = ofOneType(plans.map(numbersOf))
      .flatMap((each) => inStacks(each, elements))
      .map((columns): Stack => {
        const [{ dtype }] = columns as [PointNumbers];
        const count = columns.length;
        const numbers = (what: string, of: (numbers: PointNumbers) => number, shape: readonly number[]) =>
          this.#constant(what, tensor("float32", shape, columns.map(of)));
        const rounded = this.#names("rounded");
        const nodes = stackedRoundingNodes(rows, rounded, {
          scale: numbers("scale", ({ scale }) => scale, [count]),
          zero: this.#constant("zero", {
            dtype,
            shape: [count],
            data: codesOf(
              dtype,
              columns.map(({ zero }) => zero),
            ),
          }),
          low: numbers("low", ({ low = Number.NEGATIVE_INFINITY }) => low, [count, 1]),
          high: numbers("high", ({ high = Number.POSITIVE_INFINITY }) => high, [count, 1]),
        });
        this.forward.push(...nodes);
        return { value: this.#forward("Sub", [rounded, rows]), columns: count, blocks: 1 };
      });
    this.#products.push({
      term: name,
      columns: plans.length,
      make: (gradientOf) => {
        const gradient = gradientOf(name);
        if (gradient === undefined) return undefined;
        const nodes: Node[] = [];
        return { nodes, value: this.#dots(nodes, gradient, name, stacks) };
      },
    });
  }

  /** All products side by side. */
  write(gradient: (name: string) => string | undefined): {
    nodes: Node[];
    output: string | undefined;
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
    if (parts.length === 0) return { nodes, output: undefined, width, offsets };
    const output = this.#names("derivatives");
    nodes.push(build.node("Concat", parts, [output], { axis: int(1) }));
    return { nodes, output, width, offsets };
  }

  /** What the form says of a gradient and stacks of changes for each sample, [samples, columns]; `like` is the value they are of. */
  #dots(nodes: Node[], gradient: string, like: string, stacks: readonly Stack[]): string {
    const { batching, form } = this.#request;
    const first = this.#first(nodes, gradient, like);
    const wide = new Map<number, string>();
    const found = stacks.map(({ value, columns, blocks }) => {
      // [samples, blocks, columns, the rest], without blocks where there is one.
      const shape = (count: number) => [batching.size, ...(blocks > 1 ? [blocks] : []), count, -1];
      const reshaped = (from: string, count: number) => {
        const rows = this.#names("rows");
        nodes.push(build.node("Reshape", [from, this.#ints("shape", shape(count))], [rows]));
        return rows;
      };
      const right = wide.get(blocks) ?? reshaped(first, 1);
      wide.set(blocks, right);
      const one = this.#names("product");
      nodes.push(build.node("Mul", [reshaped(value, columns), right], [one]));
      const product = form === "diagonal" ? this.#names("squares") : one;
      if (form === "diagonal") nodes.push(build.node("Mul", [one, one], [product]));
      const last = this.#reduced(nodes, product, -1);
      return blocks > 1 ? this.#reduced(nodes, last, 1) : last;
    });
    if (found.length === 1) return found[0] as string;
    const value = this.#names("columns");
    nodes.push(build.node("Concat", found, [value], { axis: int(1) }));
    return value;
  }

  #reduced(nodes: Node[], from: string, axis: number): string {
    const sum = this.#names("sum");
    nodes.push(build.node("ReduceSum", [from, this.#ints("axis", [axis])], [sum], { keepdims: int(0) }));
    return sum;
  }

  /** A value with its samples along the first axis; `like` is one of the network of the same shape. */
  #first(nodes: Node[], value: string, like: string): string {
    const { batching } = this.#request;
    const axis = batching.size === 1 ? 0 : batching.axisOf(like);
    if (axis === undefined)
      throw new Error(`value ${like}: samples without an axis of their own, expected one`);
    if (axis === 0) return value;
    const others = (batching.values.get(like)?.shape ?? []).flatMap((_, i) => (i === axis ? [] : [i]));
    const turned = this.#names("turned");
    nodes.push(build.node("Transpose", [value], [turned], { perm: ints([axis, ...others]) }));
    return turned;
  }

  #sum(nodes: Node[], parts: readonly string[]): string | undefined {
    if (parts.length < 2) return parts[0];
    const sum = this.#names("sum");
    nodes.push(build.node("Sum", parts, [sum]));
    return sum;
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

// Zero of a float is all bits clear, in every type.
const codesOf = (dtype: Tensor["dtype"], codes: readonly number[]): Tensor["data"] =>
  dtype === "uint16" ? Uint16Array.from(codes) : Uint8Array.from(codes);
