// Names for what a rewrite adds: values, constants and node ids share one set, unique in the whole model.

import { subgraphsOf } from "../attribute.ts";
import type { Graph } from "../graph.ts";

/** A source of unused names; a name that it gives is used from then on. */
export type Names = (wanted: string) => string;

/** Names that no value, constant or node of the graph, or of any graph inside it, has. */
export function namesBeside(graph: Graph): Names {
  const taken = new Set<string>();
  collect(graph, taken);
  // Numbers below it are taken: a rewrite may ask for one name thousands of times.
  const next = new Map<string, number>();
  return (wanted) => {
    let name = wanted;
    let i = next.get(wanted) ?? 1;
    for (; taken.has(name); i++) name = `${wanted}_${i}`;
    next.set(wanted, i);
    taken.add(name);
    return name;
  };
}

function collect(graph: Graph, taken: Set<string>): void {
  for (const name of valuesIn(graph)) taken.add(name);
  for (const id of idsIn(graph)) taken.add(id);
}

function* idsIn({ nodes }: Graph): Generator<string> {
  for (const node of nodes) {
    yield node.id;
    for (const [, body] of subgraphsOf(node)) yield* idsIn(body);
  }
}

/** Every definition of a value, in the graphs inside nodes too. */
function* valuesIn(graph: Graph): Generator<string> {
  const inputs = new Set(graph.inputs.map((input) => input.name));
  yield* inputs;
  // An initializer that is listed as an input is defined once.
  for (const name of graph.constants.keys()) if (!inputs.has(name)) yield name;
  for (const node of graph.nodes) {
    yield* node.outputs;
    for (const [, body] of subgraphsOf(node)) yield* valuesIn(body);
  }
}

/** Names for values that go from one graph of a model to another around it. */
export interface Moves {
  /** A name for what is new. */
  readonly fresh: Names;
  /** The name of what moves: its own where nothing else in the model has it. */
  readonly moved: Names;
}

/** As {@link namesBeside}, for rewrites that move values. */
export function namesWithin(graph: Graph): Moves {
  const counts = new Map<string, number>();
  for (const name of valuesIn(graph)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const fresh = namesBeside(graph);
  return { fresh, moved: (name) => (counts.get(name) === 1 ? name : fresh(name)) };
}
