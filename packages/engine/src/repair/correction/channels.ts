// Means of each channel, computed inside a graph: a few numbers come out of a session instead of activations.

import { type Attribute, build, type Constant, constantOf, int, ints, type Node } from "@bitscape/graph";
import { tensor } from "@bitscape/tensor";

// Reductions take their axes as an input: ReduceMean from opset 18 on, as an attribute before.
const AXES_AS_INPUT = 18;

/**
 * A node that averages a value of some rank over all dimensions but some; those it averages stay, as ones.
 * @param kept axes that are not averaged
 */
export function means(
  opset: number,
  { input, output, rank, kept }: { input: string; output: string; rank: number; kept: readonly number[] },
): { readonly nodes: readonly Node[]; readonly constants: readonly Constant[] } {
  const axes = Array.from({ length: rank }, (_, i) => i).filter((i) => !kept.includes(i));
  // Without axes it would average all of them.
  if (axes.length === 0) return { nodes: [build.node("Identity", [input], [output])], constants: [] };
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
