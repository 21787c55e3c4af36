// Constant folding: what a model computes from constants alone is computed once, by the runtime, and put in. So weights
// behind Slice, Concat, Mul, … are found, also those inside If, Loop and Scan. What the file holds quantized is left.

import {
  COPIED,
  type Constant,
  constantOf,
  constantSubgraph,
  encodeModel,
  foldLayout,
  hoistInvariants,
  infer,
  isLayout,
  linksOf,
  type Model,
  type Node,
  prune,
  readsOf,
  replaceByConstants,
  shareConstants,
} from "@bitscape/graph";
import { byteLengthOf, sizeOf } from "@bitscape/tensor";
import type { Runtime } from "../runtime/runtime.ts";

/** Folded constants may take this much more than what they are made of, all together; beyond it the nodes stay. */
const GROWTH = 2 ** 20;
/** A node that reads or makes more than this is not run: what only lays constants out anew needs no run. */
const LARGEST = 2 ** 28;
/** Where all that would be run holds more than this together, only what is small is run: a session would hold it all. */
const TOGETHER = 2 ** 30;

/** The model with constants in place of what is computed from constants. One that fails to run is left as it is. */
export async function foldConstants(model: Model, runtime: Runtime): Promise<Model> {
  const laidOut = withLayout(model);
  const hoisted = { ...laidOut, graph: hoistInvariants(laidOut.graph) };
  if (hoisted.graph !== laidOut.graph) {
    const found = await computed(withLayout(hoisted), runtime);
    if (found) return found;
  }
  return (await computed(laidOut, runtime)) ?? laidOut;
}

function withLayout(model: Model): Model {
  const { values } = infer(model);
  const graph = foldLayout(model.graph, (name) => values.get(name)?.shape);
  return graph === model.graph ? model : { ...model, graph };
}

/** Runs what depends on constants alone; undefined where that fails. */
async function computed(model: Model, runtime: Runtime): Promise<Model | undefined> {
  const some = constantSubgraph(model, { accepts: affordable(model, LARGEST) });
  const held = [...(some?.model.graph.constants.values() ?? [])].reduce(
    (sum, each) => sum + each.byteLength,
    0,
  );
  const constants = held > TOGETHER ? constantSubgraph(model, { accepts: affordable(model, GROWTH) }) : some;
  if (!constants) return model;
  try {
    const session = await runtime.load(encodeModel(constants.model));
    const results = await session.run({});
    await session.release();
    const { consumers } = linksOf(model.graph);
    const folded = new Set(constants.model.graph.nodes.map((node) => node.id));
    const goes = ({ name }: Constant) => (consumers.get(name) ?? []).every(({ id }) => folded.has(id));
    let growth = 0;
    const made = new Map<string, Constant>();
    for (const name of constants.values) {
      const value = results[name];
      if (!value) continue;
      const constant = constantOf(name, value);
      const more = grown(constant, (constants.sources.get(name) ?? []).filter(goes));
      if (growth + more > GROWTH) continue;
      growth += more;
      made.set(name, constant);
    }
    const graph = replaceByConstants(model.graph, made);
    return { ...model, graph: prune(shareConstants(graph, new Set(made.keys()))) };
  } catch {
    // Folding only uncovers more weights; the model itself says later what is wrong with it.
    return undefined;
  }
}

/** How many bytes more a folded value takes than the sources that go for it; halves as floats are no growth. */
function grown({ byteLength }: Constant, sources: readonly Constant[]): number {
  const before = sources.reduce((sum, source) => {
    const half = source.dtype === "float16" || source.dtype === "bfloat16";
    return sum + source.byteLength * (half ? 2 : 1);
  }, 0);
  return Math.max(0, byteLength - before);
}

function affordable(model: Model, limit: number): (node: Node) => boolean {
  const { values } = infer(model);
  const { constants } = linksOf(model.graph);
  const bytes = (name: string) => {
    const constant = constants.get(name);
    if (constant) return constant.byteLength;
    const value = values.get(name);
    // An unknown size is one that depends on elements: of small tensors, since those of large ones are not constant.
    return value ? byteLengthOf(value.dtype, sizeOf(value.shape)) : 0;
  };
  // What only lays a constant out anew was folded already, or was left so that the constant is held once.
  const left = (node: Node) =>
    isLayout(node) && (constants.get(node.inputs[0] ?? "")?.byteLength ?? 0) > COPIED;
  return (node) => !left(node) && [...readsOf(node), ...node.outputs].every((name) => bytes(name) <= limit);
}
