// The form of a conversion: what one op needs at one opset, and what conversions share.

import type { Attribute } from "../attribute.ts";
import { Unsupported } from "../error.ts";
import type { Node } from "../graph.ts";
import type { Context } from "./context.ts";

export interface Step {
  /** The version of the op that the node has. */
  readonly from: number;
  /** The version that it gets. */
  readonly to: number;
  /**
   * The nodes that take its place, in order, as version `to` writes them. The one that does the work keeps the
   * id; a node that needs no change is returned as it is.
   */
  readonly convert: (node: Node, context: Context) => readonly Node[];
}

/** Conversions by op, each list in ascending order. */
export type Steps = Readonly<Record<string, readonly Step[]>>;

/** The node with attributes set, or removed where undefined, and other fields replaced. */
export function edit(
  node: Node,
  changes: Partial<Pick<Node, "op" | "inputs" | "outputs">>,
  attributes: Readonly<Record<string, Attribute | undefined>> = {},
): Node {
  const next = new Map(node.attributes);
  for (const [name, attribute] of Object.entries(attributes)) {
    if (attribute) next.set(name, attribute);
    else next.delete(name);
  }
  return { ...node, ...changes, attributes: next };
}

/** The error of a node that cannot be raised past a change. */
export function refusal(node: Node, step: Pick<Step, "from" | "to">, reason: string): Unsupported {
  return new Unsupported(`${node.op} ${node.id}, version ${step.from} to ${step.to}: ${reason}`);
}
