// What a conversion may ask about the node it converts, and how it adds constants and names. One context for
// each graph of a model; a graph inside a node sees the values around it.

import { type DType, tensor } from "@bitscape/tensor";
import { type Constant, constantOf } from "../constant.ts";
import type { Dim, Graph, Links, Node, ValueInfo } from "../graph.ts";
import { linksOf } from "../graph.ts";
import type { Names } from "../simplify/names.ts";

/** What a model does not say of its values but the caller may know, by value name of the main graph. */
export interface RaiseOptions {
  readonly ranks?: ReadonlyMap<string, number>;
  readonly dtypes?: ReadonlyMap<string, DType>;
}

/** What all graphs of one model share while it is raised. */
export interface Raising extends RaiseOptions {
  readonly from: number;
  readonly to: number;
  readonly names: Names;
  /** The one float type that the model names anywhere; undefined where it names none or several. */
  readonly floatType: () => DType | undefined;
}

export class Context {
  readonly raising: Raising;
  /** Constants that conversions made; the graph gets them at the end. */
  readonly added = new Map<string, Constant>();
  private readonly graph: Graph;
  private readonly links: Links;
  private readonly outer: Context | undefined;
  private readonly infos = new Map<string, ValueInfo>();

  constructor(graph: Graph, raising: Raising, outer?: Context) {
    this.graph = graph;
    this.raising = raising;
    this.outer = outer;
    this.links = linksOf(graph);
    for (const info of [...graph.valueInfo, ...graph.outputs, ...graph.inputs]) {
      if (info.dtype) this.infos.set(info.name, info);
    }
  }

  /** The target opset. */
  get to(): number {
    return this.raising.to;
  }

  /** The dimensions of a value, null for each unknown one; undefined where even the rank is unknown. */
  shape(name: string): readonly Dim[] | undefined {
    const shape = this.constant(name)?.shape ?? this.infos.get(name)?.shape;
    if (shape) return shape;
    if (this.outer) return this.outer.shape(name);
    const rank = this.raising.ranks?.get(name);
    return rank === undefined ? undefined : new Array<null>(rank).fill(null);
  }

  /** The element type of a value, where it is declared. */
  dtype(name: string): DType | undefined {
    const dtype = this.constant(name)?.dtype ?? this.infos.get(name)?.dtype;
    return dtype ?? (this.outer ? this.outer.dtype(name) : this.raising.dtypes?.get(name));
  }

  /** The element type of a value that is known to be of a float type. */
  floatType(name: string): DType | undefined {
    return this.dtype(name) ?? this.raising.floatType();
  }

  /** The constant of that name: an initializer, a Constant node's tensor, or one added. */
  constant(name: string): Constant | undefined {
    return this.added.get(name) ?? this.links.constants.get(name) ?? this.outer?.constant(name);
  }

  /** Whether anything reads a value that a node of this graph makes. */
  isRead(name: string): boolean {
    return this.links.consumers.has(name) || this.links.outputs.has(name);
  }

  /** An unused name, for a value or a node. */
  fresh(wanted: string): string {
    return this.raising.names(wanted);
  }

  /** A new constant, named after the node it serves; returns its name. */
  add(
    node: Node,
    role: string,
    dtype: DType,
    shape: readonly number[],
    values: ArrayLike<number | bigint>,
  ): string {
    const name = this.fresh(`${node.id}_${role}`);
    this.added.set(name, constantOf(name, tensor(dtype, shape, values)));
    return name;
  }

  /** The graph with these nodes and with what was added; identical where nothing changed. */
  finish(nodes: readonly Node[]): Graph {
    const same = nodes.length === this.graph.nodes.length && nodes.every((n, i) => n === this.graph.nodes[i]);
    if (same) return this.graph;
    return { ...this.graph, nodes, constants: new Map([...this.graph.constants, ...this.added]) };
  }
}
