// Means of each channel, computed inside a graph: a few numbers come out of a session instead of activations.

import { type Attribute, build, type Constant, constantOf, int, ints, type Node } from "@bitscape/graph";
import { tensor } from "@bitscape/tensor";

// Reductions take their axes as an input: ReduceMean from opset 18 on, as an attribute before.
const AXES_AS_INPUT = 18;

/**
 * A node that averages a value of some rank to its channels; the other dimensions stay, as ones.
 * @param axis of the channels: 1, or −1 for the last
 */
export function channelMeans(
  opset: number,
  { input, output, rank, axis }: { input: string; output: string; rank: number; axis: 1 | -1 },
): { readonly nodes: readonly Node[]; readonly constants: readonly Constant[] } {
  const kept = axis === 1 ? 1 : rank - 1;
  const axes = Array.from({ length: rank }, (_, i) => i).filter((i) => i !== kept);
  const attributes: Record<string, Attribute> = { keepdims: int(1) };
  if (opset < AXES_AS_INPUT) {
    return {
      nodes: [build.node("ReduceMean", [input], [output], { ...attributes, axes: ints(axes) })],
      constants: [],
    };
  }
  const name = `${output}.axes`;
  const constant = constantOf(name, tensor("int64", [axes.length], axes));
  return { nodes: [build.node("ReduceMean", [input, name], [output], attributes)], constants: [constant] };
}
