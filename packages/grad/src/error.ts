// The error of this package that callers branch on. Only `name` and `message` survive the worker boundary.

import { type Node, opName } from "@bitscape/graph";

/** A node on the way of a gradient whose operator has no rule here. */
export class NoRule extends Error {
  override readonly name = "NoRule";
  /** As opName says it. */
  readonly op: string;
  /** The node's id. */
  readonly node: string;

  constructor(node: Node, why = "no rule for its gradient, expected an operator with one") {
    super(`${opName(node)} ${node.id}: ${why}`);
    this.op = opName(node);
    this.node = node.id;
  }
}
