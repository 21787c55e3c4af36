// Activity: what lies on a way from the values that gradients are asked of to the values that have one from outside.
// Everything else needs no rule, and gets no nodes. Static: it looks at types and operators, not at elements.

import { type Graph, type Node, opName, opTypeOf, readsOf } from "@bitscape/graph";
import { flat } from "./rules/flat.ts";
import { gradRules } from "./rules/table.ts";
import type { GradRule } from "./site.ts";
import { isFloat, type Value } from "./value.ts";

/** What decides which rule a node has. */
export interface Rules {
  /** By node id: they win over the table. */
  readonly custom?: ReadonlyMap<string, GradRule>;
}

export interface Activity {
  /** In topological order. */
  readonly nodes: readonly Node[];
  /** Names of values that have a gradient which is needed. */
  readonly values: ReadonlySet<string>;
}

/** The rule of a node, or undefined where there is none. */
export function ruleOf(node: Node, { custom }: Rules): GradRule | undefined {
  const op = opTypeOf(node);
  return custom?.get(node.id) ?? (op && gradRules[op]);
}

export function activityOf(
  graph: Graph,
  values: ReadonlyMap<string, Pick<Value, "dtype">>,
  from: Iterable<string>,
  wrt: Iterable<string>,
  rules: Rules = {},
): Activity {
  const reached = new Set(wrt);
  for (const node of graph.nodes) {
    if (ruleOf(node, rules) === flat || !readsOf(node).some((name) => reached.has(name))) continue;
    for (const output of node.outputs) {
      // Integers have none, unless a rule of the caller's says so (codes between two quantizers).
      const dtype = values.get(output)?.dtype ?? "float32";
      if (output !== "" && (isFloat(dtype) || rules.custom?.has(node.id))) reached.add(output);
    }
  }
  const active = new Set([...from].filter((name) => reached.has(name)));
  const nodes: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => active.has(output))) continue;
    const reads = readsOf(node).filter((name) => reached.has(name));
    if (reads.length === 0) continue;
    nodes.push(node);
    for (const name of reads) active.add(name);
  }
  return { nodes: nodes.reverse(), values: active };
}

/** A node that a gradient has to pass and that has no rule. */
export interface Obstacle {
  /** The node's id. */
  readonly node: string;
  /** As opName says it. */
  readonly op: string;
}

/** The nodes without a rule on the ways from the values `wrt` to the outputs `from`, in order; empty where all is well. */
export function unsupported(
  graph: Graph,
  values: ReadonlyMap<string, Pick<Value, "dtype">>,
  from: Iterable<string>,
  wrt: Iterable<string>,
  rules: Rules = {},
): Obstacle[] {
  return activityOf(graph, values, from, wrt, rules)
    .nodes.filter((node) => !ruleOf(node, rules))
    .map((node) => ({ node: node.id, op: opName(node) }));
}
