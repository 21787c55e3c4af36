// Small graphs for the tests of conversions, and their textual form with the values of constants.

import { tensor } from "@bitscape/tensor";
import type { Attribute } from "../attribute.ts";
import * as build from "../build.ts";
import { type Constant, constantOf, tensorOf } from "../constant.ts";
import type { Dim, Graph, Node } from "../graph.ts";
import { print } from "../print.ts";
import { raiseOpset } from "./raise.ts";

/** A graph of nodes over x, without declared ranks unless a shape is given. */
export function graphOf(
  nodes: readonly Node[],
  options: { shape?: readonly Dim[]; outputs?: string[]; constants?: Constant[]; more?: string[] } = {},
): Graph {
  return build.graph({
    nodes,
    inputs: [
      build.value("x", "float32", options.shape),
      ...(options.more ?? []).map((name) => build.value(name, "int64")),
    ],
    outputs: (options.outputs ?? ["y"]).map((name) => build.value(name, "float32")),
    constants: options.constants ?? [],
  });
}

/** Nodes and the values of constants, without the frame. */
export function body(graph: Graph): string {
  const values = [...graph.constants.values()].map(
    (each) =>
      `${each.name} = ${each.dtype}[${each.shape}] ${Array.from(tensorOf(each).data, String).join(" ")}`,
  );
  const nodes = print({ ...graph, constants: new Map() })
    .split("\n")
    .slice(1, -2);
  return [...values, ...nodes.map((line) => line.slice(2))].join("\n");
}

export function raised(from: number, to: number, ...given: Parameters<typeof graphOf>): string {
  return body(raiseOpset(build.model(graphOf(...given), from), to).graph);
}

export const one = (
  op: string,
  attributes: Record<string, Attribute> = {},
  inputs = ["x"],
  outputs = ["y"],
) => [build.node(op, inputs, outputs, attributes, "n")] as const;
export const constants = (name: string, values: number[]) =>
  constantOf(name, tensor("float32", [values.length], values));
