// Batching: a network's shapes for a number of samples that run together, and the axis of each value along which they lie.
// Gradients need concrete shapes, and directional derivatives need to be told apart by sample.

import { type Inferred, infer, type Model, trueInputs } from "@bitscape/graph";
import type { Network } from "../network/network.ts";

export interface Batching {
  /** Samples that run together. */
  readonly size: number;
  /** The network with that first axis of its inputs. */
  readonly model: Model;
  readonly values: ReadonlyMap<string, Inferred>;
  /** The axis of samples of a value; undefined where they share one with other things, or where it has none. */
  readonly axisOf: (value: string) => number | undefined;
}

/** Shapes for so many samples together; undefined where this network, or its shape rules, cannot say. */
export function batching(network: Network, size: number): Batching | undefined {
  const own = ownBatch(network);
  // Inputs without a common first axis hold one sample.
  if (own === undefined) return size === 1 ? { size, ...fixed(network), axisOf: () => 0 } : undefined;
  if (size === own) return { size, ...fixed(network), axisOf: (name) => axisIn(network, name, size) };
  const pins: Record<string, number> = { ...network.pins };
  for (const { name, shape } of trueInputs(network.model.graph)) {
    const dim = shape?.[0];
    if (typeof dim === "number") return undefined;
    pins[dim ?? `${name}:0`] = size;
  }
  const { values } = infer(network.model, pins);
  const axes = new Map<string, number>();
  for (const [name, { shape }] of network.values) {
    const now = values.get(name)?.shape;
    if (now?.length !== shape.length) continue;
    const changed = shape.flatMap((dim, axis) => (dim === now[axis] ? [] : [axis]));
    const [axis] = changed;
    if (changed.length === 1 && shape[axis as number] === own && now[axis as number] === size)
      axes.set(name, axis as number);
  }
  // A graph that has the number of samples written into a Reshape does not follow its inputs.
  const follows = network.model.graph.outputs.every(({ name }) => axes.get(name) === 0);
  if (!follows) return undefined;
  return { size, ...fixed({ ...network, values }), axisOf: (name) => axes.get(name) };
}

/** The number of samples that the network's own shapes are for; undefined where its inputs differ. */
function ownBatch({ model, values }: Network): number | undefined {
  const dims = trueInputs(model.graph).map(({ name }) => values.get(name)?.shape[0]);
  return dims.every((dim) => dim === dims[0]) ? dims[0] : undefined;
}

// One sample has everything to itself, whatever its axes are called.
function axisIn({ values }: Network, name: string, size: number): number | undefined {
  const shape = values.get(name)?.shape;
  if (size === 1 || shape?.[0] === size) return 0;
  return undefined;
}

function fixed({ model, values }: Pick<Network, "model" | "values">): Pick<Batching, "model" | "values"> {
  const { graph } = model;
  const inputs = graph.inputs.map((input) => {
    const shape = values.get(input.name)?.shape;
    return graph.constants.has(input.name) || !shape ? input : { ...input, shape };
  });
  // What the file says of outputs may hold for other batches.
  const outputs = graph.outputs.map(({ name, dtype }) => ({ name, ...(dtype && { dtype }) }));
  return { model: { ...model, graph: { ...graph, inputs, outputs, valueInfo: [] } }, values };
}
