// What the graphs inside nodes (branches of If, bodies of Loop and Scan) compute from constants alone, moved to the
// main graph: there it is folded like everything else, and a weight that was sliced or transposed inside becomes a
// constant. Nothing is computed here. A moved node runs always, not only where its branch does: a caller who cannot
// run what this gives keeps the graph as it was.

import type { Constant } from "../constant.ts";
import { type Graph, linksOf, type Node, readsOf } from "../graph.ts";
import { mapBodies } from "./bodies.ts";
import { isFoldable } from "./fold.ts";
import { type Moves, namesWithin } from "./names.ts";

/** What goes to the main graph. */
interface Moved {
  readonly names: Moves;
  readonly nodes: Node[];
  readonly constants: Map<string, Constant>;
}

/** The names that a graph defines, and what they are called once they were moved. */
class Scope {
  readonly parent: Scope | undefined;
  readonly graph: Graph;
  /** Names of values that depend on constants alone. */
  readonly constant = new Set<string>();
  readonly renamed = new Map<string, string>();
  readonly #own = new Set<string>();

  constructor(graph: Graph, parent?: Scope) {
    this.graph = graph;
    this.parent = parent;
    for (const { outputs } of graph.nodes) for (const name of outputs) this.#own.add(name);
    const inputs = new Set(graph.inputs.map((input) => input.name));
    for (const name of graph.constants.keys()) {
      this.#own.add(name);
      // An initializer of a body that is its input too is a default, no constant.
      if (!parent || !inputs.has(name)) this.constant.add(name);
    }
    for (const name of inputs) this.#own.add(name);
  }

  /** The scope that defines a name, from here outwards. */
  of(name: string): Scope | undefined {
    return this.#own.has(name) ? this : this.parent?.of(name);
  }

  nameOf(name: string): string {
    return this.of(name)?.renamed.get(name) ?? name;
  }

  isConstant(name: string): boolean {
    return this.of(name)?.constant.has(name) ?? false;
  }
}

/** The graph with the constant parts of inner graphs as nodes of its own; ids of nodes stay. */
export function hoistInvariants(graph: Graph): Graph {
  const names = namesWithin(graph);
  const constants = new Map(graph.constants);
  const scope = new Scope(graph);
  for (const name of linksOf(graph).constants.keys()) scope.constant.add(name);
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const moved: Moved = { names, nodes: [], constants };
    const next = mapBodies(node, (body) => emptied(body, scope, moved));
    if (isFoldable(next) && readsOf(node).every((name) => scope.isConstant(name))) {
      for (const name of next.outputs) scope.constant.add(name);
    }
    nodes.push(...moved.nodes, next);
  }
  return nodes.length === graph.nodes.length ? graph : { ...graph, nodes, constants };
}

/** An inner graph without what depends on constants alone, reading what was moved by its new names. */
function emptied(body: Graph, parent: Scope, moved: Moved): Graph {
  const scope = new Scope(body, parent);
  const shown = new Set(body.outputs.map((output) => output.name));
  const kept: Node[] = [];
  for (const node of body.nodes) {
    const moves =
      isFoldable(node) &&
      node.outputs.every((name) => !shown.has(name)) &&
      readsOf(node).every((name) => scope.isConstant(name));
    if (moves) for (const name of readsOf(node)) lift(name, scope, moved);
    const next = withNames(
      mapBodies(node, (inner) => emptied(inner, scope, moved)),
      scope,
    );
    if (!moves) {
      kept.push(next);
      continue;
    }
    const outputs = next.outputs.map((name) => (name === "" ? name : moved.names.moved(name)));
    for (const [i, name] of node.outputs.entries()) {
      scope.constant.add(name);
      scope.renamed.set(name, outputs[i] as string);
    }
    moved.nodes.push({ ...next, outputs });
  }
  const outputs = body.outputs.map((output) => {
    const name = scope.nameOf(output.name);
    if (name === output.name) return output;
    const { source: _, ...rest } = output;
    return { ...rest, name };
  });
  const same =
    kept.length === body.nodes.length &&
    kept.every((node, i) => node === body.nodes[i]) &&
    outputs.every((output, i) => output === body.outputs[i]);
  return same ? body : { ...body, nodes: kept, outputs };
}

function withNames(node: Node, scope: Scope): Node {
  const inputs = node.inputs.map((name) => scope.nameOf(name));
  return inputs.some((name, i) => name !== node.inputs[i]) ? { ...node, inputs } : node;
}

/** A constant of an inner graph, given to the main graph. What nothing inside reads any more is pruned later. */
function lift(name: string, scope: Scope, { names, constants }: Moved): void {
  const home = scope.of(name);
  const own = home?.parent && home.graph.constants.get(name);
  if (!home || !own || home.renamed.has(name)) return;
  // A copy: what nothing moved reads the body's own.
  const free = names.fresh(name);
  home.renamed.set(name, free);
  constants.set(free, { ...own, name: free });
}
