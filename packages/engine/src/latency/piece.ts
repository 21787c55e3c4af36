// Pieces: the part of an exported model that one layer is, cut where the file keeps integers between layers. From its
// weights' codes to the QuantizeLinear behind it, so that a piece alone runs the operators that the whole file runs. Cuts
// and names; builds no model (pieceModel.ts) and runs nothing.

import {
  type Constant,
  type Graph,
  type Inferred,
  type Links,
  linksOf,
  type Node,
  trueInputs,
} from "@bitscape/graph";
import type { DType } from "@bitscape/tensor";
import type { Network } from "../network/network.ts";

/** A value that a piece takes or gives. */
export interface Edge {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

export interface Piece {
  readonly layer: string;
  readonly op: string;
  /** In topological order. */
  readonly nodes: readonly Node[];
  readonly constants: readonly Constant[];
  readonly inputs: readonly Edge[];
  readonly output: Edge;
}

// Absorbed by the operator before them, or by the QuantizeLinear behind them.
const absorbed = new Set(["Relu", "Clip"]);
// What an export puts between a QuantizeLinear and its DequantizeLinear, and about them.
const between = new Set(["Clip", "Max"]);

/**
 * The pieces of a network's layers in a model that was exported from it; a layer whose weights others read has several. Sums
 * and pools have none: they take little, and alone ONNX Runtime runs them otherwise than in a chain of integers.
 */
export function piecesOf(network: Network, graph: Graph): Piece[] {
  const cutter = new Cutter(network, graph);
  const timed = network.layers.filter(({ weights, node }) => weights.length > 0 || node.op === "MatMul");
  return timed.flatMap(({ id, sharedWith }) =>
    [id, ...sharedWith].flatMap((node) => {
      const found = cutter.piece(id, node);
      return found ? [found] : [];
    }),
  );
}

class Cutter {
  readonly #network: Network;
  readonly #graph: Graph;
  readonly #links: Links;
  readonly #outside: ReadonlySet<string>;
  readonly #nodes: ReadonlyMap<string, Node>;
  readonly #position: ReadonlyMap<Node, number>;
  readonly #constant = new Map<string, boolean>();

  constructor(network: Network, graph: Graph) {
    this.#network = network;
    this.#graph = graph;
    this.#links = linksOf(graph);
    this.#outside = new Set(trueInputs(graph).map(({ name }) => name));
    this.#nodes = new Map(graph.nodes.map((node) => [node.id, node]));
    this.#position = new Map(graph.nodes.map((node, i) => [node, i]));
  }

  /** Undefined where the node is gone, or a value at the cut has no known shape. */
  piece(layer: string, id: string): Piece | undefined {
    const anchor = this.#nodes.get(id);
    const last = anchor?.outputs.find((name) => name !== "");
    if (!anchor || last === undefined) return undefined;
    const taken = new Set<Node>([anchor]);
    const constants = new Map<string, Constant>();
    const inputs = new Map<string, Edge>();
    const wanted = [...anchor.inputs];
    let output = last;
    for (let next = this.#absorbedAfter(output); next; next = this.#absorbedAfter(output)) {
      taken.add(next);
      wanted.push(...next.inputs.filter((name) => name !== output));
      output = next.outputs[0] as string;
    }
    for (const node of this.#codesOf(output)) {
      taken.add(node);
      wanted.push(...node.inputs.filter((name) => name !== output && !this.#makes(taken, name)));
      output = node.outputs[0] as string;
    }
    for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
      if (name === "" || inputs.has(name) || constants.has(name) || this.#makes(taken, name)) continue;
      const constant = this.#graph.constants.get(name);
      if (constant) {
        constants.set(name, constant);
        continue;
      }
      const maker = this.#links.producer.get(name);
      if (maker && (this.#isConstant(name) || this.#isInside(maker, anchor))) {
        taken.add(maker);
        wanted.push(...maker.inputs);
        continue;
      }
      const edge = this.#edge(name);
      if (!edge) return undefined;
      inputs.set(name, edge);
    }
    const given = this.#edge(output);
    if (!given) return undefined;
    const nodes = [...taken].sort((a, b) => (this.#position.get(a) ?? 0) - (this.#position.get(b) ?? 0));
    return {
      layer,
      op: anchor.op,
      nodes,
      constants: [...constants.values()],
      inputs: [...inputs.values()],
      output: given,
    };
  }

  #makes(taken: ReadonlySet<Node>, name: string): boolean {
    const maker = this.#links.producer.get(name);
    return maker !== undefined && taken.has(maker);
  }

  /** Computed from constants alone. */
  #isConstant(name: string): boolean {
    const known = this.#constant.get(name);
    if (known !== undefined) return known;
    const maker = this.#links.producer.get(name);
    const found =
      name === "" ||
      this.#graph.constants.has(name) ||
      maker?.inputs.every((input) => this.#isConstant(input)) === true;
    this.#constant.set(name, found);
    return found;
  }

  /** What lies before a layer and belongs to it: the DequantizeLinear of its input; the whole pair where the graph begins. */
  #isInside(maker: Node, anchor: Node): boolean {
    if (maker.op === "DequantizeLinear") return true;
    const [read] = maker.inputs;
    if (read === undefined) return false;
    if (between.has(maker.op)) {
      const before = this.#links.producer.get(read);
      if (before?.op === "DequantizeLinear") return true;
      return before?.op === "QuantizeLinear" && this.#begins(before, anchor);
    }
    return maker.op === "QuantizeLinear" && this.#begins(maker, anchor);
  }

  /** A quantizer of the graph's own input counts once: with the first that reads it. */
  #begins(quantizer: Node, anchor: Node): boolean {
    const [read] = quantizer.inputs;
    if (read === undefined || !this.#outside.has(read)) return false;
    let readers: readonly Node[] = this.#links.consumers.get(quantizer.outputs[0] as string) ?? [];
    while (readers[0] && (readers[0].op === "DequantizeLinear" || between.has(readers[0].op)))
      readers = this.#links.consumers.get(readers[0].outputs[0] as string) ?? [];
    return readers[0] === undefined || readers[0] === anchor;
  }

  #absorbedAfter(name: string): Node | undefined {
    const readers = this.#links.consumers.get(name);
    const [reader] = readers ?? [];
    if (!reader || readers?.length !== 1 || this.#links.outputs.has(name)) return undefined;
    if (reader.inputs[0] !== name) return undefined;
    // What a repair put behind a layer, a bias or limits: it reads a value that the network itself does not have.
    const added =
      !this.#network.values.has(name) && reader.inputs.slice(1).every((each) => this.#isConstant(each));
    return added || absorbed.has(reader.op) ? reader : undefined;
  }

  /** The nodes that make codes of a tensor, where it is quantized. */
  #codesOf(name: string): Node[] {
    const readers = this.#links.consumers.get(name) ?? [];
    const kept = readers.find(({ op }) => op === "Max");
    const from = kept ? (kept.outputs[0] as string) : name;
    const quantizer = (this.#links.consumers.get(from) ?? []).find(({ op }) => op === "QuantizeLinear");
    if (!quantizer) return [];
    const codes = quantizer.outputs[0] as string;
    const clip = (this.#links.consumers.get(codes) ?? []).find(({ op }) => op === "Clip");
    return [kept, quantizer, clip].filter((node) => node !== undefined);
  }

  #edge(name: string): Edge | undefined {
    const own = this.#typed(name, name);
    if (own) return own;
    // Codes have the shape of the float tensor they stand for.
    let maker = this.#links.producer.get(name);
    let quantizer: Node | undefined;
    while (maker && (maker.op === "QuantizeLinear" || between.has(maker.op))) {
      if (maker.op === "QuantizeLinear") quantizer = maker;
      const read = maker.inputs[0] as string;
      const found = this.#network.values.get(read);
      const zero = quantizer && this.#graph.constants.get(quantizer.inputs[2] ?? "");
      if (found?.shape && zero) return concrete(name, { ...found, dtype: zero.dtype });
      maker = this.#links.producer.get(read);
    }
    return undefined;
  }

  #typed(name: string, as: string): Edge | undefined {
    const found = this.#network.values.get(name);
    return found && concrete(as, found);
  }
}

function concrete(name: string, { dtype, shape }: Inferred): Edge | undefined {
  if (dtype === undefined || !shape?.every((dim): dim is number => typeof dim === "number")) return undefined;
  return { name, dtype, shape };
}
