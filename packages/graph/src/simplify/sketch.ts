// Small graphs for the tests of rewrites.

import { tensor } from "@bitscape/tensor";
import { type Attribute, graphAttribute } from "../attribute.ts";
import * as build from "../build.ts";
import { type Constant, constantOf } from "../constant.ts";
import type { Graph, Node } from "../graph.ts";

export const node = (
  op: string,
  inputs: string[],
  outputs: string[],
  attributes: Record<string, Attribute> = {},
) => build.node(op, inputs, outputs, attributes, `${op}_${outputs[0]}`);
export const numbers = (name: string, values: number[], shape = [values.length]) =>
  constantOf(name, tensor("float32", shape, values));

export function graphOf(
  nodes: readonly Node[],
  outputs = ["y"],
  constants: Constant[] = [],
  inputs = ["x"],
): Graph {
  return build.graph({
    nodes,
    constants,
    inputs: inputs.map((name) => build.value(name, "float32")),
    outputs: outputs.map((name) => build.value(name, "float32")),
  });
}

export const branch = (nodes: readonly Node[], output: string, constants: Constant[] = []) =>
  graphAttribute(graphOf(nodes, [output], constants, []));
